// A style database file: a stored zip of database.json, embeddings.npy (float16) and one WebP thumbnail a row.

import * as v from 'valibot'
import type { ByteSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { parseNpy, writeNpy } from '../formats/npy.ts'
import { openZip, writeZip } from '../formats/zip.ts'
import { floatToHalfArray } from '../tensor/half.ts'

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
  clip: v.object({ id: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), dim: natural }),
  thumbnail: v.object({ type: v.literal('image/webp'), side: natural }),
  /** One for each row; `id` is the row's stable name inside the database. */
  items: v.pipe(v.array(v.object({ id: v.string(), caption: v.string() })), v.minLength(1)),
})

export type StyleDatabaseDescription = v.InferOutput<typeof description>

export interface StyleDatabase {
  readonly description: StyleDatabaseDescription
  /** Row-major float16 bits, [items, clip.dim], rows of unit length within half precision. */
  readonly embeddings: Uint16Array
  /** A row's WebP bytes, read when asked for; null where the database has no picture of it. Throws FormatError for damage. */
  thumbnail(row: number): Promise<Uint8Array | null>
}

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
  const zip = await openZip(source)
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
  return {
    description: parsed,
    embeddings: data,
    thumbnail: async (row) => {
      const name = thumbnailName(row)
      return zip.entries.has(name) ? zip.read(name) : null
    },
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
  const json = { format: 'kindred-style-database', version: 1, ...parts.description }
  const text = JSON.stringify(json, null, 1)
  parseDescription(text)
  return writeZip([
    ['database.json', new TextEncoder().encode(text)],
    ['embeddings.npy', writeNpy({ dtype: 'f2', dims: [items.length, clip.dim], data: embeddings })],
    ...parts.thumbnails.flatMap((bytes, row) => (bytes ? [[thumbnailName(row), bytes] as const] : [])),
  ])
}

function parseDescription(text: string): StyleDatabaseDescription {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new FormatError(
      'style database',
      `database.json is not JSON: ${error instanceof Error ? error.message : error}`,
    )
  }
  const result = v.safeParse(description, json)
  if (!result.success) {
    const [issue] = result.issues
    throw new FormatError('style database', `database.json: ${v.getDotPath(issue) ?? 'root'}: ${issue.message}`)
  }
  const seen = new Set<string>()
  for (const { id } of result.output.items) {
    if (seen.has(id)) throw new FormatError('style database', `two rows are named ${JSON.stringify(id)}`)
    seen.add(id)
  }
  return result.output
}

/** A row of zeros, or with an infinity or NaN (exponent bits all set), cannot be compared to anything. */
function checkRows(halves: Uint16Array, dim: number): void {
  for (let row = 0; row * dim < halves.length; row++) {
    const values = halves.subarray(row * dim, (row + 1) * dim)
    if (values.some((bits) => (bits & 0x7c00) === 0x7c00) || values.every((bits) => (bits & 0x7fff) === 0)) {
      throw new FormatError('style database', `row ${row} has no direction`)
    }
  }
}

function thumbnailName(row: number): string {
  return `thumbnails/${row}.webp`
}
