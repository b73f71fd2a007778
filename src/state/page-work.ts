// What the page is at, all of its parts together: an update of any tab waits for it.

import type { StoreApi } from 'zustand/vanilla'
import type { AppState } from './app-state.ts'
import type { LibraryAppState } from './library-state.ts'
import type { ModelsState } from './models-state.ts'
import type { Work } from './offline.ts'
import type { PackSilence } from './pack-silence.ts'
import type { StorageState } from './storage-state.ts'

type Listened<State> = Pick<StoreApi<State>, 'getState' | 'subscribe'>

export interface PageWorkParts {
  readonly app: Listened<Pick<AppState, 'job' | 'pack' | 'picture' | 'writes'>>
  readonly library: Listened<Pick<LibraryAppState, 'imports'>>
  readonly models: Listened<Pick<ModelsState, 'work'>>
  readonly storage: Listened<Pick<StorageState, 'work'>>
  readonly silence: PackSilence
}

/** Counts pictures from now on. */
export function createPageWork({ app, library, models, storage, silence }: PageWorkParts): Work {
  let made = 0
  app.subscribe((after, before) => {
    if (before.job.kind === 'running' && after.job.kind === 'idle' && after.picture !== before.picture) made++
  })

  function isBusyPainting(): boolean {
    const { job, pack, writes } = app.getState()
    // An opening that hangs must not keep out the update that may mend it.
    const isOpening = pack.kind === 'opening' && !silence.isSilent()
    return job.kind === 'running' || writes > 0 || isOpening
  }

  return {
    isBusy: () =>
      isBusyPainting() ||
      library.getState().imports.some(({ status }) => status === 'running' || status === 'stopping') ||
      models.getState().work !== null ||
      storage.getState().work !== null,
    picturesMade: () => made,
    subscribe: (listener) => {
      for (const part of [app, library, models, storage]) part.subscribe(listener)
      silence.subscribe(listener)
    },
  }
}
