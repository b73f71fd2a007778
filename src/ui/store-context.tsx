// Hands the store to every part of the page: reading through a selector, acting through the actions.

import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import type { AppActions, AppState } from '../state/app-state.ts'

interface StoreValue {
  readonly store: StoreApi<AppState>
  readonly actions: AppActions
}

const StoreContext = createContext<StoreValue | null>(null)

function useStoreValue(): StoreValue {
  const value = useContext(StoreContext)
  if (!value) throw new Error('this part of the page is drawn outside StoreProvider')
  return value
}

export function StoreProvider({ store, actions, children }: StoreValue & { readonly children: ReactNode }) {
  return <StoreContext value={{ store, actions }}>{children}</StoreContext>
}

/** Reads one thing of the state; `select` must return something stored, not a fresh object on each call. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useStoreValue().store, select)
}

export function useActions(): AppActions {
  return useStoreValue().actions
}

/** The name of a style database as the page shows it; its id where it is not among the styles, nothing before they are read. */
export function useStyleName(styleId: string | null): string {
  const styles = useApp((state) => state.styles)
  if (styles.length === 0) return ''
  return styles.find(({ id }) => id === styleId)?.name ?? styleId ?? ''
}
