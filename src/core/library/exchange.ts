// Databases as files: written piece by piece, read whole or not at all.

import type { ByteSource } from '../formats/byte-source.ts'
import {
  type EmbeddingsToWrite,
  openStyleDatabase,
  type StyleDatabase,
  type StyleDatabaseParts,
  type StyleDatabasePictures,
} from '../retrieval/style-database.ts'
import { StorageError } from '../storage/storage-error.ts'
import { appendRows } from './append-rows.ts'
import type { ContentsCache } from './contents.ts'
import type { DatabaseSummary, LibraryItem, NewRow, OpenDatabase } from './library.ts'
import { type LibraryDisk, putDatabase, summarise } from './library-disk.ts'
import { mapAhead } from './map-ahead.ts'
import { deleteRows } from './move-rows.ts'
import { type DatabaseRecord, LIBRARY_KEY, LIBRARY_VERSION, type StoredDamage } from './records.ts'

/** Rows of a file that are kept at once. */
const BATCH = 256
/** Batches that are read while one is written. */
const AHEAD = 2

/** What `newRecord` makes a record of. */
export type DatabaseParts = Pick<
  DatabaseRecord,
  'name' | 'description' | 'heldOut' | 'clip' | 'thumbnailSide' | 'state'
> & { readonly fileId: string | null }

/** A database's parts as a file has them. */
export interface DatabaseFile {
  readonly description: StyleDatabaseParts['description']
  readonly embeddings: EmbeddingsToWrite
  readonly pictures: StyleDatabasePictures
}

/** Rejects with StorageError('database-empty') where there are no rows. */
export async function describeFile(
  record: Pick<DatabaseRecord, 'name' | 'description' | 'heldOut' | 'clip' | 'thumbnailSide' | 'fileId'>,
  opened: OpenDatabase,
): Promise<DatabaseFile> {
  if (opened.items.length === 0) {
    throw new StorageError('database-empty', `${JSON.stringify(record.name)} has no rows to export`)
  }
  const { name, description, heldOut, clip, thumbnailSide, fileId } = record
  return {
    description: {
      id: fileId,
      name,
      description,
      heldOut,
      clip,
      thumbnail: { type: 'image/webp', side: thumbnailSide },
      items: opened.items.map(describeItem),
    },
    embeddings: opened.embeddingChunks,
    pictures: opened,
  }
}

/** Makes a database of a file: all of it or nothing. Pictures that may not be kept are left out, and counted as damage. */
export async function importFile(
  disk: LibraryDisk,
  cache: ContentsCache,
  file: StyleDatabase,
  onProgress: (done: number, total: number) => void,
): Promise<DatabaseSummary> {
  const { description, embeddings } = file
  const { items, clip } = description
  const refused = { thumbnails: 0, images: 0 }
  const take = (kind: keyof typeof refused, bytes: Uint8Array | null | undefined) => {
    if (!bytes || disk.isPicture(bytes)) return bytes ?? null
    refused[kind]++
    return null
  }
  async function* starts(): AsyncGenerator<number, void> {
    for (let start = 0; start < items.length; start += BATCH) yield start
  }
  async function readBatch(start: number): Promise<readonly NewRow[]> {
    const part = items.slice(start, start + BATCH)
    const rows = Array.from(part, (_, i) => start + i)
    const [thumbnails, images] = [await file.thumbnails(rows), await file.images(rows)]
    return part.map(({ id, caption, sha256, width, height }, i) => ({
      ...{ id, caption, sha256: sha256 ?? null, width: width ?? 0, height: height ?? 0 },
      embedding: embeddings.subarray((start + i) * clip.dim, (start + i + 1) * clip.dim),
      thumbnail: take('thumbnails', thumbnails[i]),
      image: take('images', images[i]),
    }))
  }
  async function* batches(): AsyncGenerator<readonly NewRow[], void> {
    let done = 0
    for await (const rows of mapAhead(starts(), AHEAD, readBatch)) {
      yield rows
      done += rows.length
      onProgress(done, items.length)
    }
  }
  const parts = {
    name: description.name,
    description: description.description,
    heldOut: description.heldOut,
    fileId: description.id,
    clip,
    thumbnailSide: description.thumbnail.side,
  }
  const damage = () => (refused.thumbnails + refused.images > 0 ? { chunks: [], rows: 0, ...refused } : null)
  return importRows(disk, cache, parts, batches(), damage)
}

/**
 * Makes a database of rows as they come: it arrives hidden, and shows itself when it is whole. Where `batches` throws, or a
 * write fails, nothing stays. A batch is on the disk when the next one is asked for.
 * @param damageOf asked once all have come: what they came without
 */
export async function importRows(
  disk: LibraryDisk,
  cache: ContentsCache,
  parts: Omit<DatabaseParts, 'state'>,
  batches: AsyncIterable<readonly NewRow[]>,
  damageOf: () => StoredDamage | null = () => null,
): Promise<DatabaseSummary> {
  const id = disk.createId()
  return disk.hold(arrivingName(id), async () => {
    await addRecord(disk, id, { ...parts, state: 'arriving' })
    try {
      for await (const rows of batches) {
        await disk.change(id, ['arriving'], (record) => appendRows(disk, cache, record, rows, {}))
      }
      // Nothing is read after the commit that shows it: what could fail then would deny what was done.
      return await disk.change(id, ['arriving'], async (record) => {
        const [key, ready] = putDatabase(record, { state: 'ready', damage: damageOf() })
        await disk.commit({ put: [[key, ready]] })
        return summarise(ready, LIBRARY_VERSION)
      })
    } catch (error) {
      await discard(disk, id).catch(() => undefined) // the next sweep will
      throw error
    }
  })
}

/** Opens a file and imports it. */
export async function importSource(
  disk: LibraryDisk,
  cache: ContentsCache,
  source: ByteSource,
  onProgress: (done: number, total: number) => void,
): Promise<DatabaseSummary> {
  return importFile(disk, cache, await openStyleDatabase(source), onProgress)
}

/** Under which an import of a file is held, so that no sweep takes what is still coming. */
export function arrivingName(databaseId: string): string {
  return `arriving/${databaseId}`
}

/** Puts a new database's record, empty, and counts it. */
export async function addRecord(disk: LibraryDisk, id: string, parts: DatabaseParts): Promise<void> {
  await disk.write(async (library) => {
    const record = newRecord(id, library, parts)
    await disk.commit({ put: [putDatabase(record, {}), [LIBRARY_KEY, { ...library, order: record.order }]] })
  })
}

/** As `putDatabase` takes it: of revision 0, not on the disk yet. */
export function newRecord(
  id: string,
  library: { readonly visit: number; readonly order: number },
  parts: DatabaseParts,
): DatabaseRecord {
  const { id: clipId, dim } = parts.clip
  return {
    ...parts,
    version: LIBRARY_VERSION,
    id,
    revision: 0,
    order: library.order + 1,
    visit: library.visit,
    fileId: parts.fileId ?? id,
    clip: { id: clipId, dim },
    chunks: [],
    reembedding: null,
    damage: null,
  }
}

async function discard(disk: LibraryDisk, id: string): Promise<void> {
  await disk.change(id, ['arriving'], async (record) => {
    await disk.commit({ put: [putDatabase(record, { state: 'purging' })] })
    await deleteRows(disk, id)
  })
}

function describeItem({ id, caption, sha256, width, height }: LibraryItem) {
  return {
    id,
    caption,
    ...(sha256 === null ? {} : { sha256 }),
    ...(width > 0 ? { width } : {}),
    ...(height > 0 ? { height } : {}),
  }
}
