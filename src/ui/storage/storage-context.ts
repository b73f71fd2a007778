// Hands the storage view's store to the parts of the page that show it.

import type { StorageActions, StorageState } from '../../state/storage-state.ts'
import { createStoreContext, useProvided, useStored } from '../provided-store.ts'

export const StorageContext = createStoreContext<StorageState, StorageActions>('StorageContext')

/** Reads one thing of the state; `select` must return something stored, not a fresh object on each call. */
export function useStorage<T>(select: (state: StorageState) => T): T {
  return useStored(StorageContext, select)
}

export function useStorageActions(): StorageActions {
  return useProvided(StorageContext).actions
}
