// Hands the models' store to the parts of the page that show it.

import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { Models } from '../../state/create-models.ts'
import type { ModelsActions, ModelsState } from '../../state/models-state.ts'

const ModelsContext = createContext<Models | null>(null)

function useValue(): Models {
  const value = useContext(ModelsContext)
  if (!value) throw new Error('this part of the page is drawn outside ModelsProvider')
  return value
}

export function ModelsProvider({ models, children }: { readonly models: Models; readonly children: ReactNode }) {
  return <ModelsContext value={models}>{children}</ModelsContext>
}

/** Reads one thing of the state; `select` must return something stored. */
export function useModels<T>(select: (state: ModelsState) => T): T {
  return useStore(useValue().store, select)
}

export function useModelsActions(): ModelsActions {
  return useValue().actions
}
