// Which CLIPs the library worker still works with: one that nothing uses any more gives back its memory.

import type { PackClip } from '../src/platform/pack-clip.ts'

export interface ClipsInUse {
  enter(clip: PackClip): void
  /** Once for each `enter`; the last one frees the towers. */
  leave(clip: PackClip): void
}

export function createClipsInUse(): ClipsInUse {
  const users = new Map<PackClip, number>()
  return {
    enter: (clip) => void users.set(clip, (users.get(clip) ?? 0) + 1),
    leave: (clip) => {
      const left = (users.get(clip) ?? 0) - 1
      if (left > 0) users.set(clip, left)
      else {
        users.delete(clip)
        clip.release().catch((reason: unknown) => console.warn(`a CLIP could not be freed: ${reason}`))
      }
    },
  }
}
