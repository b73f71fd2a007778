// Hands the models' store to the parts of the page that show it.

import type { ModelsActions, ModelsState } from '../../state/models-state.ts'
import { createStoreContext, useProvided, useStored } from '../provided-store.ts'

export const ModelsContext = createStoreContext<ModelsState, ModelsActions>('ModelsContext')

/** Reads one thing of the state; `select` must return something stored, not a fresh object on each call. */
export function useModels<T>(select: (state: ModelsState) => T): T {
  return useStored(ModelsContext, select)
}

export function useModelsActions(): ModelsActions {
  return useProvided(ModelsContext).actions
}
