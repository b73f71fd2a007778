// How a store comes to the parts of the page that show it: reading through a selector, acting through the actions.

import { type Context, createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'

export interface StoreValue<State, Actions> {
  readonly store: StoreApi<State>
  readonly actions: Actions
}

export type StoreContext<State, Actions> = Context<StoreValue<State, Actions> | null>

/** @param name for the error that is thrown where a part of the page that needs it is drawn outside of it */
export function createStoreContext<State, Actions>(name: string): StoreContext<State, Actions> {
  const context = createContext<StoreValue<State, Actions> | null>(null)
  context.displayName = name
  return context
}

/** Reads one thing of the state; `select` must return something stored, not a fresh object on each call. */
export function useStored<State, Actions, T>(context: StoreContext<State, Actions>, select: (state: State) => T): T {
  return useStore(useProvided(context).store, select)
}

/** The store and its actions. Throws where nothing provides them. */
export function useProvided<State, Actions>(context: StoreContext<State, Actions>): StoreValue<State, Actions> {
  const value = useContext(context)
  if (!value) throw new Error(`this part of the page is drawn outside ${context.displayName}`)
  return value
}
