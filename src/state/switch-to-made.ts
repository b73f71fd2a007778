// Chooses the style that came of a drop, unless the choice has been another's since.

import type { StoreApi } from 'zustand/vanilla'
import type { AppState } from './app-state.ts'

/**
 * To be called when pictures are dropped or picked. What it returns chooses a style made of them, where none was chosen since and
 * no picture is being made: of the styles of several folders, or of several drops that wait together, only the first is.
 */
export function createSwitchToMade(
  store: StoreApi<AppState>,
  setStyle: (styleId: string) => void,
): () => (styleId: string) => void {
  let changes = 0
  store.subscribe(({ styleId }, before) => {
    if (before.styleId !== null && styleId !== before.styleId) changes++
  })
  return () => {
    const atDrop = changes
    return (styleId) => {
      if (changes === atDrop && store.getState().job.kind !== 'running') setStyle(styleId)
    }
  }
}
