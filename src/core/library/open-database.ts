// A database opened to be read: what search, the grid, the map and the recipe need of it.

import { StorageError } from '../storage/storage-error.ts'
import { checkThumbnails, parseEmbeddings, parseImage } from './checked-rows.ts'
import type { Mending } from './damage.ts'
import type { LibraryItem, OpenDatabase } from './library.ts'
import { countRows, type LibraryDisk, summarise } from './library-disk.ts'
import type { ReadableRows } from './readable-rows.ts'
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

/** Rows that are hashed together: a database's hash does not depend on how its rows lie in chunks. */
const HASH_ROWS = 4096

/** Chunks whose embeddings are read at once: 1.5 MiB of them at 768 numbers. */
const AT_ONCE = 16

/**
 * @param rows embeddings that were read with them are kept; those that were not are read when they are asked for
 * @param mending what is told of damage that shows itself only when it is read
 */
export function openDatabase(
  disk: LibraryDisk,
  { record, items: stored, embeddings: kept }: ReadableRows,
  libraryVersion: number,
  mending: Pick<Mending, 'mend' | 'doubt'>,
): OpenDatabase {
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

  async function* embeddingChunks(): AsyncGenerator<Uint16Array> {
    if (kept !== null) {
      yield kept
      return
    }
    for (let start = 0; start < chunks.length; start += AT_ONCE) {
      const entries = chunks.slice(start, start + AT_ONCE)
      const found = await records(entries.map(({ embeddings }) => embeddingsKey(embeddings)))
      try {
        for (const [i, entry] of entries.entries()) yield parseEmbeddings(found[i], entry, clip.dim)
      } catch (error) {
        mending.doubt()
        throw error
      }
    }
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

  const items = stored.map(toLibraryItem)
  return {
    summary: summarise(record, libraryVersion),
    items,
    async readEmbeddings() {
      if (kept !== null) return kept
      const values = new Uint16Array(countRows(record) * clip.dim)
      let position = 0
      for await (const chunk of embeddingChunks()) {
        values.set(chunk, position)
        position += chunk.length
      }
      return values
    },
    embeddingChunks,
    thumbnail: async (row) => (await thumbnails([row]))[0] ?? null,
    thumbnails,
    image: async (row) => (await images([row]))[0] ?? null,
    images,
    hash: () =>
      hashRows(
        disk,
        clip,
        items.map(({ id }) => id),
        embeddingChunks(),
      ),
  }
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
