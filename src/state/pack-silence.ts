// Whether the pack's opening has told nothing for so long that nobody should wait for it any more: it may hang.

import type { StoreApi } from 'zustand/vanilla'
import type { AppState } from './app-state.ts'
import { OPENING_QUIET_MS } from './watch-job.ts'

export interface PackSilence {
  /** True from the moment at which nothing was heard for long until something is. */
  isSilent(): boolean
  /** Calls back whenever silence begins. */
  subscribe(listener: () => void): void
}

/** Listens from now on, also to what comes before a worker is asked: which model was chosen may not be told either. */
export function listenForPack(store: Pick<StoreApi<Pick<AppState, 'pack'>>, 'subscribe'>): PackSilence {
  const listeners = new Set<() => void>()
  let isSilent = false
  let timer = wait()

  function wait(): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      isSilent = true
      for (const listener of listeners) listener()
    }, OPENING_QUIET_MS)
  }

  store.subscribe((after, before) => {
    if (after.pack === before.pack) return
    clearTimeout(timer)
    isSilent = false
    timer = wait()
  })

  return {
    isSilent: () => isSilent,
    subscribe: (listener) => void listeners.add(listener),
  }
}

/** Resolves when `opened` has settled, or does not look as if it ever will. */
export function untilOpenOrSilent(opened: Promise<void>, silence: PackSilence): Promise<void> {
  return new Promise((resolve) => {
    opened.then(resolve, () => resolve())
    silence.subscribe(resolve)
    if (silence.isSilent()) resolve()
  })
}
