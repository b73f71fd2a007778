// One file of foreign embeddings as rows with labels: an .npz of the authors of RDM, or an .npy of clip-retrieval with its metadata.

import { FormatError } from '../formats/format-error.ts'
import { type NpyArray, type NpyHeader, npyFloats } from '../formats/npy.ts'
import { type Pieces, readNpyHeader, readNpyRows, sourcePieces } from '../formats/npy-rows.ts'
import { openParquet, type ParquetFile } from '../formats/parquet.ts'
import { openZip } from '../formats/zip.ts'
import type { ImportFile } from './import-files.ts'

/** What a row is called; neither needs to be there once only. */
export interface RowLabel {
  readonly id: string
  readonly caption: string
}

export interface EmbeddingBlock {
  /** Row-major, [labels, dim], as they are stored: not scaled. */
  readonly values: Float32Array
  readonly labels: readonly RowLabel[]
}

export interface EmbeddingPart {
  readonly rows: number
  readonly dim: number
  /** Yields all rows in order. Throws FormatError, for some damage only after the last. */
  blocks(): AsyncGenerator<EmbeddingBlock, void>
}

const ROWS_PER_BLOCK = 1024
const LARGEST_DIM = 1 << 14

/** `embedding`, with `img_id` and `patch_coords` where they are there; other arrays are passed over. Throws FormatError. */
export async function openNpzPart(file: ImportFile): Promise<EmbeddingPart> {
  const zip = await openZip(await file.open())
  const entry = (name: string): Pieces | null => {
    return zip.entries.has(`${name}.npy`) ? () => zip.pieces(`${name}.npy`) : null
  }
  const embedding = entry('embedding')
  if (embedding === null) throw new FormatError('embeddings', `${file.name}: has no array "embedding"`)
  const { rows, dim } = checkEmbedding(file.name, await readNpyHeader(embedding))
  const [ids, patches] = [entry('img_id'), entry('patch_coords')]
  if (ids) await checkLabels(file.name, 'img_id', await readNpyHeader(ids), [rows])
  if (patches) await checkLabels(file.name, 'patch_coords', await readNpyHeader(patches), [rows, 4])
  return {
    rows,
    dim,
    async *blocks() {
      const labels = [ids, patches].map((pieces) => pieces && readNpyRows(pieces, ROWS_PER_BLOCK))
      let first = 0
      try {
        for await (const block of readNpyRows(embedding, ROWS_PER_BLOCK)) {
          const [id = null, patch = null] = await Promise.all(
            labels.map(async (each) => (await each?.next())?.value ?? null),
          )
          const start = first
          first += block.dims[0] ?? 0
          yield {
            values: npyFloats(block),
            labels: Array.from({ length: first - start }, (_, row) => labelPatch(start + row, row, id, patch)),
          }
        }
        // What follows the last row shows damage: each array has its own CRC.
        for (const rows of labels) await rows?.next()
      } finally {
        for (const rows of labels) await rows?.return()
      }
    },
  }
}

/** Rows of an .npy file, labelled by the columns image_path, caption and url of a Parquet file. Throws FormatError. */
export async function openNpyPart(file: ImportFile, metadata: ImportFile | null): Promise<EmbeddingPart> {
  const pieces = sourcePieces(await file.open())
  const { rows, dim } = checkEmbedding(file.name, await readNpyHeader(pieces))
  const table = metadata === null ? null : await openParquet(await metadata.open())
  if (table !== null && table.rows !== rows) {
    throw new FormatError('embeddings', `${file.name}: ${rows} rows, but ${metadata?.name} has ${table.rows}`)
  }
  return {
    rows,
    dim,
    async *blocks() {
      const labels = table === null ? numbered() : readLabels(table)
      try {
        for await (const block of readNpyRows(pieces, ROWS_PER_BLOCK)) {
          const taken: RowLabel[] = []
          for (let row = 0; row < (block.dims[0] ?? 0); row++) {
            const { done, value } = await labels.next()
            if (!done) taken.push(value)
          }
          yield { values: npyFloats(block), labels: taken }
        }
      } finally {
        await labels.return()
      }
    },
  }
}

function checkEmbedding(name: string, { dtype, dims }: NpyHeader): { rows: number; dim: number } {
  const [rows = 0, dim = 0] = dims
  const isFloat = dtype === 'f2' || dtype === 'f4' || dtype === 'f8'
  if (!isFloat || dims.length !== 2 || rows === 0 || dim === 0 || dim > LARGEST_DIM) {
    throw new FormatError('embeddings', `${name}: ${dtype} [${dims.join(', ')}] are no rows of numbers`)
  }
  return { rows, dim }
}

function checkLabels(name: string, key: string, { dtype, dims }: NpyHeader, wanted: readonly number[]): void {
  const fits = dims.length === wanted.length && dims.every((dim, axis) => dim === wanted[axis])
  if (!fits || !/^[iu]/.test(dtype)) {
    const found = `${dtype} [${dims.join(', ')}]`
    throw new FormatError('embeddings', `${name}: ${key} is ${found}, not whole numbers [${wanted.join(', ')}]`)
  }
}

/** A patch of a picture is named by the picture's number and its corners: left, top, right, bottom, in pixels. */
function labelPatch(row: number, inBlock: number, ids: NpyArray | null, patches: NpyArray | null): RowLabel {
  const id = ids === null ? `row ${row}` : String(ids.data[inBlock])
  if (patches === null) return { id, caption: '' }
  const corners = Array.from(patches.data.subarray(4 * inBlock, 4 * inBlock + 4) as ArrayLike<number | bigint>, String)
  return { id: `${id}@${corners.join(',')}`, caption: `image ${id}, patch ${corners.join(', ')}` }
}

async function* numbered(): AsyncGenerator<RowLabel, void> {
  for (let row = 0; ; row++) yield { id: `row ${row}`, caption: '' }
}

async function* readLabels(table: ParquetFile): AsyncGenerator<RowLabel, void> {
  const names = ['image_path', 'caption', 'url'].filter((name) => table.textColumns.includes(name))
  let first = 0
  if (names.length === 0) return yield* numbered()
  for await (const group of table.readTexts(names)) {
    const [paths, captions, urls] = ['image_path', 'caption', 'url'].map((name) => group.get(name))
    const rows = (paths ?? captions ?? urls ?? []).length
    for (let row = 0; row < rows; row++) {
      yield { id: paths?.[row] || urls?.[row] || `row ${first + row}`, caption: captions?.[row] ?? '' }
    }
    first += rows
  }
}
