// What of a database is not as it was written any more: found, set aside so that the rest can be used, and counted.

import { StorageError } from '../storage/storage-error.ts'
import { checkEmbeddings, checkItems, checkThumbnails, parseImage } from './checked-rows.ts'
import { keysOf, type Put, reembeddedKeysOf, type StoredRow, writeRows } from './chunks.ts'
import { readItems } from './contents.ts'
import { forgetReembedded, type LibraryDisk, putDatabase } from './library-disk.ts'
import { type ReadableRows, readRows, unlessDamaged } from './readable-rows.ts'
import {
  type ChunkEntry,
  DamagedRecord,
  type DatabaseRecord,
  damaged,
  embeddingsKey,
  imageKey,
  itemsKey,
  type StoredDamage,
  type StoredItem,
  thumbsKey,
} from './records.ts'

export interface Mending {
  /**
   * A database's rows, all of which can be read: damaged ones are set aside, on the disk where that can be written, else, a chunk
   * at a time, for this reading alone. Embeddings that are not asked for are read only where they were not looked at before.
   *
   * @param part of the record, where not all of its chunks are to be read
   * @param before the database's rows as they were read earlier
   */
  read(
    record: DatabaseRecord,
    embeddings: boolean,
    part?: (record: DatabaseRecord) => DatabaseRecord,
    before?: ReadableRows | null,
  ): Promise<ReadableRows>
  /** Forgets what was looked at: something damaged was met in it. */
  doubt(): void
  /** Looks at chunks anew, their thumbnails and images too, and sets aside what is damaged. */
  mend(databaseId: string, chunkIds: readonly string[]): Promise<void>
  /** Looks likewise at the chunk, of these databases, that has that record. */
  mendRecord(databaseIds: readonly string[], key: string): Promise<void>
  /** Looks at all of a database likewise. */
  checkAll(databaseId: string, onProgress: (done: number, total: number) => void): Promise<void>
}

export function createMending(disk: LibraryDisk): Mending {
  const seen = new Set<string>()
  const nameOf = ({ id, rows, embeddings }: ChunkEntry) => `${id} ${rows} ${embeddings}`

  const look = (record: DatabaseRecord, embeddings: boolean, before: ReadableRows | null) =>
    readRows(disk, record, {
      ...{ embeddings, before },
      isKnown: (entry) => seen.has(nameOf(entry)),
      onWhole: (entry) => seen.add(nameOf(entry)),
    })

  async function mend(databaseId: string, chunkIds: readonly string[]): Promise<void> {
    // One batch a chunk: whatever its size, a batch stays small.
    for (const chunkId of chunkIds) {
      await disk.change(databaseId, ['ready'], async (record) => {
        const place = record.chunks.findIndex(({ id }) => id === chunkId)
        const entry = record.chunks[place]
        if (entry !== undefined) await mendChunk(disk, record, place, entry)
      })
    }
  }

  /** The record without the damaged rows of these chunks. */
  async function setAside(record: DatabaseRecord, chunkIds: readonly string[]): Promise<DatabaseRecord> {
    try {
      await mend(record.id, chunkIds)
      return await disk.database(record.id, record.state)
    } catch (error) {
      // No room, or a newer app's: what is whole can be used all the same.
      if (!(error instanceof StorageError)) throw error
      return { ...record, chunks: record.chunks.filter(({ id }) => !chunkIds.includes(id)) }
    }
  }

  return {
    async read(record, embeddings, part = (whole) => whole, before = null) {
      const found = await look(part(record), embeddings, before)
      if (found.damaged.length === 0) return found
      const rest = await look(part(await setAside(record, found.damaged)), embeddings, before)
      const [more] = rest.damaged
      if (more !== undefined) throw damaged(itemsKey(more), 'it is damaged once more')
      return rest
    },
    doubt: () => seen.clear(),
    mend,
    async mendRecord(databaseIds, key) {
      seen.clear()
      for (const databaseId of databaseIds) {
        const { chunks } = await disk.database(databaseId, 'ready')
        const found = chunks.find((entry) => keysOf(entry).includes(key))
        if (found) await mend(databaseId, [found.id])
      }
    },
    async checkAll(databaseId, onProgress) {
      const { chunks } = await disk.database(databaseId, 'ready')
      const total = chunks.reduce((sum, { rows }) => sum + rows, 0)
      let done = 0
      for (const entry of chunks) {
        const { dim } = (await disk.database(databaseId, 'ready')).clip
        const found = await inspect(disk, entry, dim)
        if (found.isDamaged) await mend(databaseId, [entry.id])
        done += entry.rows
        onProgress(done, total)
      }
    },
  }
}

/** What is left of a chunk. */
interface Inspected {
  /** The rows that can be used, without those thumbnails and images that cannot. */
  readonly rows: readonly StoredRow[]
  /** What is left of rows that cannot. */
  readonly broken: readonly StoredRow[]
  readonly thumbnails: number
  /** Keys of images that are damaged or missing. */
  readonly images: readonly string[]
  readonly isDamaged: boolean
}

async function inspect(disk: LibraryDisk, entry: ChunkEntry, dim: number): Promise<Inspected> {
  const stored = await disk.getMany([itemsKey(entry.id), thumbsKey(entry.id), embeddingsKey(entry.embeddings)])
  const items = checkItems(stored[0], entry)
  const thumbnails = checkThumbnails(stored[1], entry)
  const embeddings = checkEmbeddings(stored[2], entry, dim)
  const rows: StoredRow[] = []
  const broken: StoredRow[] = []
  const lostImages: string[] = []
  let lostThumbnails = 0
  for (const [at, item] of items.entries()) {
    const embedding = embeddings[at]
    if (embedding === undefined) continue
    const thumbnail = thumbnails[at]
    const shown = thumbnail?.isWhole ? thumbnail.part : null
    const row = { item: item.part, embedding: embedding.part, thumbnail: shown }
    if (!item.isWhole || !embedding.isWhole) {
      if (isItem(item.part)) broken.push(row)
      continue
    }
    if (!thumbnail?.isWhole) lostThumbnails++
    const { image } = item.part
    if (image !== null) {
      const [bytes] = await disk.getMany([imageKey(image.id)])
      if (unlessDamaged(() => parseImage(bytes, image)) === null) lostImages.push(imageKey(image.id))
    }
    const isLost = image !== null && lostImages.includes(imageKey(image.id))
    rows.push(isLost ? { ...row, item: { ...item.part, image: null } } : row)
  }
  return {
    rows,
    broken,
    thumbnails: lostThumbnails,
    images: lostImages,
    isDamaged: rows.length < entry.rows || lostThumbnails + lostImages.length > 0,
  }
}

/** Only inside `change`. */
async function mendChunk(disk: LibraryDisk, record: DatabaseRecord, place: number, entry: ChunkEntry): Promise<void> {
  const { dim } = record.clip
  const { rows, broken, thumbnails, images, isDamaged } = await inspect(disk, entry, dim)
  if (!isDamaged) return
  const puts: Put[] = []
  const write = (id: string, embeddingsId: string, written: readonly StoredRow[]): readonly ChunkEntry[] => {
    if (written.length === 0) return []
    const { entry: made, puts: records } = writeRows(id, embeddingsId, written, dim)
    puts.push(...records)
    return [made]
  }
  // Rows that leave take the chunk's id with them: whoever still reads the old one must not find others in their place.
  const stays = rows.length === entry.rows
  const left = stays ? write(entry.id, entry.embeddings, rows) : write(disk.createId(), disk.createId(), rows)
  const aside = write(disk.createId(), disk.createId(), broken)
  const before: StoredDamage = record.damage ?? { chunks: [], rows: 0, thumbnails: 0, images: 0 }
  await disk.commit({
    put: [
      ...puts,
      putDatabase(record, {
        chunks: record.chunks.toSpliced(place, 1, ...left),
        reembedding: stays ? record.reembedding : forgetReembedded(record, [entry.id]),
        damage: {
          chunks: [...before.chunks, ...aside],
          rows: before.rows + entry.rows - rows.length,
          thumbnails: before.thumbnails + thumbnails,
          images: before.images + images.length,
        },
      }),
    ],
    delete: [...images, ...(stays ? [] : [...keysOf(entry), ...reembeddedKeysOf([entry], record)])],
  })
}

/**
 * Deletes what was set aside, and forgets that anything was damaged. Images whose rows were lost with their records go too: where
 * every row of the library can be read, they are those that no row names. Only inside `change`.
 */
export async function forgetDamage(disk: LibraryDisk, record: DatabaseRecord): Promise<void> {
  const unowned = await listUnownedImages(disk, record)
  await disk.commit({
    put: [putDatabase(record, { damage: null })],
    // What a damaged row names as its image may be another's.
    delete:
      unowned === null
        ? await keysSetAside(disk, record)
        : [...(record.damage?.chunks ?? []).flatMap(keysOf), ...unowned],
  })
}

/** Null where a row of the library cannot be read. */
async function listUnownedImages(disk: LibraryDisk, { damage }: DatabaseRecord): Promise<readonly string[] | null> {
  const unowned = new Set(await disk.keys(imageKey('')))
  const own = new Set(damage?.chunks.map(({ id }) => id))
  try {
    for (const database of await disk.databases()) {
      const aside = (database.damage?.chunks ?? []).filter(({ id }) => !own.has(id))
      for await (const items of readItems(disk, { chunks: [...database.chunks, ...aside] })) {
        for (const { image } of items) if (image !== null) unowned.delete(imageKey(image.id))
      }
    }
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error
    return null
  }
  return [...unowned]
}

/** The keys of all that was set aside, images included. */
export async function keysSetAside(disk: LibraryDisk, { damage }: DatabaseRecord): Promise<readonly string[]> {
  const entries = damage?.chunks ?? []
  const stored = await disk.getMany(entries.map(({ id }) => itemsKey(id)))
  const images = entries.flatMap((entry, i) =>
    checkItems(stored[i], entry).flatMap(({ part }) => (part.image === null ? [] : [imageKey(part.image.id)])),
  )
  return [...entries.flatMap(keysOf), ...images]
}

/** What two databases lost, as one. */
export function addDamage(a: StoredDamage | null, b: StoredDamage | null): StoredDamage | null {
  if (a === null || b === null) return a ?? b
  return {
    chunks: [...a.chunks, ...b.chunks],
    rows: a.rows + b.rows,
    thumbnails: a.thumbnails + b.thumbnails,
    images: a.images + b.images,
  }
}

/** Whether enough of an item is left to be kept. */
function isItem(value: unknown): value is StoredItem {
  if (typeof value !== 'object' || value === null) return false
  const { id, caption, sha256, image } = value as Partial<StoredItem>
  const isImage = image === null || (typeof image?.id === 'string' && typeof image.bytes === 'number')
  const isHash = sha256 === null || typeof sha256 === 'string'
  return typeof id === 'string' && typeof caption === 'string' && isHash && isImage
}
