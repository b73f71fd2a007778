// Looks into one database: pages of rows as the grid needs them, what is searched for, and what is chosen.

import type { StoreApi } from 'zustand/vanilla'
import type { JobClient } from '../protocol/client.ts'
import type { Damage, LibraryItem, LibraryJobs, RankedItem } from '../protocol/library-jobs.ts'
import { nextMacrotask } from '../protocol/next-macrotask.ts'
import { type Browsing, type GridItem, type LibraryActions, type LibraryAppState, PAGE_ROWS } from './library-state.ts'
import { type PagesInSight, pagesToLetGo, planPages } from './plan-pages.ts'
import { failureOf } from './present.ts'

export interface BrowsingParts {
  readonly store: StoreApi<LibraryAppState>
  readonly client: JobClient<LibraryJobs>
  readonly createUrl: (blob: Blob) => string
  readonly dispose: (url: string) => void
  /** Runs a job that changes the library, and takes over how it is then. */
  readonly change: (job: Promise<LibraryJobs['library-list']['output']>) => Promise<void>
  /** Takes over how the library is now. */
  readonly refresh: () => Promise<void>
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
  | 'removeSelected'
  | 'moveSelected'
  | 'setCaption'
>

/** Pages kept at a time: some thousands of pictures. */
const MOST_PAGES = 54
/** Pages that the worker reads at a time: of what was scrolled past meanwhile, the rest is not read at all. */
const READ_AT_ONCE = 2
const URLS_AT_ONCE = 8
const SEARCH_ROWS = 120

export function createBrowsing(parts: BrowsingParts): BrowsingActions {
  const { store, client, createUrl, dispose } = parts
  /** Pages that were asked for and are not shown yet. */
  const coming = new Set<number>()
  /** Of those, how many the worker is at. */
  let reads = 0
  let sight: PagesInSight = { first: 0, last: 0 }
  /** Rows that the grid shows, as it said last. */
  let shown = { from: 0, count: 0 }
  /** Pages to read, the most urgent first. */
  let wanted: readonly number[] = []
  /** What was asked of an earlier look is not taken in by a later one. */
  let look = 0
  let search = 0
  /** The database looked into, until all of it was looked over for damage: after its first page, which must not wait for that. */
  let notLookedOver: string | null = null

  function set(change: Partial<Browsing>): void {
    const { browsing } = store.getState()
    if (browsing !== null) store.setState({ browsing: { ...browsing, ...change } })
  }

  const toGridItem = ({ id, caption, thumbnail }: LibraryItem, score: number | null): GridItem => ({
    ...{ id, caption, score },
    url: thumbnail && createUrl(thumbnail),
  })

  function free(items: readonly GridItem[]): void {
    for (const { url } of items) if (url !== null) dispose(url)
  }

  function freeAll(browsing: Browsing | null): void {
    for (const items of browsing?.pages.values() ?? []) free(items)
    free(browsing?.found?.items ?? [])
  }

  /** Rows have come or gone: all pages are read anew, those that the grid shows at once. It says nothing where it shows as many. */
  function startOver(databaseId: string): void {
    look++
    coming.clear()
    reads = 0
    wanted = []
    sight = { first: 0, last: 0 }
    const before = store.getState().browsing
    freeAll(before)
    const rows = store.getState().databases.find(({ id }) => id === databaseId)?.rows ?? 0
    store.setState({
      browsing: { databaseId, rows, pages: new Map(), found: null, isSearching: false, selected: new Set() },
    })
    if (before?.databaseId === databaseId && before.found === null) needRows(shown.from, shown.count)
  }

  function needRows(from: number, count: number): void {
    shown = { from, count }
    const rows = store.getState().browsing?.rows ?? 0
    const before = sight
    sight = {
      first: Math.floor(from / PAGE_ROWS),
      last: Math.floor(Math.max(from, from + count - 1) / PAGE_ROWS),
    }
    wanted = planPages(sight, before, Math.ceil(rows / PAGE_ROWS))
    readOn()
  }

  function readOn(): void {
    const { browsing } = store.getState()
    for (const page of wanted) {
      if (browsing === null || reads >= READ_AT_ONCE) return
      if (!coming.has(page) && !browsing.pages.has(page)) void readPage(page, browsing.databaseId)
    }
  }

  async function readPage(page: number, databaseId: string): Promise<void> {
    coming.add(page)
    reads++
    const mine = look
    const asked = client.run('library-items', { databaseId, from: page * PAGE_ROWS, count: PAGE_ROWS })
    const read = await asked.catch((error: unknown) => {
      if (mine !== look) return null
      // It is asked for again when it next comes into sight.
      wanted = wanted.filter((other) => other !== page)
      store.setState({ failure: failureOf(error) })
      return null
    })
    if (mine !== look) return
    reads--
    // The worker reads on while this thread makes URLs.
    readOn()
    if (read !== null) {
      const items = await toGridItems(read.items)
      if (mine === look) takePage(page, items, read.rows)
      else free(items)
    }
    if (mine === look) coming.delete(page)
    if (notLookedOver === databaseId) void lookOver(databaseId)
  }

  /** Where rows are damaged, the others are shown without them, and the shelf says so. What fails here fails where it is used. */
  async function lookOver(databaseId: string): Promise<void> {
    notLookedOver = null
    const found = await client.run('library-look-over', { databaseId }).catch(() => null)
    const known = store.getState().databases.find(({ id }) => id === databaseId)?.damage ?? null
    if (found === null || isSameDamage(found.damage ?? null, known)) return
    await parts.refresh()
    if (store.getState().browsing?.databaseId === databaseId) startOver(databaseId)
  }

  /** A few at a time: browsers take up to a millisecond for a URL, and a page's together would hold up a frame. */
  async function toGridItems(items: readonly LibraryItem[]): Promise<readonly GridItem[]> {
    const made: GridItem[] = []
    for (const item of items) {
      made.push(toGridItem(item, null))
      if (made.length % URLS_AT_ONCE === 0) await nextMacrotask()
    }
    return made
  }

  function takePage(page: number, items: readonly GridItem[], rows: number): void {
    const pages = new Map(store.getState().browsing?.pages)
    pages.set(page, items)
    for (const far of pagesToLetGo(pages.keys(), sight, MOST_PAGES)) {
      free(pages.get(far) ?? [])
      pages.delete(far)
    }
    set({ pages, rows })
  }

  async function find(label: string, query: { readonly text: string } | { readonly image: Blob }): Promise<void> {
    const { browsing } = store.getState()
    if (browsing === null) return
    const mine = ++search
    set({ isSearching: true })
    try {
      const input = { databaseId: browsing.databaseId, query, count: SEARCH_ROWS }
      const { items } = await client.run('library-search', input)
      if (mine !== search) return
      free(store.getState().browsing?.found?.items ?? [])
      set({
        found: { label, items: items.map((item: RankedItem) => toGridItem(item, item.score)) },
        isSearching: false,
      })
    } catch (error) {
      if (mine !== search) return
      set({ isSearching: false })
      store.setState({ failure: failureOf(error) })
    }
  }

  function clearSearch(): void {
    search++
    free(store.getState().browsing?.found?.items ?? [])
    set({ found: null, isSearching: false })
  }

  /** Does something with what is chosen. */
  async function withSelected(
    job: (databaseId: string, itemIds: readonly string[]) => Promise<LibraryJobs['library-list']['output']>,
  ): Promise<void> {
    const { browsing } = store.getState()
    if (browsing === null || browsing.selected.size === 0) return
    await parts.change(job(browsing.databaseId, [...browsing.selected]))
    if (store.getState().browsing?.databaseId === browsing.databaseId) startOver(browsing.databaseId)
  }

  return {
    browse: (databaseId) => {
      notLookedOver = databaseId
      startOver(databaseId)
    },
    closeBrowsing: () => {
      look++
      search++
      freeAll(store.getState().browsing)
      store.setState({ browsing: null })
    },
    needRows,
    searchWords: (words) => {
      if (words.trim() === '') clearSearch()
      else void find(words.trim(), { text: words.trim() })
    },
    searchPicture: (file) => void find(file.name, { image: file }),
    clearSearch,
    toggleSelected: (itemId) => {
      const selected = new Set(store.getState().browsing?.selected)
      if (!selected.delete(itemId)) selected.add(itemId)
      set({ selected })
    },
    clearSelected: () => set({ selected: new Set() }),
    removeSelected: () =>
      void withSelected((databaseId, itemIds) => client.run('library-remove-items', { databaseId, itemIds })),
    moveSelected: (intoId) =>
      void withSelected((fromId, itemIds) => client.run('library-move-items', { fromId, intoId, itemIds })),
    setCaption: (itemId, caption) => {
      const { browsing } = store.getState()
      if (browsing === null) return
      const renamed = (items: readonly GridItem[]) =>
        items.map((item) => (item.id === itemId ? { ...item, caption } : item))
      set({
        pages: new Map(Array.from(browsing.pages, ([page, items]) => [page, renamed(items)])),
        found: browsing.found && { ...browsing.found, items: renamed(browsing.found.items) },
      })
      client
        .run('library-set-caption', { databaseId: browsing.databaseId, itemId, caption })
        .catch((error: unknown) => store.setState({ failure: failureOf(error) }))
    },
  }
}

function isSameDamage(a: Damage | null, b: Damage | null): boolean {
  return a?.rows === b?.rows && a?.thumbnails === b?.thumbnails && a?.images === b?.images
}
