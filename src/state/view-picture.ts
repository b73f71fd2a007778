// Shows one picture of the database that is looked into as large as it is kept, and those before and after it.

import type { StoreApi } from 'zustand/vanilla'
import type { JobClient } from '../protocol/client.ts'
import type { LibraryJobs } from '../protocol/library-jobs.ts'
import {
  type Browsing,
  countShown,
  itemShownAt,
  type LibraryActions,
  type LibraryAppState,
  PAGE_ROWS,
  type ViewedPicture,
} from './library-state.ts'
import { failureOf } from './present.ts'

export interface PictureViewParts {
  readonly store: StoreApi<LibraryAppState>
  readonly client: JobClient<LibraryJobs>
  /** Frees a picture that the state no longer holds; the page may be drawing it still. */
  readonly dispose: (picture: ImageBitmap) => void
  readonly needRows: (from: number, count: number) => void
}

export interface PictureView {
  readonly actions: Pick<LibraryActions, 'viewPicture' | 'viewSelected' | 'closePicture'>
  /** To be called when rows have come: the one that is waited for may be among them. */
  rowsCame(): void
}

export function createPictureView({ store, client, dispose, needRows }: PictureViewParts): PictureView {
  let reading: AbortController | null = null

  function set(change: Partial<ViewedPicture>): void {
    const { browsing } = store.getState()
    if (browsing?.viewed) store.setState({ browsing: { ...browsing, viewed: { ...browsing.viewed, ...change } } })
  }

  /** @returns what is looked into, without the picture */
  function letGo(): Browsing | null {
    const { browsing } = store.getState()
    reading?.abort()
    reading = null
    if (browsing?.viewed?.picture) dispose(browsing.viewed.picture)
    return browsing
  }

  function viewPicture(index: number): void {
    const count = countShown(store.getState().browsing)
    if (index < 0 || index >= count) return
    const browsing = letGo()
    if (browsing === null) return
    const viewed = { ...{ index, itemId: null, caption: '', picture: null, kept: null, width: 0, height: 0 } }
    store.setState({ browsing: { ...browsing, viewed } })
    if (itemShownAt(browsing, index) === null) needRows(index, 1)
    rowsCame()
  }

  function rowsCame(): void {
    const { browsing } = store.getState()
    if (!browsing?.viewed || browsing.viewed.itemId !== null) return
    const item = itemShownAt(browsing, browsing.viewed.index)
    if (item === null) return
    set({ itemId: item.id, caption: item.caption })
    void read(browsing.databaseId, item.id)
  }

  async function read(databaseId: string, itemId: string): Promise<void> {
    const mine = new AbortController()
    const { signal } = mine
    reading = mine
    try {
      const options = { signal, cancelTimeoutMs: Number.POSITIVE_INFINITY }
      const { picture, ...said } = await client.run('library-image', { databaseId, itemId }, options)
      if (!signal.aborted) set({ picture, ...said })
      else if (picture !== null) dispose(picture)
    } catch (error) {
      if (signal.aborted) return
      closePicture()
      store.setState({ failure: failureOf(error) })
    }
  }

  function closePicture(): void {
    const browsing = letGo()
    if (browsing !== null) store.setState({ browsing: { ...browsing, viewed: null } })
  }

  function viewSelected(): void {
    const { browsing } = store.getState()
    const [itemId] = browsing?.selected ?? []
    const index = itemId === undefined ? null : indexShown(browsing, itemId)
    if (index !== null) viewPicture(index)
  }

  return { actions: { viewPicture, viewSelected, closePicture }, rowsCame }
}

/** Null for an item that was not read. */
function indexShown(browsing: Browsing | null, itemId: string): number | null {
  if (browsing === null) return null
  const pages = browsing.found === null ? browsing.pages : new Map([[0, browsing.found.items]])
  for (const [page, items] of pages) {
    const at = items.findIndex(({ id }) => id === itemId)
    if (at !== -1) return page * PAGE_ROWS + at
  }
  return null
}
