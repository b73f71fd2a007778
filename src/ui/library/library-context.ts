// Hands the store of the person's own styles to the parts of the page that show it.

import type { LibraryActions, LibraryAppState } from '../../state/library-state.ts'
import { createStoreContext, type StoreValue, useProvided, useStored } from '../provided-store.ts'

export type LibraryValue = StoreValue<LibraryAppState, LibraryActions>

export const LibraryContext = createStoreContext<LibraryAppState, LibraryActions>('LibraryContext')

/** Reads one thing of the state; `select` must return something stored, not a fresh object on each call. */
export function useLibrary<T>(select: (state: LibraryAppState) => T): T {
  return useStored(LibraryContext, select)
}

export function useLibraryActions(): LibraryActions {
  return useProvided(LibraryContext).actions
}
