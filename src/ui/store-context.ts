// Hands the app's store to every part of the page.

import type { AppActions, AppState } from '../state/app-state.ts'
import { nameOfStyle } from './name-of-style.ts'
import { createStoreContext, useProvided, useStored } from './provided-store.ts'

export const AppContext = createStoreContext<AppState, AppActions>('AppContext')

/** Reads one thing of the state; `select` must return something stored, not a fresh object on each call. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStored(AppContext, select)
}

export function useActions(): AppActions {
  return useProvided(AppContext).actions
}

/**
 * The name of a style database as the page shows it; where it is not among the styles, a person's own is said to be missing and any other has
 * its id. Nothing before they are read.
 */
export function useStyleName(styleId: string | null): string {
  const styles = useApp((state) => state.styles)
  if (styles.length === 0) return ''
  return styleId === null ? '' : nameOfStyle(styles, styleId)
}
