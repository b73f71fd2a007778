// The library over a disk: each call to the part that does it.

import { streamStyleDatabase } from '../retrieval/style-database.ts'
import { createGuardedDisk } from '../storage/guarded-disk.ts'
import { StorageError } from '../storage/storage-error.ts'
import { addChecksums } from './add-checksums.ts'
import { appendRows } from './append-rows.ts'
import { backUpDatabases, restoreDatabases } from './backup.ts'
import { createContentsCache, readItems } from './contents.ts'
import { createMending, forgetDamage } from './damage.ts'
import { describeFile, importFile, importRows, importSource, newRecord } from './exchange.ts'
import { gatherPieces } from './gather-pieces.ts'
import type { Appended, Library, OpenDatabase } from './library.ts'
import { countRows, createLibraryDisk, type LibraryDeps, putDatabase, summarise } from './library-disk.ts'
import { listImports, runTask } from './move-rows.ts'
import { openDatabase, rowsOf } from './open-database.ts'
import { chunksSetAside, putBack } from './put-back.ts'
import {
  DamagedRecord,
  type DatabaseRecord,
  type DatabaseState,
  importKey,
  isImportRecord,
  isKeptTwice,
  LIBRARY_KEY,
  type StoredItem,
  type TaskRecord,
} from './records.ts'
import { chunksToReembed, replaceEmbeddings } from './reembed.ts'
import { chunksAt } from './rows-in-sight.ts'
import { setCaption } from './set-caption.ts'
import { purge, sweep } from './sweep.ts'

const LONGEST_NAME = 200
const THUMBNAIL_SIDE = 96

export function createLibrary(deps: LibraryDeps): Library {
  const guarded = createGuardedDisk(deps.disk, isKeptTwice)
  const disk = createLibraryDisk({ ...deps, disk: guarded })
  const cache = createContentsCache(disk)
  const mending = createMending(disk)

  const listIn = async (state: DatabaseState) => {
    const { version } = await disk.library()
    return (await disk.databases())
      .filter((record) => record.state === state)
      .map((record) => summarise(record, version))
  }
  const find = async (id: string) => summarise(await disk.database(id, 'ready'), (await disk.library()).version)

  /** @param part of it, where not all of its chunks are to be read */
  async function open(
    record: DatabaseRecord,
    embeddings: boolean,
    part?: (record: DatabaseRecord) => DatabaseRecord,
    before?: OpenDatabase,
  ): Promise<OpenDatabase> {
    const { version } = await disk.library()
    const rows = await mending.read(record, embeddings, part, rowsOf(before))
    return openDatabase(disk, rows, version, mending, before)
  }
  const openWhole = (record: DatabaseRecord) => open(record, true)

  /** Runs what reads rows in order to change them; where it meets damage, that is set aside and it runs again. */
  async function mended<T>(databaseIds: readonly string[], task: () => Promise<T>): Promise<T> {
    for (let met = ''; ; ) {
      try {
        return await task()
      } catch (error) {
        if (!(error instanceof DamagedRecord) || error.key === met) throw error
        met = error.key
        await mending.mendRecord(databaseIds, met)
      }
    }
  }

  const change = (id: string, states: readonly DatabaseState[], changes: Partial<DatabaseRecord>) =>
    disk.change(id, states, (record) => disk.commit({ put: [putDatabase(record, changes)] }))

  /** @param itemIds null for all of them, `from` itself included */
  async function move(from: string, into: string | null, itemIds: readonly string[] | null): Promise<void> {
    const task: TaskRecord = { version: 1, id: disk.createId(), from, into, itemIds }
    let kept = false
    await mended(into === null ? [from] : [from, into], () =>
      disk.write(async () => {
        const records = [await disk.database(from, 'ready')]
        if (into !== null) records.push(await disk.database(into, 'ready'))
        const [source, target] = records
        if (target && (target.clip.id !== source?.clip.id || target.clip.dim !== source.clip.dim)) {
          throw new StorageError('database-other-clip', 'these databases were made with two CLIPs', `${from}, ${into}`)
        }
        const run = runTask(disk, cache, task, { kept })
        kept = true // where it stops at damage, it goes on as the same task
        await run
      }),
    )
  }

  return {
    list: () => listIn('ready'),
    listRemoved: () => listIn('removed'),
    find,

    create: ({ name, clip, description = '', thumbnailSide = THUMBNAIL_SIDE }, rows = [], progress) =>
      disk.write(async (library) => {
        const databaseId = disk.createId()
        const record = newRecord(databaseId, library, {
          name: cutName(name),
          description,
          heldOut: false,
          fileId: null,
          clip,
          thumbnailSide,
          state: 'ready',
        })
        const put = [[LIBRARY_KEY, { ...library, order: record.order }]] as const
        const appended = await appendRows(disk, cache, record, rows, { first: put, progress })
        return { ...appended, databaseId }
      }),
    appendRows: (databaseId, rows, progress): Promise<Appended> =>
      mended([databaseId], () =>
        disk.change(databaseId, ['ready'], (record) => appendRows(disk, cache, record, rows, { progress })),
      ),
    knownHashes: (databaseId) =>
      mended([databaseId], async () => new Set((await cache.of(await disk.database(databaseId, 'ready'))).hashes)),

    rename: (id, name) => change(id, ['ready'], { name: cutName(name) }),
    setCaption: (databaseId, itemId, caption) =>
      mended([databaseId], () =>
        disk.change(databaseId, ['ready'], (record) => setCaption(disk, record, itemId, caption)),
      ),
    remove: (id) =>
      disk.write(async ({ visit }) => {
        const record = await disk.database(id, 'ready')
        await disk.commit({
          put: [putDatabase(record, { state: 'removed', visit })],
          delete: await listImports(disk, id),
        })
      }),
    undoRemove: (id) => change(id, ['removed'], { state: 'ready' }),
    purge: async (id) => {
      await disk.database(id, 'ready', 'removed')
      await purge(disk, id)
    },
    merge: async (into, from) => {
      if (into !== from) await move(from, into, null)
    },
    moveItems: async (from, into, itemIds) => {
      if (into !== from) await move(from, into, itemIds)
    },
    removeItems: (databaseId, itemIds) => move(databaseId, null, itemIds),

    async cover(databaseId, count) {
      const record = await disk.database(databaseId, 'ready')
      const opened = await open(record, false, (whole) => ({ ...whole, chunks: whole.chunks.slice(0, 1) }))
      const thumbnails = await opened.thumbnails([...opened.items.keys()])
      return thumbnails.filter((thumbnail) => thumbnail !== null).slice(0, count)
    },
    async sample(databaseId, count) {
      const record = await disk.database(databaseId, 'ready')
      const spread = (whole: DatabaseRecord) => {
        const step = Math.max(1, whole.chunks.length / count)
        return { ...whole, chunks: whole.chunks.filter((_, i) => Math.floor(i / step) > Math.floor((i - 1) / step)) }
      }
      const opened = await open(record, true, spread)
      const values = new Uint16Array(opened.items.length * record.clip.dim)
      let filled = 0
      for await (const chunk of opened.embeddingChunks()) {
        values.set(chunk, filled)
        filled += chunk.length
      }
      return values
    },
    readRows: (databaseId, from, count) =>
      mended([databaseId], async () => {
        const record = await disk.database(databaseId, 'ready')
        const { start, inside } = chunksAt(record.chunks, from, count)
        const part = { ...record, chunks: inside }
        // Items are checked as they are read; embeddings, of which nothing is shown, when they are searched.
        const items: StoredItem[] = []
        for await (const some of readItems(disk, part)) items.push(...some)
        const opened = openDatabase(disk, { record: part, items, embeddings: null }, record.version, mending)
        const end = Math.min(from - start + count, opened.items.length)
        const rows = Array.from({ length: Math.max(0, end - (from - start)) }, (_, i) => from - start + i)
        return {
          items: opened.items.slice(from - start, end),
          thumbnails: await opened.thumbnails(rows),
          rows: countRows(record),
        }
      }),
    openDatabase: (databaseId, { withEmbeddings = false, before } = {}) =>
      mended([databaseId], async () =>
        open(await disk.database(databaseId, 'ready'), withEmbeddings, undefined, before),
      ),

    async check(databaseId, onProgress = () => undefined) {
      await mending.checkAll(databaseId, onProgress)
      return find(databaseId)
    },
    forgetDamage: (databaseId) => disk.change(databaseId, ['ready'], (record) => forgetDamage(disk, record)),

    async imports() {
      const [records, busy] = [await disk.getMany(await disk.keys(importKey(''))), await disk.busy()]
      return records.filter(isImportRecord).filter(({ id }) => !busy.has(importKey(id)))
    },
    saveImport: (progress) => {
      const save = () => disk.commit({ put: [[importKey(progress.id), progress]] })
      return progress.databaseId === null ? disk.write(save) : disk.change(progress.databaseId, ['ready'], save)
    },
    endImport: (importId) => disk.write(() => disk.commit({ delete: [importKey(importId)] })),
    whileImporting: (importId, task) => disk.hold(importKey(importId), task),

    async *chunksToReembed(databaseId, clip) {
      try {
        yield* chunksToReembed(disk, databaseId, clip)
      } catch (error) {
        if (!(error instanceof DamagedRecord)) throw error
        await mending.checkAll(databaseId, () => undefined)
        yield* chunksToReembed(disk, databaseId, clip)
      }
    },
    replaceEmbeddings: (databaseId, clip, chunkId, embeddings) =>
      disk.change(databaseId, ['ready'], (record) => replaceEmbeddings(disk, record, clip, chunkId, embeddings)),

    chunksSetAside: (databaseId, clip) => chunksSetAside(disk, databaseId, clip),
    putBack: (databaseId, clip, chunkId, embeddings) =>
      mended([databaseId], () =>
        disk.change(databaseId, ['ready'], (record) => putBack(disk, cache, record, clip, chunkId, embeddings)),
      ),

    async exportDatabase(databaseId, write) {
      const record = await disk.database(databaseId, 'ready')
      const { description, embeddings, pictures } = await describeFile(record, await openWhole(record))
      const pieces = gatherPieces(write)
      await streamStyleDatabase(description, embeddings, pictures, pieces.write)
      await pieces.end()
    },
    importDatabaseFile: (source, onProgress = () => undefined) => importSource(disk, cache, source, onProgress),
    importDatabase: (file, onProgress = () => undefined) => importFile(disk, cache, file, onProgress),
    importRows: ({ name, clip, description = '', thumbnailSide = THUMBNAIL_SIDE }, batches) => {
      const parts = { name: cutName(name), description, heldOut: false, fileId: null, clip, thumbnailSide }
      return importRows(disk, cache, parts, batches)
    },

    backUp: () => backUpDatabases(disk, openWhole),
    restore: (archive, listed) => restoreDatabases(disk, cache, archive, listed, openWhole),

    sweep: () => sweep(disk, cache, guarded),
    addChecksums: () => addChecksums(disk),
  }
}

function cutName(name: string): string {
  return [...name].slice(0, LONGEST_NAME).join('')
}
