// Hands the constellation's store to the parts of the page that show it.

import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import type { ConstellationActions, ConstellationState } from '../../state/constellation-state.ts'

export interface ConstellationValue {
  readonly store: StoreApi<ConstellationState>
  readonly actions: ConstellationActions
}

const ConstellationContext = createContext<ConstellationValue | null>(null)

function useValue(): ConstellationValue {
  const value = useContext(ConstellationContext)
  if (!value) throw new Error('this part of the page is drawn outside ConstellationProvider')
  return value
}

export function ConstellationProvider({ store, actions, children }: ConstellationValue & { children: ReactNode }) {
  return <ConstellationContext value={{ store, actions }}>{children}</ConstellationContext>
}

/** Reads one thing of the state; `select` must return something stored. */
export function useConstellation<T>(select: (state: ConstellationState) => T): T {
  return useStore(useValue().store, select)
}

export function useConstellationActions(): ConstellationActions {
  return useValue().actions
}
