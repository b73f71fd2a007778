// Hands the store of the person's own styles to the parts of the page that show it.

import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { StoreApi } from 'zustand/vanilla'
import type { LibraryActions, LibraryAppState } from '../../state/library-state.ts'

export interface LibraryValue {
  readonly store: StoreApi<LibraryAppState>
  readonly actions: LibraryActions
}

const LibraryContext = createContext<LibraryValue | null>(null)

function useValue(): LibraryValue {
  const value = useContext(LibraryContext)
  if (!value) throw new Error('this part of the page is drawn outside LibraryProvider')
  return value
}

export function LibraryProvider({ store, actions, children }: LibraryValue & { readonly children: ReactNode }) {
  return <LibraryContext value={{ store, actions }}>{children}</LibraryContext>
}

/** Reads one thing of the state; `select` must return something stored. */
export function useLibrary<T>(select: (state: LibraryAppState) => T): T {
  return useStore(useValue().store, select)
}

export function useLibraryActions(): LibraryActions {
  return useValue().actions
}
