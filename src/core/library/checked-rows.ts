// The parts of rows in records, each with a checksum: put together, and read with what is not as it was written told apart.

import { crc32 } from '../formats/crc32.ts'
import {
  type Checked,
  type ChunkEntry,
  damaged,
  type EmbeddingsRecord,
  embeddingsKey,
  type ItemsRecord,
  imageKey,
  isVersion1,
  itemsKey,
  type StoredItem,
  type ThumbsRecord,
  thumbsKey,
} from './records.ts'

const ALTERED = 'it is not as it was written'

/** Throws DamagedRecord where the record is missing, holds fewer rows, or one of them is not as it was written. */
export function parseItems(value: unknown, entry: ChunkEntry): readonly StoredItem[] {
  const rows = checkItems(value, entry)
  if (rows.length < entry.rows) throw damaged(itemsKey(entry.id), 'items are missing')
  return rows.map(whole(itemsKey(entry.id)))
}

/** Throws likewise. */
export function parseThumbnails(value: unknown, entry: ChunkEntry): readonly (Uint8Array | null)[] {
  const rows = checkThumbnails(value, entry)
  if (rows.length < entry.rows) throw damaged(thumbsKey(entry.id), 'thumbnails are missing')
  return rows.map(whole(thumbsKey(entry.id)))
}

/** Throws likewise. [entry.rows, dim] */
export function parseEmbeddings(value: unknown, entry: ChunkEntry, dim: number): Uint16Array {
  const rows = checkEmbeddings(value, entry, dim)
  const key = embeddingsKey(entry.embeddings)
  if (rows.length < entry.rows) throw damaged(key, 'embeddings are missing')
  rows.forEach(whole(key))
  return (value as EmbeddingsRecord).values.subarray(0, entry.rows * dim)
}

/** Throws likewise. */
export function parseImage(value: unknown, image: NonNullable<StoredItem['image']>): Uint8Array {
  const bytes = isVersion1(value) && 'bytes' in value ? value.bytes : null
  if (!(bytes instanceof Uint8Array)) throw damaged(imageKey(image.id), 'the image is missing')
  if (image.crc32 !== undefined && image.crc32 !== crc32(bytes)) throw damaged(imageKey(image.id), ALTERED)
  return bytes
}

/** A row's part of a record, or that it is not as it was written. */
export type Checkable<T> = { readonly part: T; readonly isWhole: boolean }

/** As many rows as are there, at most the entry's. */
export function checkItems(value: unknown, { rows }: ChunkEntry): readonly Checkable<StoredItem>[] {
  const record = isVersion1(value) && 'items' in value ? (value as ItemsRecord) : null
  if (!Array.isArray(record?.items)) return []
  return check(record, record.items.slice(0, rows), crcOfItem)
}

/** Likewise. */
export function checkThumbnails(value: unknown, { rows }: ChunkEntry): readonly Checkable<Uint8Array | null>[] {
  const record = isVersion1(value) && 'thumbnails' in value ? (value as ThumbsRecord) : null
  if (!Array.isArray(record?.thumbnails)) return []
  return check(record, record.thumbnails.slice(0, rows), crcOfThumbnail)
}

/** Likewise. */
export function checkEmbeddings(value: unknown, { rows }: ChunkEntry, dim: number): readonly Checkable<Uint16Array>[] {
  const record = isVersion1(value) && 'values' in value ? (value as EmbeddingsRecord) : null
  if (!(record?.values instanceof Uint16Array)) return []
  return check(record, rowsOf(record.values, dim).slice(0, rows), crcOfEmbedding)
}

export function makeItems(items: readonly StoredItem[]): ItemsRecord {
  return { version: 1, items, crc32: items.map(crcOfItem) }
}

export function makeThumbs(thumbnails: readonly (Uint8Array | null)[]): ThumbsRecord {
  return { version: 1, thumbnails, crc32: thumbnails.map(crcOfThumbnail) }
}

/** @param values float16 bits, [rows, dim] */
export function makeEmbeddings(values: Uint16Array, dim: number): EmbeddingsRecord {
  return { version: 1, values, crc32: rowsOf(values, dim).map(crcOfEmbedding) }
}

/** Whether a record of rows has its checksums. */
export function hasChecksums(value: unknown): boolean {
  return isVersion1(value) && 'crc32' in value
}

function check<T>({ crc32 }: Checked, parts: readonly T[], crcOf: (part: T) => number): readonly Checkable<T>[] {
  if (crc32 === undefined) return parts.map((part) => ({ part, isWhole: true }))
  return parts.map((part, row) => ({ part, isWhole: crc32[row] === crcOf(part) }))
}

function whole(key: string): <T>(row: Checkable<T>) => T {
  return ({ part, isWhole }) => {
    if (!isWhole) throw damaged(key, ALTERED)
    return part
  }
}

const utf8 = new TextEncoder()

/** Of what is no item at all, too. */
function crcOfItem(item: StoredItem): number {
  return crc32(utf8.encode(JSON.stringify(item)))
}

function crcOfThumbnail(thumbnail: Uint8Array | null): number {
  return thumbnail instanceof Uint8Array ? crc32(thumbnail) : 0
}

function crcOfEmbedding({ buffer, byteOffset, byteLength }: Uint16Array): number {
  return crc32(new Uint8Array(buffer, byteOffset, byteLength))
}

function rowsOf(values: Uint16Array, dim: number): readonly Uint16Array[] {
  return Array.from({ length: Math.floor(values.length / dim) }, (_, row) =>
    values.subarray(row * dim, (row + 1) * dim),
  )
}
