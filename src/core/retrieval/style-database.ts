// A style database file: a stored zip of database.json, embeddings.npy (float16), one WebP thumbnail a row and, in some, one
// WebP image a row, large enough to be embedded again.

import * as v from 'valibot'
import type { ByteSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { parseNpy, writeNpyHeader } from '../formats/npy.ts'
import { parseJson } from '../formats/parse-json.ts'
import { openZip, type ZipArchive } from '../formats/zip.ts'
import { streamZip, writeZip, type ZipFile } from '../formats/zip-writer.ts'
import { floatToHalfArray } from '../tensor/half.ts'

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const natural = v.pipe(v.number(), v.integer(), v.minValue(1))

const description = v.object({
  format: v.literal('kindred-style-database'),
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  name: v.string(),
  description: v.string(),
  /** True where the pictures' style was kept from the model's training. */
  heldOut: v.boolean(),
  /** Which CLIP made the embeddings: SHA-256 over its towers, as pack.json's clip.id. */
  clip: v.object({ id: hash, dim: natural }),
  thumbnail: v.object({ type: v.literal('image/webp'), side: natural }),
  /** One for each row. */
  items: v.pipe(
    v.array(
      v.object({
        /** The row's stable name inside the database. */
        id: v.string(),
        caption: v.string(),
        /** Of the file that was embedded. */
        sha256: v.exactOptional(hash),
        /** Its pixels, turned as it says. */
        width: v.exactOptional(natural),
        height: v.exactOptional(natural),
      }),
    ),
    v.minLength(1),
  ),
})

export type StyleDatabaseDescription = v.InferOutput<typeof description>

export interface StyleDatabase {
  readonly description: StyleDatabaseDescription
  /** Row-major float16 bits, [items, clip.dim], rows of unit length within half precision. */
  readonly embeddings: Uint16Array
  /**
   * WebP bytes of these rows, in their order, read when asked for; null where the database has no picture of one. Rejects with
   * FormatError for damage.
   */
  thumbnails(rows: readonly number[]): Promise<readonly (Uint8Array | null)[]>
  /** The rows' whole images as WebP, likewise. */
  images(rows: readonly number[]): Promise<readonly (Uint8Array | null)[]>
}

/** Where `streamStyleDatabase` reads rows' pictures, some at a time: WebP bytes, null where there is none. */
export type StyleDatabasePictures = Pick<StyleDatabase, 'thumbnails' | 'images'>

/** Rows whose thumbnails, and whose images, a file is written of at once. */
const THUMBNAILS_AT_ONCE = 256
const IMAGES_AT_ONCE = 16

/** Float16 bits, [items, clip.dim]: in one array, or some rows at a time in order, as often as they are asked for. */
export type EmbeddingsToWrite = Uint16Array | (() => AsyncIterable<Uint16Array>)

/** What `writeStyleDatabase` needs: embeddings are float32 rows, scaled to unit length by the caller. */
export interface StyleDatabaseParts {
  readonly description: Omit<StyleDatabaseDescription, 'format' | 'version'>
  readonly embeddings: readonly Float32Array[]
  /** WebP bytes by row; null where there is no picture. */
  readonly thumbnails: readonly (Uint8Array | null)[]
}

/**
 * Opens a database file. Whether its CLIP is the pack's is for the caller to see. Throws FormatError('style database', …)
 * for a description that is not one, embeddings that do not fit it, and a row that has no direction.
 */
export async function openStyleDatabase(source: ByteSource): Promise<StyleDatabase> {
  return readStyleDatabase(await openZip(source))
}

/** What a database needs of the archive that it lies in. */
export type DatabaseArchive = Pick<ZipArchive, 'entries' | 'read' | 'readMany'>

/** The same of an archive that is open already, or of a folder in one. Throws likewise. */
export async function readStyleDatabase(zip: DatabaseArchive): Promise<StyleDatabase> {
  const parsed = parseDescription(new TextDecoder().decode(await zip.read('database.json')))
  const { dtype, dims, data } = parseNpy(await zip.read('embeddings.npy'))
  const rows = parsed.items.length
  if (
    dtype !== 'f2' ||
    !(data instanceof Uint16Array) ||
    dims.length !== 2 ||
    dims[0] !== rows ||
    dims[1] !== parsed.clip.dim
  ) {
    const expected = `f2 [${rows}, ${parsed.clip.dim}]`
    throw new FormatError('style database', `embeddings are ${dtype} [${dims.join(', ')}], not ${expected}`)
  }
  checkRows(data, parsed.clip.dim)
  return { description: parsed, embeddings: data, ...readPictures(zip) }
}

/** A database's pictures in its archive, read when asked for. */
export function readPictures({
  entries,
  readMany,
}: Pick<DatabaseArchive, 'entries' | 'readMany'>): StyleDatabasePictures {
  async function readThoseThere(names: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    const there = names.filter((name) => entries.has(name))
    const found = there.length === 0 ? [] : await readMany(there)
    let next = 0
    return names.map((name) => (entries.has(name) ? (found[next++] ?? null) : null))
  }
  return {
    thumbnails: (rows) => readThoseThere(rows.map(thumbnailName)),
    images: (rows) => readThoseThere(rows.map(imageName)),
  }
}

/** Writes a database file; the same parts give the same bytes. Throws RangeError where rows and items disagree. */
export async function writeStyleDatabase(parts: StyleDatabaseParts): Promise<Uint8Array> {
  const { items, clip } = parts.description
  if (parts.embeddings.length !== items.length || parts.thumbnails.length !== items.length) {
    throw new RangeError(`style database: ${items.length} items, ${parts.embeddings.length} embeddings`)
  }
  const embeddings = new Uint16Array(items.length * clip.dim)
  for (const [row, embedding] of parts.embeddings.entries()) {
    if (embedding.length !== clip.dim)
      throw new RangeError(`style database: row ${row} has ${embedding.length} numbers`)
    embeddings.set(floatToHalfArray(embedding), row * clip.dim)
  }
  const files: ZipFile[] = []
  const pictures: StyleDatabasePictures = {
    thumbnails: async (rows) => rows.map((row) => parts.thumbnails[row] ?? null),
    images: async (rows) => rows.map(() => null),
  }
  for await (const file of listStyleDatabaseFiles(parts.description, embeddings, pictures)) files.push(file)
  return writeZip(files)
}

/**
 * Writes a database file piece by piece, so that memory need not hold its pictures. The same parts give the same bytes.
 * Throws FormatError for a description that could not be read back, and what `embeddings`, `pictures` and `write` throw.
 */
export async function streamStyleDatabase(
  description: StyleDatabaseParts['description'],
  embeddings: EmbeddingsToWrite,
  pictures: StyleDatabasePictures,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  await streamZip(listStyleDatabaseFiles(description, embeddings, pictures), write)
}

/** The files that the archive holds, in its order. Throws likewise, and RangeError where embeddings do not fit the description. */
export async function* listStyleDatabaseFiles(
  description: StyleDatabaseParts['description'],
  embeddings: EmbeddingsToWrite,
  pictures: StyleDatabasePictures,
): AsyncGenerator<ZipFile> {
  const { items, clip } = description
  const parsed = parseDescription(JSON.stringify({ format: 'kindred-style-database', version: 1, ...description }))
  yield ['database.json', new TextEncoder().encode(JSON.stringify(parsed, null, 1))]
  yield ['embeddings.npy', { pieces: () => listNpyPieces([items.length, clip.dim], embeddings) }]
  yield* listPictures(items.length, THUMBNAILS_AT_ONCE, pictures.thumbnails, thumbnailName)
  yield* listPictures(items.length, IMAGES_AT_ONCE, pictures.images, imageName)
}

async function* listNpyPieces(
  dims: readonly [rows: number, dim: number],
  embeddings: EmbeddingsToWrite,
): AsyncGenerator<Uint8Array> {
  yield writeNpyHeader({ dtype: 'f2', dims })
  let left = dims[0] * dims[1]
  const chunks = embeddings instanceof Uint16Array ? [embeddings] : embeddings()
  for await (const { buffer, byteOffset, byteLength, length } of chunks) {
    left -= length
    yield new Uint8Array(buffer, byteOffset, byteLength)
  }
  if (left !== 0) throw new RangeError(`style database: the embeddings do not fill [${dims.join(', ')}]`)
}

async function* listPictures(
  count: number,
  atOnce: number,
  read: StyleDatabasePictures['images'],
  nameOf: (row: number) => string,
): AsyncGenerator<ZipFile> {
  for (let start = 0; start < count; start += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, count - start) }, (_, i) => start + i)
    for (const [i, bytes] of (await read(rows)).entries()) if (bytes !== null) yield [nameOf(start + i), bytes]
  }
}

function parseDescription(text: string): StyleDatabaseDescription {
  const parsed = parseJson('style database', 'database.json', text, description)
  const seen = new Set<string>()
  for (const { id } of parsed.items) {
    if (seen.has(id)) throw new FormatError('style database', `two rows are named ${JSON.stringify(id)}`)
    seen.add(id)
  }
  return parsed
}

/** Whether a row, as float16 bits, can be compared: one of zeros, or with an infinity or NaN (exponent bits all set), can't. */
export function hasDirection(row: Uint16Array): boolean {
  return row.every((bits) => (bits & 0x7c00) !== 0x7c00) && row.some((bits) => (bits & 0x7fff) !== 0)
}

function checkRows(halves: Uint16Array, dim: number): void {
  for (let row = 0; row * dim < halves.length; row++) {
    if (!hasDirection(halves.subarray(row * dim, (row + 1) * dim))) {
      throw new FormatError('style database', `row ${row} has no direction`)
    }
  }
}

function thumbnailName(row: number): string {
  return `thumbnails/${row}.webp`
}

function imageName(row: number): string {
  return `images/${row}.webp`
}
