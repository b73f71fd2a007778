// Appends rows to a database: one strict batch, what it has already left out.

import { scaleToUnit } from '../diffusion/conditioning.ts'
import { crc32 } from '../formats/crc32.ts'
import { hasDirection } from '../retrieval/style-database.ts'
import { floatToHalfArray } from '../tensor/half.ts'
import { type Put, readRows, reembeddedKeysOf, type StoredRow, writeRows } from './chunks.ts'
import { compactBytes } from './compact-bytes.ts'
import type { Contents, ContentsCache } from './contents.ts'
import type { Appended, NewRow, Progress } from './library.ts'
import { forgetReembedded, type LibraryDisk, putDatabase } from './library-disk.ts'
import { type ChunkEntry, type DatabaseRecord, type ImageRecord, imageKey, importKey } from './records.ts'

/** How much of a content hash names a row: 2^64 names. */
const ID_DIGITS = 16

/**
 * Only inside `write`.
 * @param first what is put with a record that is new: then that is put even where there are no rows
 */
export async function appendRows(
  disk: LibraryDisk,
  cache: ContentsCache,
  record: DatabaseRecord,
  rows: readonly NewRow[],
  { first = [], progress }: { readonly first?: readonly Put[]; readonly progress?: Progress | undefined },
): Promise<Appended> {
  const contents = await cache.of(record)
  const { added, images, appended, found } = prepareRows(disk, contents, rows, record.clip.dim)
  const tail = await packRows(disk, record, added)
  const puts: Put[] = [...first, ...images, ...tail.puts]
  if (added.length > 0 || first.length > 0) puts.push(putDatabase(record, tail.changes))
  if (progress !== undefined) {
    const started = progress(appended, record.id)
    puts.push([importKey(started.id), started])
  }
  if (puts.length === 0) return appended
  await disk.commit({ put: puts, delete: tail.deletes })
  if (added.length > 0) {
    for (const id of found.ids) contents.ids.add(id)
    for (const hash of found.hashes) contents.hashes.add(hash)
    cache.keep(record.id, record.revision + 1, contents)
  }
  return appended
}

/** Drops what is there already, names the rest, and makes the images' records. */
function prepareRows(disk: LibraryDisk, contents: Contents, rows: readonly NewRow[], dim: number) {
  const found: Contents = { ids: new Set(), hashes: new Set() }
  const added: StoredRow[] = []
  const images: Put[] = []
  const ids = rows.map((row) => {
    const { sha256, caption, width, height, thumbnail } = row
    if (sha256 !== null) {
      if (contents.hashes.has(sha256) || found.hashes.has(sha256)) return null
      found.hashes.add(sha256)
    }
    const id = freeName(row.id ?? sha256?.slice(0, ID_DIGITS) ?? disk.createId(), contents.ids, found.ids)
    found.ids.add(id)
    const image = row.image && { id: disk.createId(), bytes: row.image.byteLength, crc32: crc32(row.image) }
    if (image !== null && row.image !== null) {
      images.push([imageKey(image.id), { version: 1, bytes: compactBytes(row.image) } satisfies ImageRecord])
    }
    added.push({
      item: { id, caption, sha256, width, height, image },
      embedding: toHalves(row.embedding, dim),
      thumbnail,
    })
    return id
  })
  const appended: Appended = { ids, added: added.length, duplicates: rows.length - added.length }
  return { added, images, appended, found }
}

/** Fills the last chunk up and makes new ones of the rest. */
async function packRows(disk: LibraryDisk, record: DatabaseRecord, rows: readonly StoredRow[]) {
  const { chunks, clip, reembedding } = record
  const last = chunks.at(-1)
  const entries: ChunkEntry[] = []
  const puts: Put[] = []
  let start = 0
  const grows = last !== undefined && rows.length > 0 && last.rows < disk.chunkRows
  if (grows) {
    start = disk.chunkRows - last.rows
    const grown = [...(await readRows(disk, last, clip.dim)), ...rows.slice(0, start)]
    const written = writeRows(last.id, last.embeddings, grown, clip.dim)
    entries.push(written.entry)
    puts.push(...written.puts)
  }
  for (; start < rows.length; start += disk.chunkRows) {
    const written = writeRows(disk.createId(), disk.createId(), rows.slice(start, start + disk.chunkRows), clip.dim)
    entries.push(written.entry)
    puts.push(...written.puts)
  }
  return {
    puts,
    deletes: grows ? reembeddedKeysOf([last], record) : [],
    changes: {
      chunks: [...(grows ? chunks.slice(0, -1) : chunks), ...entries],
      reembedding: grows ? forgetReembedded(record, [last.id]) : reembedding,
    },
  }
}

/** The name itself, or with the first number that makes it free. */
export function freeName(name: string, ...taken: readonly ReadonlySet<string>[]): string {
  const isTaken = (candidate: string) => taken.some((names) => names.has(candidate))
  if (!isTaken(name)) return name
  for (let number = 2; ; number++) {
    if (!isTaken(`${name}-${number}`)) return `${name}-${number}`
  }
}

/** Throws RangeError for a row of another length, or without a direction. */
function toHalves(embedding: Float32Array | Uint16Array, dim: number): Uint16Array {
  if (embedding.length !== dim) throw new RangeError(`library: a row has ${embedding.length} numbers, not ${dim}`)
  if (embedding instanceof Float32Array) return floatToHalfArray(scaleToUnit(embedding, 'library: a row'))
  if (!hasDirection(embedding)) throw new RangeError('library: a row has no direction')
  return embedding
}
