// The store of the person's own databases, over the library worker's jobs.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { JobClient } from '../protocol/client.ts'
import type { PackReference, ShownGiven } from '../protocol/jobs.ts'
import type { LibraryJobs } from '../protocol/library-jobs.ts'
import type { ParseJobs } from '../protocol/parse-jobs.ts'
import type { GivenAs, Style } from './app-state.ts'
import { createBrowsing } from './browse-database.ts'
import type { FileFinder } from './file-finder.ts'
import { createEmbeddingImporter } from './import-embeddings.ts'
import { createImportQueue } from './import-queue.ts'
import {
  INITIAL_LIBRARY,
  type LibraryActions,
  type LibraryAppState,
  type LibraryDatabase,
  ownStyleId,
} from './library-state.ts'
import type { OwnedResource } from './owned-resources.ts'
import { failureOf } from './present.ts'
import { createPictureReader } from './read-picture.ts'

export interface LibraryDependencies {
  /** @param onWorkerLost is to be called when the worker is gone and will be made anew */
  readonly createClient: (onWorkerLost: () => void) => JobClient<LibraryJobs>
  /** A worker for files from strangers. */
  readonly createParser: () => JobClient<ParseJobs>
  readonly files: FileFinder
  /** A new id at each call, unlike any of other visits. */
  readonly createId: () => string
  readonly createUrl: (blob: Blob) => string
  /** Frees what the state no longer holds, an object URL or a bitmap; the page may be drawing it still. */
  readonly dispose: (resource: OwnedResource) => void
  readonly saveFile: (blob: Blob, name: string) => void
  /** The databases that pictures can be made with, after every change. Their covers belong to this store. */
  readonly onStyles: (styles: readonly Style[]) => void
  /** A picture was read that a person gave the search. */
  readonly onGiven: (picture: ShownGiven, as: GivenAs) => void
  /** Something is dropped or picked, or goes on; what it returns is told of each new style that comes of it, once that is ready. */
  readonly onDrop: () => (styleId: string) => void
  /** The name of pictures that came without a folder. */
  readonly nameless: string
}

export interface LibraryApp {
  readonly store: StoreApi<LibraryAppState>
  readonly actions: LibraryActions
  /**
   * Opens the library for a pack, whose CLIP it works with from then on. Resolves when the databases are there or have failed to
   * be. Never rejects.
   */
  follow(pack: PackReference): Promise<void>
  /** Shows the databases as they are now, after something else changed them. Never rejects. */
  refresh(): Promise<void>
}

type ShelfNow = LibraryJobs['library-list']['output']

/** Builds the store; nothing is read before the first `follow`. */
export function createLibraryApp(dependencies: LibraryDependencies): LibraryApp {
  const { createUrl, dispose } = dependencies
  const store = createStore<LibraryAppState>(() => INITIAL_LIBRARY)
  const client = dependencies.createClient(() => void reopen())
  let followed: PackReference | null = null
  /** Is the one of `followed` while nothing is being opened. */
  let open: PackReference | null = null
  let opening: Promise<void> | null = null
  let isWatching = false

  function follow(pack: PackReference): Promise<void> {
    followed = pack
    opening ??= openFollowed().finally(() => {
      opening = null
    })
    return opening
  }

  /** One after the other, so that the last one stays. */
  async function openFollowed(): Promise<void> {
    while (followed !== null && !isSamePack(followed, open)) {
      const pack = followed
      open = await openFor(pack)
      if (open === null && followed === pack) return
    }
  }

  async function openFor(pack: PackReference): Promise<PackReference | null> {
    try {
      takeShelf(await client.run('open-library', { pack }))
      store.setState({ status: 'ready' })
      void watchOthers()
      return pack
    } catch (error) {
      store.setState({ status: 'failed', failure: failureOf(error) })
      return null
    }
  }

  async function reopen(): Promise<void> {
    open = null
    if (followed !== null) await follow(followed)
  }

  function takeShelf({ clip, databases, removed, imports }: ShelfNow): void {
    const before = new Map(store.getState().databases.map((database) => [database.id, database]))
    const shelved = databases.map(({ cover, ...database }): LibraryDatabase => {
      const known = before.get(database.id)
      // The first rows seldom change: covers that are as they were do not blink.
      const isSame = known !== undefined && known.rows === database.rows && known.covers.length === cover.length
      return { ...database, covers: isSame ? known.covers : cover.map(createUrl) }
    })
    store.setState({ clipDim: clip.dim, databases: shelved, removed, paused: imports })
    const kept = new Set(shelved.flatMap(({ covers }) => covers))
    for (const { covers } of before.values()) for (const url of covers) if (!kept.has(url)) dispose(url)
    dependencies.onStyles(shelved.filter(isStyle).map(toStyle))
  }

  const canPaint = (databaseId: string) =>
    store.getState().databases.some((database) => database.id === databaseId && isStyle(database))

  async function change(job: Promise<ShelfNow>): Promise<void> {
    try {
      takeShelf(await job)
      store.setState({ failure: null })
    } catch (error) {
      store.setState({ failure: failureOf(error) })
    }
  }

  async function refresh(): Promise<void> {
    const shelf = await client.run('library-list', null).catch(() => null)
    if (shelf !== null) takeShelf(shelf)
  }

  const browser = createBrowsing({ store, client, dispose, change, refresh })

  /** The worker that paints holds a style's rows as well: two need not. */
  function closeBrowsing(): void {
    if (store.getState().browsing !== null) void client.run('library-put-away', null).catch(() => undefined)
    browser.actions.closeBrowsing()
  }

  /** Shows what other tabs change, until the worker is gone. */
  async function watchOthers(): Promise<void> {
    if (isWatching) return
    isWatching = true
    const onEvent = () => void showOthersChange()
    await client.run('library-watch', null, { onEvent }).catch(() => null)
    isWatching = false
  }

  async function showOthersChange(): Promise<void> {
    await refresh()
    const { browsing, databases } = store.getState()
    if (browsing === null) return
    if (databases.some(({ id }) => id === browsing.databaseId)) browser.rowsChanged(browsing.databaseId)
    else closeBrowsing()
  }

  const queue = createImportQueue({
    ...{ store, client, files: dependencies.files, createUrl, dispose, nameless: dependencies.nameless },
    createId: dependencies.createId,
    embeddings: createEmbeddingImporter(dependencies.createParser, client),
    refresh,
    onRows: browser.rowsChanged,
    onDrop: () => {
      const onMade = dependencies.onDrop()
      return (databaseId) => {
        // Another model may have been opened meanwhile.
        if (canPaint(databaseId)) onMade(ownStyleId(databaseId))
      }
    },
  })

  async function exportFile(databaseId: string): Promise<void> {
    try {
      const { file, name } = await client.run('library-export', { databaseId })
      dependencies.saveFile(file, name)
    } catch (error) {
      store.setState({ failure: failureOf(error) })
    }
  }

  return {
    store,
    actions: {
      ...queue,
      ...createPictureReader({
        ...{ store, client, onRead: dependencies.onGiven },
        untilOpen: async () => {
          await opening
        },
      }),
      ...browser.actions,
      closeBrowsing,
      rename: (databaseId, name) => void change(client.run('library-rename', { databaseId, name })),
      remove: (databaseId) => void change(client.run('library-remove', { databaseId })),
      undoRemove: (databaseId) => void change(client.run('library-undo-remove', { databaseId })),
      merge: (intoId, fromId) => void change(client.run('library-merge', { intoId, fromId })),
      exportFile: (databaseId) => void exportFile(databaseId),
      dismissFailure: () => store.setState({ failure: null }),
    },
    follow,
    refresh,
  }
}

/** Whether the open model can paint with it. */
function isStyle({ clipMatches, rows }: LibraryDatabase): boolean {
  return clipMatches && rows > 0
}

function isSamePack(a: PackReference, b: PackReference | null): boolean {
  const nameOf = (pack: PackReference) => (pack.kind === 'url' ? pack.url : pack.id)
  return b !== null && a.kind === b.kind && nameOf(a) === nameOf(b)
}

function toStyle({ id, name, rows, covers, hasPictures }: LibraryDatabase): Style {
  return { id: ownStyleId(id), name, rows, heldOut: false, covers, hasPictures }
}
