// Takes in what is dropped or picked, one lot after another: walks it to its end, sorts it, and asks where there is a choice.

import type { StoreApi } from 'zustand/vanilla'
import { nameFolders } from '../core/library/folder-names.ts'
import { folderOf } from '../core/library/import-files.ts'
import { isNoPictureByName } from '../core/library/other-files.ts'
import type { FileEntry } from '../protocol/library-jobs.ts'
import { nextMacrotask } from '../protocol/next-macrotask.ts'
import type { FileFinder, FoundFiles } from './file-finder.ts'
import type { EmbeddingImporter, FoundCollection } from './import-embeddings.ts'
import type { LibraryActions, LibraryAppState, Offer, OfferAnswer } from './library-state.ts'
import { failureOf } from './present.ts'
import { readZip, sortZips, splitPacks } from './set-aside.ts'

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
  let answer = (_: OfferAnswer | 'nothing') => {}

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
    const { others, databaseFiles } = await askAside(entries, signal)
    const handles = handlesOf(others, await lot.found.handles)
    const { rest, collections, refused } = await embeddings.sort(others, await openClipDim())
    const groups = databaseId === null ? files.groupByFolder(rest, await listZips(rest)) : null
    signal.throwIfAborted()
    const name = topFolder(rest, parts.nameless)
    for (const collection of collections) enqueue(collection.name, { kind: 'embeddings', collection }, lot)
    for (const { name, detail } of refused) refuse(name, detail, lot)
    for (const { path, file } of databaseFiles) enqueue(withoutEnding(path), { kind: 'file', file }, lot)
    if (rest.length === 0) {
      if (entries.length === 0) await ask({ kind: 'empty', name })
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

  /** Asks about each thing of which no style is made, unless a person wants it looked at for pictures after all. */
  async function askAside(entries: readonly FileEntry[], signal: AbortSignal) {
    const { rest: outside, packs } = splitPacks(entries)
    const unpacked = [...outside]
    for (const pack of packs) {
      signal.throwIfAborted()
      if ((await ask(pack)) === 'as-pictures') unpacked.push(...pack.files)
    }
    const { rest, databaseFiles, asides } = await sortZips(unpacked, files)
    const others = [...rest]
    for (const { offer, entry } of asides) {
      signal.throwIfAborted()
      if ((await ask(offer)) === 'as-pictures') others.push(entry)
    }
    return { others, databaseFiles }
  }

  /** Settles when `accept` does; where all that was dropped is declined with the offer, never. */
  function ask(offer: Offer): Promise<OfferAnswer | 'nothing'> {
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
    accept: (given) => {
      const kind = store.getState().offer?.kind ?? 'empty'
      if (kind === 'counting' || kind === 'empty') return
      store.setState({ offer: null })
      answer(given)
    },
    declineOffer: () => {
      const kind = store.getState().offer?.kind
      store.setState({ offer: null })
      // What was dropped beside it is considered all the same.
      if (kind === 'backup' || kind === 'pack' || kind === 'pack-zip') answer('nothing')
      else decline()
    },
  }
}

/** The handles that lead to at least one of the files: an import that goes on walks them all. */
function handlesOf(entries: readonly FileEntry[], handles: readonly FileSystemHandle[]): readonly FileSystemHandle[] {
  const tops = new Set(entries.map(({ path }) => path.split('/', 1)[0]))
  return handles.filter(({ name }) => tops.has(name))
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
