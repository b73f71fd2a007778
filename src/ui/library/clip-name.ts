// Whose CLIP read a style, in a person's words: models have names, CLIPs only digits.

import { useModels } from '../models/models-context.ts'
import { useApp } from '../store-context.ts'

interface NamedClip {
  readonly name: string
  /** Null where the model has none. */
  readonly clipId: string | null
}

/** The name of a model with that CLIP, the open one before others; null where none of them is known to have it. */
export function findClipName(clipId: string, open: NamedClip | null, models: readonly NamedClip[]): string | null {
  const known = open === null ? models : [open, ...models]
  return known.find((model) => model.clipId === clipId)?.name ?? null
}

export function useClipName(clipId: string): string | null {
  const pack = useApp((state) => state.pack)
  const models = useModels((state) => state.models)
  const open = pack.kind === 'ready' ? { name: pack.pack.name, clipId: pack.pack.clip?.id ?? null } : null
  return findClipName(clipId, open, models ?? [])
}
