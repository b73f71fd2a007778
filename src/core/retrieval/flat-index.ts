// Exact nearest neighbours by cosine: every row is looked at.

import { scaleToUnit } from '../diffusion/conditioning.ts'
import type { Neighbour, NeighbourIndex } from '../diffusion/model-parts.ts'
import { listHalfValues } from '../tensor/half.ts'
import { TopK } from './top-k.ts'

/** Row-major embeddings as a database stores them: float32 values, or float16 bits. */
export type StoredRows = Float32Array | Uint16Array

/**
 * An index over rows that may be of any length: each is scored by its cosine to the query. The rows are kept as they lie,
 * not copied; beside them there is one number a row. Float16 rows are widened as they are read.
 *
 * @param rows [ids.length, dim]
 * @param ids the rows' stable names, in their order
 * @throws RangeError where the sizes disagree or a row has no direction (zero, or not finite)
 */
export function createFlatIndex(rows: StoredRows, dim: number, ids: readonly string[]): NeighbourIndex {
  if (rows.length !== ids.length * dim) {
    throw new RangeError(`index: ${rows.length} numbers are not ${ids.length} rows of ${dim}`)
  }
  const read = rows instanceof Float32Array ? wrapFloats(rows, dim) : wrapHalves(rows, dim)
  const inverseLengths = Float64Array.from(ids, (id, row) => {
    const values = read(row)
    const length = Math.sqrt(dot(values, values))
    if (!(length > 0 && length < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`index: row ${row} (${id}) has no direction: its length is ${length}`)
    }
    return 1 / length
  })
  return {
    dim,
    rows: ids.length,
    search: async (query, k) => {
      if (query.length !== dim) {
        throw new RangeError(`index: the query has ${query.length} numbers, the rows have ${dim}`)
      }
      const direction = scaleToUnit(query, 'index: the query')
      const best = new TopK(k)
      for (let row = 0; row < ids.length; row++) {
        best.offer(row, dot(read(row), direction) * (inverseLengths[row] ?? 0))
      }
      return best.list().map(({ row, score }): Neighbour => ({ row, id: ids[row] ?? '', score }))
    },
    embedding: (row) => {
      if (!(Number.isInteger(row) && row >= 0 && row < ids.length)) {
        throw new RangeError(`index: no row ${row} among ${ids.length}`)
      }
      const inverseLength = inverseLengths[row] ?? 0
      return Float32Array.from(read(row), (value) => value * inverseLength)
    },
  }
}

function wrapFloats(rows: Float32Array, dim: number): (row: number) => Float32Array {
  return (row) => rows.subarray(row * dim, (row + 1) * dim)
}

function wrapHalves(rows: Uint16Array, dim: number): (row: number) => Float32Array {
  const table = listHalfValues()
  const widened = new Float32Array(dim)
  return (row) => {
    const start = row * dim
    for (let i = 0; i < dim; i++) {
      widened[i] = table[rows[start + i] ?? 0] ?? 0
    }
    return widened
  }
}

/** Four sums side by side, so that one addition need not wait for the last. */
function dot(a: Float32Array, b: Float32Array): number {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  let i = 0
  for (; i + 3 < a.length; i += 4) {
    first += (a[i] ?? 0) * (b[i] ?? 0)
    second += (a[i + 1] ?? 0) * (b[i + 1] ?? 0)
    third += (a[i + 2] ?? 0) * (b[i + 2] ?? 0)
    fourth += (a[i + 3] ?? 0) * (b[i + 3] ?? 0)
  }
  for (; i < a.length; i++) {
    first += (a[i] ?? 0) * (b[i] ?? 0)
  }
  return first + second + third + fourth
}
