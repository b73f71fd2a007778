// Takes in what is dropped or picked, one lot after another: walks it to its end, sorts it, and asks where there is a choice.

import type { StoreApi } from 'zustand/vanilla'
import { nameFolders } from '../core/library/folder-names.ts'
import { folderOf } from '../core/library/import-files.ts'
import { isNoPictureByName } from '../core/library/other-files.ts'
import type { FileEntry } from '../protocol/library-jobs.ts'
import { nextMacrotask } from '../protocol/next-macrotask.ts'
import type { FileFinder, FoundFiles } from './file-finder.ts'
import type { EmbeddingImporter, FoundCollection } from './import-embeddings.ts'
import type { LibraryActions, LibraryAppState, Offer } from './library-state.ts'
import { failureOf } from './present.ts'

/** Pictures that are to become a style, or to join one. */
export interface NewPictures {
  readonly kind: 'pictures'
  readonly files: readonly FileEntry[]
  readonly handles: readonly FileSystemHandle[]
  /** The one folder that is meant, of all that the handles lead to; null for all of them. */
  readonly within: string | null
  /** Files; of a zip, as far as it was looked into. */
  readonly total: number
  readonly databaseId: string | null
}

export type NewImport =
  | NewPictures
  | { readonly kind: 'file'; readonly file: Blob }
  | { readonly kind: 'embeddings'; readonly collection: FoundCollection }

/** What a drop or a pick was meant for. */
export interface Origin {
  /** The database that it was to join; null for none. */
  readonly databaseId: string | null
  /** Told of each new database that came of it, once that has all its pictures. */
  readonly onMade: (databaseId: string) => void
}

export interface DropOffersParts {
  readonly store: StoreApi<LibraryAppState>
  readonly embeddings: EmbeddingImporter
  readonly files: FileFinder
  readonly enqueue: (name: string, task: NewImport, origin: Origin) => void
  /** Lists embeddings that cannot be used. */
  readonly refuse: (name: string, detail: string, origin: Origin) => void
  /** Something is dropped or picked. */
  readonly onDrop: () => Origin['onMade']
  /** The name of pictures that came without a folder. */
  readonly nameless: string
}

type Choice = Parameters<LibraryActions['accept']>[0]

/** What was dropped or picked at once. */
interface Lot extends Origin {
  readonly found: FoundFiles
}

/** Files found between two looks at the count, and two turns for others. */
const COUNT_EVERY = 100

export function createDropOffers(
  parts: DropOffersParts,
): Pick<LibraryActions, 'drop' | 'pick' | 'accept' | 'declineOffer'> {
  const { store, embeddings, files, enqueue, refuse } = parts
  const waiting: Lot[] = []
  let isWorking = false
  let decline = () => {}
  let answer = (_: Choice) => {}

  function add(found: FoundFiles, databaseId: string | null): void {
    waiting.push({ found, databaseId, onMade: parts.onDrop() })
    if (!isWorking) void work()
  }

  /** What comes while a question is open waits until that has its answer. */
  async function work(): Promise<void> {
    isWorking = true
    for (let lot = waiting.shift(); lot !== undefined; lot = waiting.shift()) {
      const controller = new AbortController()
      const untilDeclined = new Promise<void>((resolve) => {
        decline = () => {
          controller.abort()
          resolve()
        }
      })
      await Promise.race([takeIn(lot, controller.signal), untilDeclined])
    }
    isWorking = false
  }

  /** Never rejects. */
  async function takeIn(lot: Lot, signal: AbortSignal): Promise<void> {
    try {
      const entries = await walk(lot.found, signal)
      await consider(entries, lot, signal)
    } catch (error) {
      if (!signal.aborted) store.setState({ offer: null, failure: failureOf(error) })
    }
  }

  async function walk(found: FoundFiles, signal: AbortSignal): Promise<readonly FileEntry[]> {
    const entries: FileEntry[] = []
    for await (const entry of found.entries) {
      signal.throwIfAborted()
      entries.push(entry)
      if (entries.length % COUNT_EVERY === 1) {
        const name = topFolder([entry], parts.nameless)
        store.setState({ offer: { kind: 'counting', name, count: entries.length } })
        // Files that were picked are all there: without this they would be one long task.
        await nextMacrotask()
      }
    }
    return entries
  }

  async function consider(entries: readonly FileEntry[], lot: Lot, signal: AbortSignal): Promise<void> {
    const { databaseId } = lot
    const handles = await lot.found.handles
    const { rest: others, databaseFiles } = await splitOff(entries)
    const { rest, collections, refused } = await embeddings.sort(others, await openClipDim())
    const groups = databaseId === null ? files.groupByFolder(rest, await listZips(rest)) : null
    signal.throwIfAborted()
    const name = topFolder(rest, parts.nameless)
    for (const collection of collections) enqueue(collection.name, { kind: 'embeddings', collection }, lot)
    for (const { name, detail } of refused) refuse(name, detail, lot)
    for (const { path, file } of databaseFiles) enqueue(withoutEnding(path), { kind: 'file', file }, lot)
    if (rest.length === 0) {
      const isEmpty = databaseFiles.length + collections.length + refused.length === 0
      if (isEmpty) await ask({ kind: 'empty', name })
      else store.setState({ offer: null })
      return
    }
    const pictures = { kind: 'pictures', handles, databaseId } as const
    const asOne = { ...pictures, files: rest, within: null, total: rest.length }
    if (groups === null) {
      store.setState({ offer: null })
      enqueue(nameOf(databaseId) ?? name, asOne, lot)
      return
    }
    const names = nameFolders([...groups.keys()], name)
    const folders = Array.from(groups, ([path, { count }]) => ({ path, name: names.get(path) ?? name, count }))
    const count = folders.reduce((sum, folder) => sum + folder.count, 0)
    const choice = await ask({ kind: 'choosing', name, count, folders })
    const isLeftOut = ({ path }: FileEntry) => isNoPictureByName(path) && !groups.has(folderOf(path))
    if (choice === 'one-for-all') enqueue(name, { ...asOne, total: count + rest.filter(isLeftOut).length }, lot)
    else {
      for (const [within, { files, count }] of groups) {
        enqueue(names.get(within) ?? name, { ...pictures, files, within, total: count }, lot)
      }
    }
  }

  /** Settles when `accept` does; where the offer is declined, never. */
  function ask(offer: Offer): Promise<Choice> {
    return new Promise((resolve) => {
      answer = resolve
      store.setState({ offer })
    })
  }

  /** Files may be dropped before the library is open. */
  function openClipDim(): Promise<number> {
    return new Promise((resolve) => {
      const isSettled = () => {
        const { status, clipDim } = store.getState()
        if (status !== 'opening') resolve(clipDim)
        return status !== 'opening'
      }
      if (isSettled()) return
      const stop = store.subscribe(() => {
        if (isSettled()) stop()
      })
    })
  }

  /** Style database files are taken as they are; they are few, and known by their ending before they are looked into. */
  async function splitOff(entries: readonly FileEntry[]) {
    const rest: FileEntry[] = []
    const databaseFiles: { readonly path: string; readonly file: File }[] = []
    for (const entry of entries) {
      const whole = await readZip(entry)
      if (whole !== null && (await files.isDatabaseFile(whole))) databaseFiles.push({ path: entry.path, file: whole })
      else rest.push(entry)
    }
    return { rest, databaseFiles }
  }

  /** The names in each zip; of those that cannot be read their import says so. */
  async function listZips(entries: readonly FileEntry[]): Promise<ReadonlyMap<FileEntry, readonly string[]>> {
    const zips = new Map<FileEntry, readonly string[]>()
    for (const entry of entries) {
      const whole = await readZip(entry)
      const names = whole && (await files.listZip(whole))
      if (names !== null) zips.set(entry, names)
    }
    return zips
  }

  function nameOf(databaseId: string | null): string | null {
    return store.getState().databases.find(({ id }) => id === databaseId)?.name ?? null
  }

  return {
    drop: (transfer, databaseId) => add(files.findTransferred(transfer), databaseId),
    pick: (picked, databaseId) => {
      if (picked.length > 0) add(files.findPicked(picked), databaseId)
    },
    accept: (choice) => {
      if (store.getState().offer?.kind !== 'choosing') return
      store.setState({ offer: null })
      answer(choice)
    },
    declineOffer: () => {
      store.setState({ offer: null })
      decline()
    },
  }
}

/** Null for what is no zip by its name, or has gone meanwhile: the import will list it. */
async function readZip({ path, file }: FileEntry): Promise<File | null> {
  if (!/\.zip$/i.test(path) || file === null) return null
  return 'getFile' in file ? file.getFile().catch(() => null) : file
}

/** The folder that all lie in, as a style's name. */
function topFolder(entries: readonly Pick<FileEntry, 'path'>[], nameless: string): string {
  const tops = new Set(entries.map(({ path }) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')))
  const [top = ''] = tops
  if (tops.size === 1 && top !== '') return top
  const [only] = entries
  return entries.length === 1 && only !== undefined && /\.zip$/i.test(only.path) ? withoutEnding(only.path) : nameless
}

function withoutEnding(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
}
