// The library over a disk: each call to the part that does it.

import { streamStyleDatabase } from '../retrieval/style-database.ts'
import { StorageError } from '../storage/storage-error.ts'
import { appendRows } from './append-rows.ts'
import { backUpDatabases, restoreDatabases } from './backup.ts'
import { createContentsCache } from './contents.ts'
import { describeFile, importFile, importRows, importSource, newRecord } from './exchange.ts'
import { gatherPieces } from './gather-pieces.ts'
import type { Appended, Library } from './library.ts'
import { createLibraryDisk, type LibraryDeps, putDatabase, summarise } from './library-disk.ts'
import { listImports, runTask } from './move-rows.ts'
import { openDatabase } from './open-database.ts'
import {
  type DatabaseRecord,
  type DatabaseState,
  importKey,
  isImportRecord,
  LIBRARY_KEY,
  type TaskRecord,
} from './records.ts'
import { chunksToReembed, replaceEmbeddings } from './reembed.ts'
import { setCaption } from './set-caption.ts'
import { purge, sweep } from './sweep.ts'

const LONGEST_NAME = 200
const THUMBNAIL_SIDE = 96

export function createLibrary(deps: LibraryDeps): Library {
  const disk = createLibraryDisk(deps)
  const cache = createContentsCache(disk)

  const listIn = async (state: DatabaseState) => {
    const { version } = await disk.library()
    return (await disk.databases())
      .filter((record) => record.state === state)
      .map((record) => summarise(record, version))
  }
  const find = async (id: string) => summarise(await disk.database(id, 'ready'), (await disk.library()).version)
  const open = async (record: DatabaseRecord) => openDatabase(disk, record, (await disk.library()).version)

  const change = (id: string, states: readonly DatabaseState[], changes: Partial<DatabaseRecord>) =>
    disk.change(id, states, (record) => disk.commit({ put: [putDatabase(record, changes)] }))

  /** @param itemIds null for all of them, `from` itself included */
  const move = (from: string, into: string | null, itemIds: readonly string[] | null) =>
    disk.write(async () => {
      const records = [await disk.database(from, 'ready')]
      if (into !== null) records.push(await disk.database(into, 'ready'))
      const [source, target] = records
      if (target && (target.clip.id !== source?.clip.id || target.clip.dim !== source.clip.dim)) {
        throw new StorageError('database-other-clip', 'these databases were made with two CLIPs', `${from}, ${into}`)
      }
      const task: TaskRecord = { version: 1, id: disk.createId(), from, into, itemIds }
      await runTask(disk, cache, task, { kept: false })
    })

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
      disk.change(databaseId, ['ready'], (record) => appendRows(disk, cache, record, rows, { progress })),
    knownHashes: async (databaseId) => new Set((await cache.of(await disk.database(databaseId, 'ready'))).hashes),

    rename: (id, name) => change(id, ['ready'], { name: cutName(name) }),
    setCaption: (databaseId, itemId, caption) =>
      disk.change(databaseId, ['ready'], (record) => setCaption(disk, record, itemId, caption)),
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
      const opened = await open({ ...record, chunks: record.chunks.slice(0, 1) })
      const thumbnails = await opened.thumbnails([...opened.items.keys()])
      return thumbnails.filter((thumbnail) => thumbnail !== null).slice(0, count)
    },
    openDatabase: async (databaseId) => open(await disk.database(databaseId, 'ready')),

    async imports() {
      const [records, busy] = [await disk.getMany(await disk.keys(importKey(''))), await disk.busy()]
      return records.filter(isImportRecord).filter(({ id }) => !busy.has(importKey(id)))
    },
    saveImport: (progress) =>
      disk.change(progress.databaseId, ['ready'], () => disk.commit({ put: [[importKey(progress.id), progress]] })),
    endImport: (importId) => disk.write(() => disk.commit({ delete: [importKey(importId)] })),
    whileImporting: (importId, task) => disk.hold(importKey(importId), task),

    chunksToReembed: (databaseId, clip) => chunksToReembed(disk, databaseId, clip),
    replaceEmbeddings: (databaseId, clip, chunkId, embeddings) =>
      disk.change(databaseId, ['ready'], (record) => replaceEmbeddings(disk, record, clip, chunkId, embeddings)),

    async exportDatabase(databaseId, write) {
      const record = await disk.database(databaseId, 'ready')
      const { description, embeddings, pictures } = await describeFile(record, await open(record))
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

    backUp: () => backUpDatabases(disk, open),
    restore: (archive) => restoreDatabases(disk, cache, archive, open),

    sweep: () => sweep(disk, cache, deps.disk),
  }
}

function cutName(name: string): string {
  return [...name].slice(0, LONGEST_NAME).join('')
}
