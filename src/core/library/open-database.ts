// A database opened to be read: what search, the grid, the map and the recipe need of it.

import { StorageError } from '../storage/storage-error.ts'
import { checkThumbnails, parseEmbeddings, parseImage } from './checked-rows.ts'
import type { Mending } from './damage.ts'
import type { LibraryItem, OpenDatabase } from './library.ts'
import { type LibraryDisk, summarise } from './library-disk.ts'
import { mapAhead } from './map-ahead.ts'
import { canStay, type ReadableRows } from './readable-rows.ts'
import {
  type ChunkEntry,
  DamagedRecord,
  type DatabaseRecord,
  embeddingsKey,
  imageKey,
  type StoredImage,
  type StoredItem,
  thumbsKey,
} from './records.ts'
import { gatherRows, nameOfEmbeddings } from './resident-rows.ts'

/** Rows that are hashed together: a database's hash does not depend on how its rows lie in chunks. */
const HASH_ROWS = 4096

/** Chunks whose embeddings are read at once: 1.5 MiB of them at 768 numbers. */
const AT_ONCE = 16
/** The disk reads on while the rows that it gave are searched. */
const BATCHES_AHEAD = 2

interface Inside {
  readonly rows: ReadableRows
  /** Kept once it was asked for; one for all that have the same rows. */
  readonly hash: { value: Promise<string> | null }
}

const insides = new WeakMap<OpenDatabase, Inside>()

/** The rows that a database was opened with. */
export function rowsOf(opened: OpenDatabase | undefined): ReadableRows | null {
  return (opened && insides.get(opened)?.rows) ?? null
}

/**
 * @param rows embeddings that were read with them are kept; those that were not are read when they are asked for
 * @param mending what is told of damage that shows itself only when it is read
 * @param before the same database opened earlier, whose rows were known when `rows` were read
 */
export function openDatabase(
  disk: LibraryDisk,
  rows: ReadableRows,
  libraryVersion: number,
  mending: Pick<Mending, 'mend' | 'doubt'>,
  before?: OpenDatabase,
): OpenDatabase {
  const { record, items: stored, embeddings: kept } = rows
  const { chunks, clip } = record
  const startOf = startsOf(chunks)

  function place(row: number): { readonly entry: ChunkEntry; readonly at: number } {
    const found = lastAtMost(startOf, row)
    const entry = chunks[found]
    if (!(Number.isInteger(row) && row >= 0 && row < stored.length) || entry === undefined) {
      throw new RangeError(`library: no row ${row} among ${stored.length}`)
    }
    return { entry, at: row - (startOf[found] ?? 0) }
  }

  /** A record that is not there any more has gone with its rows. */
  async function records(keys: readonly string[]): Promise<readonly unknown[]> {
    const found = await disk.getMany(keys)
    const lost = found.indexOf(undefined)
    if (lost !== -1) throw takenAway(keys[lost] ?? '')
    return found
  }

  /** A row stays what it is without its thumbnail or image: that one is damaged is written down, and it counts as none. */
  async function setAside({ id }: ChunkEntry): Promise<void> {
    try {
      await mending.mend(record.id, [id])
    } catch (error) {
      if (!(error instanceof StorageError)) throw error // no room, or a newer app's
    }
  }

  async function thumbnails(rows: readonly number[]): Promise<readonly (Uint8Array | null)[]> {
    const places = rows.map(place)
    const entries = [...new Set(places.map(({ entry }) => entry))]
    const found = await records(entries.map(({ id }) => thumbsKey(id)))
    const byChunk = new Map(entries.map((entry, i) => [entry, checkThumbnails(found[i], entry)]))
    for (const [entry, checked] of byChunk) {
      if (checked.length < entry.rows || checked.some(({ isWhole }) => !isWhole)) await setAside(entry)
    }
    return places.map(({ entry, at }) => {
      const thumbnail = byChunk.get(entry)?.[at]
      return thumbnail?.isWhole ? thumbnail.part : null
    })
  }

  /** The embeddings of each chunk, in order. */
  async function* readChunks() {
    const read = (entries: readonly ChunkEntry[]) => records(entries.map(({ embeddings }) => embeddingsKey(embeddings)))
    const readBatch = async (entries: readonly ChunkEntry[]) => ({ entries, found: await read(entries) })
    for await (const { entries, found } of mapAhead(inBatches(chunks), BATCHES_AHEAD, readBatch)) {
      for (const [i, entry] of entries.entries()) yield { entry, values: parse(found[i], entry) }
    }
  }

  function parse(found: unknown, entry: ChunkEntry): Uint16Array {
    try {
      return parseEmbeddings(found, entry, clip.dim)
    } catch (error) {
      mending.doubt()
      throw error
    }
  }

  async function* embeddingChunks(): AsyncGenerator<Uint16Array> {
    if (kept !== null) yield* kept.values
    else for await (const { values } of readChunks()) yield values
  }

  async function embeddingParts(): Promise<readonly Uint16Array[] | null> {
    if (kept !== null) return kept.values
    if (!canStay(disk, record)) return null
    const gathered = gatherRows(chunks, clip.dim, null, disk.partBytes)
    for await (const { entry, values } of readChunks()) gathered.put(entry, values)
    return gathered.rows.values
  }

  async function embedding(row: number): Promise<Uint16Array> {
    const { entry, at } = place(row)
    const [found] = await records([embeddingsKey(entry.embeddings)])
    return parse(found, entry).slice(at * clip.dim, (at + 1) * clip.dim)
  }

  async function images(rows: readonly number[]): Promise<readonly (Uint8Array | null)[]> {
    const asked = rows.map((row) => ({ ...place(row), image: stored[row]?.image ?? null }))
    const found = await disk.getMany(asked.flatMap(({ image }) => (image === null ? [] : [imageKey(image.id)])))
    const read: (Uint8Array | null)[] = []
    let next = 0
    for (const { entry, image } of asked) read.push(image && (await readImage(found[next++], image, entry)))
    return read
  }

  async function readImage(found: unknown, image: StoredImage, entry: ChunkEntry): Promise<Uint8Array | null> {
    try {
      return parseImage(found, image)
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error
      const now = await disk.databaseIfThere(record.id, 'ready')
      if (!now?.chunks.some(({ id }) => id === entry.id)) throw takenAway(error.key)
      await setAside(entry)
      return null
    }
  }

  const earlier = before && insides.get(before)
  const items = before && earlier?.rows.items === stored ? before.items : stored.map(toLibraryItem)
  const isSame = earlier?.rows.items === stored && hasSameEmbeddings(earlier.rows, rows)
  const hash = isSame ? earlier.hash : { value: null }
  const opened: OpenDatabase = {
    summary: summarise(record, libraryVersion),
    items,
    embeddingParts,
    embeddingChunks,
    embedding,
    thumbnail: async (row) => (await thumbnails([row]))[0] ?? null,
    thumbnails,
    image: async (row) => (await images([row]))[0] ?? null,
    images,
    hash() {
      const ids = items.map(({ id }) => id)
      hash.value ??= hashRows(disk, clip, ids, embeddingChunks()).catch((error) => {
        hash.value = null
        throw error
      })
      return hash.value
    },
  }
  insides.set(opened, { rows, hash })
  return opened
}

/** Whether two have the same embeddings in the same order, and so the same ids: one was opened after the other. */
export function isSameToSearch(a: OpenDatabase, b: OpenDatabase): boolean {
  const [insideA, insideB] = [insides.get(a), insides.get(b)]
  return insideA !== undefined && insideB !== undefined && hasSameEmbeddings(insideA.rows, insideB.rows)
}

function hasSameEmbeddings({ record: a }: ReadableRows, { record: b }: ReadableRows): boolean {
  if (a.clip.id !== b.clip.id || a.chunks.length !== b.chunks.length) return false
  return a.chunks.every((entry, i) => {
    const other = b.chunks[i]
    return entry.id === other?.id && nameOfEmbeddings(entry) === nameOfEmbeddings(other)
  })
}

async function* inBatches(chunks: readonly ChunkEntry[]): AsyncGenerator<readonly ChunkEntry[]> {
  for (let start = 0; start < chunks.length; start += AT_ONCE) yield chunks.slice(start, start + AT_ONCE)
}

function takenAway(key: string): StorageError {
  return new StorageError('database-missing', 'these rows have been taken away', key)
}

export function toLibraryItem({ id, caption, sha256, width, height, image }: StoredItem): LibraryItem {
  return { id, caption, sha256, width, height, hasImage: image !== null }
}

/**
 * SHA-256 over a JSON line of the clip, the ids of each 4096 rows as JSON, and those rows' embeddings: the hash of the hashes
 * in hex, one after the other.
 */
export async function hashRows(
  disk: Pick<LibraryDisk, 'hash'>,
  clip: DatabaseRecord['clip'],
  ids: readonly string[],
  chunks: AsyncIterable<Uint16Array>,
): Promise<string> {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  const hashes = [await disk.hash(encode([clip.id, clip.dim]))]
  const block = new Uint16Array(Math.min(HASH_ROWS, ids.length) * clip.dim)
  let filled = 0
  let hashed = 0
  const flush = async () => {
    const rows = filled / clip.dim
    hashes.push(await disk.hash(encode(ids.slice(hashed, hashed + rows))))
    hashes.push(await disk.hash(new Uint8Array(block.buffer, 0, filled * Uint16Array.BYTES_PER_ELEMENT)))
    hashed += rows
    filled = 0
  }
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; ) {
      const part = chunk.subarray(start, start + block.length - filled)
      block.set(part, filled)
      filled += part.length
      start += part.length
      if (filled === block.length) await flush()
    }
  }
  if (filled > 0) await flush()
  return disk.hash(new TextEncoder().encode(hashes.join('')))
}

/** The index of the last number that is at most `value`, of numbers that grow; -1 where there is none. */
function lastAtMost(numbers: readonly number[], value: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

function startsOf(chunks: readonly ChunkEntry[]): readonly number[] {
  let start = 0
  return chunks.map(({ rows }) => {
    start += rows
    return start - rows
  })
}
