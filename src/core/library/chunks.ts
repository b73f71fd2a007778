// Chunks: rows as they are taken out of the records and put back.

import { makeEmbeddings, makeItems, makeThumbs, parseEmbeddings, parseItems, parseThumbnails } from './checked-rows.ts'
import { compactBytes } from './compact-bytes.ts'
import type { LibraryDisk } from './library-disk.ts'
import { type ChunkEntry, type DatabaseRecord, embeddingsKey, itemsKey, type StoredItem, thumbsKey } from './records.ts'

/** All of a row but its image, which has a record of its own. */
export interface StoredRow {
  readonly item: StoredItem
  /** Float16 bits, [dim]. */
  readonly embedding: Uint16Array
  readonly thumbnail: Uint8Array | null
}

export type Put = readonly [key: string, value: unknown]

/** Numbers that an item takes beside its texts, roughly. */
const ITEM_BYTES = 96

/** A chunk's rows. Rejects with DamagedRecord where a record of it is missing or damaged. */
export async function readRows(disk: LibraryDisk, entry: ChunkEntry, dim: number): Promise<readonly StoredRow[]> {
  const [items, thumbs, values] = await disk.getMany([
    itemsKey(entry.id),
    thumbsKey(entry.id),
    embeddingsKey(entry.embeddings),
  ])
  const thumbnails = parseThumbnails(thumbs, entry)
  const embeddings = parseEmbeddings(values, entry, dim)
  return parseItems(items, entry).map((item, row) => ({
    item,
    embedding: embeddings.subarray(row * dim, (row + 1) * dim),
    thumbnail: thumbnails[row] ?? null,
  }))
}

/** The chunk's records, and its entry in the database's list. */
export function writeRows(
  id: string,
  embeddingsId: string,
  rows: readonly StoredRow[],
  dim: number,
): { readonly entry: ChunkEntry; readonly puts: readonly Put[] } {
  const values = new Uint16Array(rows.length * dim)
  for (const [row, { embedding }] of rows.entries()) values.set(embedding, row * dim)
  return {
    entry: {
      id,
      rows: rows.length,
      images: rows.filter(({ item }) => item.image !== null).length,
      bytes: values.byteLength + sum(rows.map(bytesOf)),
      embeddings: embeddingsId,
    },
    puts: [
      [itemsKey(id), makeItems(rows.map(({ item }) => item))],
      [thumbsKey(id), makeThumbs(rows.map(({ thumbnail }) => thumbnail && compactBytes(thumbnail)))],
      [embeddingsKey(embeddingsId), makeEmbeddings(values, dim)],
    ],
  }
}

/** The keys of a chunk's records: all but its images'. */
export function keysOf(entry: ChunkEntry): readonly string[] {
  return [itemsKey(entry.id), thumbsKey(entry.id), embeddingsKey(entry.embeddings)]
}

/** The keys of embeddings that are made for another CLIP, of these chunks. */
export function reembeddedKeysOf(entries: readonly ChunkEntry[], { reembedding }: DatabaseRecord): readonly string[] {
  return entries.flatMap(({ id }) => {
    const other = reembedding?.done[id]
    return other === undefined ? [] : [embeddingsKey(other)]
  })
}

function bytesOf({ item, thumbnail }: StoredRow): number {
  const texts = 2 * (item.id.length + item.caption.length + (item.sha256?.length ?? 0))
  return ITEM_BYTES + texts + (item.image?.bytes ?? 0) + (thumbnail?.byteLength ?? 0)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
