// Hands the constellation's store to the parts of the page that show it.

import type { ConstellationActions, ConstellationState } from '../../state/constellation-state.ts'
import { createStoreContext, type StoreValue, useProvided, useStored } from '../provided-store.ts'

export type ConstellationValue = StoreValue<ConstellationState, ConstellationActions>

export const ConstellationContext = createStoreContext<ConstellationState, ConstellationActions>('ConstellationContext')

/** Reads one thing of the state; `select` must return something stored, not a fresh object on each call. */
export function useConstellation<T>(select: (state: ConstellationState) => T): T {
  return useStored(ConstellationContext, select)
}

export function useConstellationActions(): ConstellationActions {
  return useProvided(ConstellationContext).actions
}
