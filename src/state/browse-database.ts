// Looks into one database: pages of rows as the grid needs them, what is searched for, and what is chosen.

import type { StoreApi } from 'zustand/vanilla'
import type { JobClient } from '../protocol/client.ts'
import type { Damage, LibraryItem, LibraryJobs, PictureSheet } from '../protocol/library-jobs.ts'
import {
  type Browsing,
  countShown,
  type GridItem,
  itemShownAt,
  type LibraryActions,
  type LibraryAppState,
  PAGE_ROWS,
} from './library-state.ts'
import { createPageCache } from './page-cache.ts'
import { type PagesInSight, planPages } from './plan-pages.ts'
import { failureOf } from './present.ts'
import { createPictureView } from './view-picture.ts'

export interface BrowsingParts {
  readonly store: StoreApi<LibraryAppState>
  readonly client: JobClient<LibraryJobs>
  /** Frees a sheet of pictures that the state no longer holds; the page may be drawing from it still. */
  readonly dispose: (sheet: ImageBitmap) => void
  /** Runs a job that changes the library, and takes over how it is then. */
  readonly change: (job: Promise<LibraryJobs['library-list']['output']>) => Promise<void>
  /** Takes over how the library is now. */
  readonly refresh: () => Promise<void>
}

export interface DatabaseBrowser {
  readonly actions: BrowsingActions
  /**
   * To be called when rows of a database have come or gone. Where it is the one that is looked into, what the grid shows is read anew, and
   * stays until that is there; what is chosen stays chosen. Called often, it does so about once a second.
   */
  rowsChanged(databaseId: string): void
}

export type BrowsingActions = Pick<
  LibraryActions,
  | 'browse'
  | 'closeBrowsing'
  | 'needRows'
  | 'searchWords'
  | 'searchPicture'
  | 'clearSearch'
  | 'toggleSelected'
  | 'clearSelected'
  | 'selectRange'
  | 'selectAll'
  | 'removeSelected'
  | 'moveSelected'
  | 'setCaption'
  | 'viewPicture'
  | 'viewSelected'
  | 'closePicture'
>

/** Sheets kept at a time, in bytes: some two thousand pictures of the app's own size, beside those in sight. */
const MOST_SHEET_BYTES = 64e6
/** Pages that the worker reads and decodes at a time: what is scrolled past meanwhile is dropped, the rest was not begun. */
const READ_AT_ONCE = 2
const SEARCH_ROWS = 120
/** Rows that come without end are read anew no more often. */
const REREAD_EVERY_MS = 1000

interface Page {
  readonly items: readonly GridItem[]
  readonly sheet: PictureSheet | null
}

export function createBrowsing(parts: BrowsingParts): DatabaseBrowser {
  const { store, client, dispose } = parts
  const read = createPageCache<Page>({
    mostBytes: MOST_SHEET_BYTES,
    bytesOf: ({ sheet }) => bytesOf(sheet),
    letGo: ({ sheet }) => free(sheet),
  })
  /** Pages that the worker is at. */
  const coming = new Map<number, AbortController>()
  let sight: PagesInSight = { first: 0, last: 0 }
  /** Rows that the grid shows, as it said last. */
  let shown = { from: 0, count: 0 }
  /** Pages that are in sight or will be next, the most urgent first; and of those, the ones that are still to be read. */
  let wanted: readonly number[] = []
  let unread: number[] = []
  /** Pages of `read` that are as the rows are now: the others are shown until they are read anew. */
  const current = new Set<number>()
  /** Counts how often rows have changed. */
  let version = 0
  /** While it was a short while ago that rows were read anew: whether they have changed since. */
  let resting: { hasChanged: boolean } | null = null
  /** What was asked of an earlier look is not taken in by a later one. */
  let look = 0
  /** What is being searched for. */
  let searching: AbortController | null = null
  /** Of what was found. */
  let foundSheet: PictureSheet | null = null
  /** The database looked into, until all of it was looked over for damage: after its first page, which must not wait for that. */
  let notLookedOver: string | null = null

  const view = createPictureView({ store, client, dispose, needRows })

  function set(change: Partial<Browsing>): void {
    const { browsing } = store.getState()
    if (browsing !== null) store.setState({ browsing: { ...browsing, ...change } })
  }

  function free(sheet: PictureSheet | null): void {
    if (sheet !== null) dispose(sheet.bitmap)
  }

  function freeFound(): void {
    free(foundSheet)
    foundSheet = null
  }

  function stopSearch(): void {
    searching?.abort()
    searching = null
  }

  function dropReads(isDropped: (page: number) => boolean): void {
    for (const [page, reading] of coming) {
      if (!isDropped(page)) continue
      coming.delete(page)
      reading.abort()
    }
  }

  /** Nothing of what was read or asked for is wanted any more. */
  function letGoOfAll(): void {
    look++
    view.actions.closePicture()
    stopSearch()
    dropReads(() => true)
    wanted = []
    unread = []
    read.clear()
    current.clear()
    freeFound()
  }

  /** All pages are let go of and read anew, those that the grid shows at once. It says nothing where it shows as many. */
  function startOver(databaseId: string): void {
    const before = store.getState().browsing
    letGoOfAll()
    sight = { first: 0, last: 0 }
    const rows = store.getState().databases.find(({ id }) => id === databaseId)?.rows ?? 0
    store.setState({
      browsing: {
        databaseId,
        rows,
        pages: new Map(),
        found: null,
        isSearching: false,
        selected: new Set(),
        moved: null,
        viewed: null,
      },
    })
    if (before?.databaseId === databaseId && before.found === null) needRows(shown.from, shown.count)
  }

  function rowsChanged(databaseId: string): void {
    const { browsing } = store.getState()
    if (browsing?.databaseId !== databaseId) return
    if (resting !== null) {
      resting.hasChanged = true
      return
    }
    resting = { hasChanged: false }
    setTimeout(endRest, REREAD_EVERY_MS)
    version++
    current.clear()
    if (browsing.found === null) needRows(shown.from, shown.count)
  }

  function endRest(): void {
    const hasChanged = resting?.hasChanged ?? false
    resting = null
    const { browsing } = store.getState()
    if (hasChanged && browsing !== null) rowsChanged(browsing.databaseId)
  }

  function needRows(from: number, count: number): void {
    shown = { from, count }
    // Where there are no rows yet, the first page tells of those that have come.
    const rows = store.getState().browsing?.rows || 1
    const before = sight
    sight = {
      first: Math.floor(from / PAGE_ROWS),
      last: Math.floor(Math.max(from, from + count - 1) / PAGE_ROWS),
    }
    wanted = planPages(sight, before, Math.ceil(rows / PAGE_ROWS))
    unread = wanted.filter((page) => !isCurrent(page) && !coming.has(page))
    read.see(wanted)
    // What was scrolled past is dropped first: the worker is to be at what is wanted now.
    dropReads((page) => !wanted.includes(page))
    readOn()
  }

  function isCurrent(page: number): boolean {
    return read.has(page) && current.has(page)
  }

  function readOn(): void {
    const { browsing } = store.getState()
    while (browsing !== null && coming.size < READ_AT_ONCE) {
      const page = unread.shift()
      if (page === undefined) return
      void readPage(page, browsing.databaseId)
    }
  }

  async function readPage(page: number, databaseId: string): Promise<void> {
    const mine = look
    const asOf = version
    const reading = new AbortController()
    const { signal } = reading
    coming.set(page, reading)
    try {
      const input = { databaseId, from: page * PAGE_ROWS, count: PAGE_ROWS }
      const { items, sheet, rows } = await client.run('library-items', input, { signal, cancelTimeoutMs: Infinity })
      if (signal.aborted) free(sheet)
      else {
        read.put(page, { items: toGridItems(items, sheet), sheet })
        if (asOf === version) current.add(page)
        const isOther = rows !== store.getState().browsing?.rows
        set({ pages: itemsOf(read.pages()), rows })
        if (isOther && store.getState().browsing?.found === null) needRows(shown.from, shown.count)
        view.rowsCame()
      }
    } catch (error) {
      if (signal.aborted) return
      // It is asked for again when one next scrolls.
      store.setState({ failure: failureOf(error) })
    }
    if (mine !== look) return
    if (coming.get(page) === reading) coming.delete(page)
    if (asOf !== version && !signal.aborted && wanted.includes(page)) unread.push(page)
    readOn()
    if (notLookedOver === databaseId) void lookOver(databaseId)
  }

  /** Where rows are damaged, the others are shown without them, and the shelf says so. What fails here fails where it is used. */
  async function lookOver(databaseId: string): Promise<void> {
    notLookedOver = null
    const found = await client.run('library-look-over', { databaseId }).catch(() => null)
    const known = store.getState().databases.find(({ id }) => id === databaseId)?.damage ?? null
    if (found === null || isSameDamage(found.damage ?? null, known)) return
    await parts.refresh()
    rowsChanged(databaseId)
  }

  async function find(label: string, query: { readonly text: string } | { readonly image: Blob }): Promise<void> {
    const { browsing } = store.getState()
    if (browsing === null) return
    stopSearch()
    const mine = new AbortController()
    const { signal } = mine
    searching = mine
    set({ isSearching: true })
    store.setState({ failure: null })
    try {
      const input = { databaseId: browsing.databaseId, query, count: SEARCH_ROWS }
      const options = { signal, cancelTimeoutMs: Number.POSITIVE_INFINITY }
      const { items, sheet } = await client.run('library-search', input, options)
      if (signal.aborted) {
        free(sheet)
        return
      }
      view.actions.closePicture()
      freeFound()
      foundSheet = sheet
      const scored = toGridItems(items, sheet).map((item, i) => ({ ...item, score: items[i]?.score ?? null }))
      set({ found: { label, items: scored }, isSearching: false })
    } catch (error) {
      if (signal.aborted) return
      set({ isSearching: false })
      store.setState({ failure: failureOf(error) })
    }
  }

  function clearSearch(): void {
    stopSearch()
    freeFound()
    set({ found: null, isSearching: false })
  }

  async function selectRange(from: number, to: number): Promise<void> {
    const { browsing } = store.getState()
    if (browsing === null) return
    const mine = look
    const [first, last] = [Math.max(0, Math.min(from, to)), Math.min(countShown(browsing) - 1, Math.max(from, to))]
    try {
      const ids = idsRead(browsing, first, last) ?? (await readIds(browsing.databaseId, first, last))
      const now = store.getState().browsing
      if (now !== null && mine === look) set({ selected: new Set([...now.selected, ...ids]), moved: null })
    } catch (error) {
      if (mine === look) store.setState({ failure: failureOf(error) })
    }
  }

  /** Most cells of a large grid were not read. */
  async function readIds(databaseId: string, first: number, last: number): Promise<readonly string[]> {
    const count = last - first + 1
    return (await client.run('library-item-ids', { databaseId, from: first, count })).ids
  }

  /** Does something with what is chosen. */
  async function withSelected(
    job: (databaseId: string, itemIds: readonly string[]) => Promise<LibraryJobs['library-list']['output']>,
    moved: Browsing['moved'] = null,
  ): Promise<void> {
    const { browsing } = store.getState()
    if (browsing === null || browsing.selected.size === 0) return
    await parts.change(job(browsing.databaseId, [...browsing.selected]))
    const { browsing: now, failure } = store.getState()
    // What failed may be asked for again.
    if (failure === null && now?.databaseId === browsing.databaseId) {
      startOver(browsing.databaseId)
      set({ moved })
    }
  }

  const actions: BrowsingActions = {
    browse: (databaseId) => {
      notLookedOver = databaseId
      startOver(databaseId)
    },
    closeBrowsing: () => {
      letGoOfAll()
      store.setState({ browsing: null })
    },
    needRows,
    searchWords: (words) => {
      if (words.trim() === '') clearSearch()
      else void find(words.trim(), { text: words.trim() })
    },
    searchPicture: (file) => void find(file.name, { image: file }),
    clearSearch,
    ...view.actions,
    toggleSelected: (itemId) => {
      const selected = new Set(store.getState().browsing?.selected)
      if (!selected.delete(itemId)) selected.add(itemId)
      set({ selected, moved: null })
    },
    clearSelected: () => set({ selected: new Set() }),
    selectRange: (from, to) => void selectRange(from, to),
    selectAll: () => void selectRange(0, countShown(store.getState().browsing) - 1),
    removeSelected: () =>
      void withSelected((databaseId, itemIds) => client.run('library-remove-items', { databaseId, itemIds })),
    moveSelected: (intoId) =>
      void withSelected((fromId, itemIds) => client.run('library-move-items', { fromId, intoId, itemIds }), {
        count: store.getState().browsing?.selected.size ?? 0,
        intoId,
      }),
    setCaption: (itemId, caption) => {
      const { browsing } = store.getState()
      if (browsing === null) return
      const renamed = (items: readonly GridItem[]) =>
        items.map((item) => (item.id === itemId ? { ...item, caption } : item))
      read.replaceAll((page) => ({ ...page, items: renamed(page.items) }))
      set({
        pages: itemsOf(read.pages()),
        found: browsing.found && { ...browsing.found, items: renamed(browsing.found.items) },
      })
      client
        .run('library-set-caption', { databaseId: browsing.databaseId, itemId, caption })
        .catch((error: unknown) => store.setState({ failure: failureOf(error) }))
    },
  }
  return { actions, rowsChanged }
}

/** Null where not all of them are read. */
function idsRead(browsing: Browsing, first: number, last: number): readonly string[] | null {
  const ids: string[] = []
  for (let index = first; index <= last; index++) {
    const item = itemShownAt(browsing, index)
    if (item === null) return null
    ids.push(item.id)
  }
  return ids
}

function isSameDamage(a: Damage | null, b: Damage | null): boolean {
  return a?.rows === b?.rows && a?.thumbnails === b?.thumbnails && a?.images === b?.images
}

function itemsOf(pages: ReadonlyMap<number, Page>): Browsing['pages'] {
  return new Map(Array.from(pages, ([page, { items }]) => [page, items]))
}

function toGridItems(items: readonly LibraryItem[], sheet: PictureSheet | null): readonly GridItem[] {
  return items.map(({ id, caption, place }) => ({ id, caption, score: null, picture: pictureAt(place, sheet) }))
}

function pictureAt(place: number | null, sheet: PictureSheet | null): GridItem['picture'] {
  if (place === null || sheet === null) return null
  const { bitmap, side, columns } = sheet
  return { sheet: bitmap, left: (place % columns) * side, top: Math.floor(place / columns) * side, side }
}

/** Four bytes a pixel. */
function bytesOf(sheet: PictureSheet | null): number {
  return sheet === null ? 0 : 4 * sheet.bitmap.width * sheet.bitmap.height
}
