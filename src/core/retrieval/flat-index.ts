// Exact nearest neighbours by cosine: every row is looked at.

import { scaleToUnit } from '../diffusion/conditioning.ts'
import type { Neighbour, NeighbourIndex } from '../diffusion/model-parts.ts'
import { findSearchKernel, type SearchKernel } from './search-kernel.ts'
import { multiplyExactly, SearchRows, type StoredRows } from './search-rows.ts'
import { createKernelScan, createPlainScan } from './search-scan.ts'

/** An index whose rows can be asked for by name. */
export interface NamedIndex extends NeighbourIndex {
  /** The row of that name, or null. Goes through the names one by one: for the few rows that a person points at. */
  rowOf(id: string): number | null
  /** All rows in order, scaled to unit length, some whole rows at a time: float32, [rows, dim]. */
  walk(): AsyncIterable<Float32Array>
}

/** Rows that are walked at once. */
const WALK_ROWS = 512

/**
 * An index over rows that may be of any length: each is scored by its cosine to the query, in float64. The rows are kept as
 * they lie, not copied; beside them there is one number a row. Neighbours, their order and their scores are the same with and
 * without a kernel.
 *
 * @param stored rows in one array, or in several that follow one another; ids.length * dim numbers in all
 * @param ids the rows' stable names, in their order
 * @param kernel what makes it fast; null for a plain loop
 * @throws RangeError where the sizes disagree or a row has no direction (zero, or not finite)
 */
export function createFlatIndex(
  stored: StoredRows | readonly StoredRows[],
  dim: number,
  ids: readonly string[],
  kernel: SearchKernel | null = findSearchKernel(),
): NamedIndex {
  const parts = stored instanceof Float32Array || stored instanceof Uint16Array ? [stored] : stored
  const numbers = parts.reduce((sum, { length }) => sum + length, 0)
  if (numbers !== ids.length * dim) {
    throw new RangeError(`index: ${numbers} numbers are not ${ids.length} rows of ${dim}`)
  }
  const rows = new SearchRows(parts, dim)
  const inverseLength = (row: number) => {
    const values = rows.read(row)
    const length = Math.sqrt(multiplyExactly(values, values))
    if (!(length > 0 && length < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`index: row ${row} (${ids[row]}) has no direction: its length is ${length}`)
    }
    return 1 / length
  }
  const scan = (kernel && createKernelScan(rows, kernel, inverseLength)) ?? createPlainScan(rows, inverseLength)
  /** The map reads every row of a database: a loop takes less than half the time of a callback for each number. */
  function scaleInto(to: Float32Array, at: number, row: number): void {
    const scale = inverseLength(row)
    const values = rows.read(row)
    for (let i = 0; i < dim; i++) to[at + i] = (values[i] ?? 0) * scale
  }
  return {
    dim,
    rows: rows.count,
    search: async (query, k, { pause } = {}) => {
      if (query.length !== dim) {
        throw new RangeError(`index: the query has ${query.length} numbers, the rows have ${dim}`)
      }
      const best = await scan(scaleToUnit(query, 'index: the query'), k, pause)
      return best.list().map(({ row, score }): Neighbour => ({ row, id: ids[row] ?? '', score }))
    },
    embedding: async (row) => {
      if (!(Number.isInteger(row) && row >= 0 && row < rows.count)) {
        throw new RangeError(`index: no row ${row} among ${rows.count}`)
      }
      const values = new Float32Array(dim)
      scaleInto(values, 0, row)
      return values
    },
    async *walk() {
      for (let start = 0; start < rows.count; start += WALK_ROWS) {
        const count = Math.min(WALK_ROWS, rows.count - start)
        const values = new Float32Array(count * dim)
        for (let i = 0; i < count; i++) scaleInto(values, i * dim, start + i)
        yield values
      }
    },
    rowOf: (id) => {
      const row = ids.indexOf(id)
      return row < 0 ? null : row
    },
  }
}
