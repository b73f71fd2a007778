// Exact nearest neighbours over rows that memory does not hold: they are read in order for each search, a part at a time.

import type { Neighbour } from '../diffusion/model-parts.ts'
import { createFlatIndex, type NamedIndex } from './flat-index.ts'
import { findSearchKernel } from './search-kernel.ts'
import { TopK } from './top-k.ts'

/** Rows as they are read from where they are kept. */
export interface StreamedRows {
  readonly dim: number
  /** The rows' stable names, in their order. */
  readonly ids: readonly string[]
  /** Float16 bits, [rows, dim]: all rows in order, some whole rows at a time. */
  readonly chunks: () => AsyncIterable<Uint16Array>
  /** Float16 bits of one row, [dim]. */
  readonly read: (row: number) => Promise<Uint16Array>
}

/** Rows that are searched together: 6 MiB at 768 numbers. */
const PART_ROWS = 4096

/**
 * What `createFlatIndex` would find of the same rows, with the same scores. A search takes as long as reading all rows does; memory
 * holds one part of them at a time.
 *
 * @throws RangeError from its calls, where there are other than ids.length rows, or one has no direction
 */
export function createStreamedIndex({ dim, ids, chunks, read }: StreamedRows, kernel = findSearchKernel()): NamedIndex {
  const indexPart = (rows: Uint16Array, start: number) =>
    createFlatIndex(rows, dim, ids.slice(start, start + rows.length / dim), kernel)

  async function* parts() {
    let start = 0
    for await (const rows of inParts(chunks(), PART_ROWS * dim)) {
      yield { start, index: indexPart(rows, start) }
      start += rows.length / dim
    }
    if (start !== ids.length) throw new RangeError(`index: ${start} rows were read, not ${ids.length}`)
  }

  return {
    dim,
    rows: ids.length,
    async search(query, k, options) {
      const best = new TopK(k)
      for await (const { start, index } of parts()) {
        for (const { row, score } of await index.search(query, k, options)) best.offer(start + row, score)
      }
      return best.list().map(({ row, score }): Neighbour => ({ row, id: ids[row] ?? '', score }))
    },
    async embedding(row) {
      if (!(Number.isInteger(row) && row >= 0 && row < ids.length)) {
        throw new RangeError(`index: no row ${row} among ${ids.length}`)
      }
      return indexPart(await read(row), row).embedding(0)
    },
    async *walk() {
      for await (const { index } of parts()) yield* index.walk()
    },
    rowOf: (id) => {
      const row = ids.indexOf(id)
      return row < 0 ? null : row
    },
  }
}

/** The numbers anew, `length` at a time but for the last: each array is overwritten by the next. */
async function* inParts(chunks: AsyncIterable<Uint16Array>, length: number): AsyncGenerator<Uint16Array> {
  const part = new Uint16Array(length)
  let filled = 0
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; ) {
      const some = chunk.subarray(start, start + length - filled)
      part.set(some, filled)
      filled += some.length
      start += some.length
      if (filled < length) continue
      yield part
      filled = 0
    }
  }
  if (filled > 0) yield part.subarray(0, filled)
}
