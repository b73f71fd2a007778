// Goes through all rows for the k best, with the kernel or with a plain loop: both find the same, to the last bit.

import type { SearchOptions } from '../diffusion/model-parts.ts'
import { kernelError, type SearchKernel } from './search-kernel.ts'
import { multiplyExactly, type SearchRows } from './search-rows.ts'
import { Shortlist } from './search-shortlist.ts'
import { TopK } from './top-k.ts'

/** The k rows of the largest cosine to a direction of unit length. */
export type Scan = (direction: Float32Array, k: number, pause: SearchOptions['pause']) => Promise<TopK>

/** Others get a turn after this many numbers: every 5 ms or so with the kernel, every 60 ms without. */
const NUMBERS_A_TURN = 2 ** 23

/**
 * Squares of lengths that the kernel's float32 can be trusted with: below them products may vanish, above them lie rows of
 * float16 infinities, which the kernel does not see. Rows beyond are measured in float64.
 */
const LEAST_SQUARE = 2 ** -100
const LARGEST_SQUARE = 2 ** 31
/** And rows that are longer than this would overflow it. */
const LARGEST_LENGTH = 2 ** 50

/**
 * Float64 sums of every row: one pass over the rows to measure them, and one a search.
 *
 * @param inverseLength of a row, in float64; throws for a row that has no direction, as this does then
 */
export function createPlainScan(rows: SearchRows, inverseLength: (row: number) => number): Scan {
  const inverseLengths = Float64Array.from({ length: rows.count }, (_, row) => inverseLength(row))
  return async (direction, k, pause) => {
    const best = new TopK(k)
    const endTurn = countTurns(pause)
    for (let row = 0; row < rows.count; row++) {
      best.offer(row, multiplyExactly(rows.read(row), direction) * (inverseLengths[row] ?? 0))
      const turn = endTurn(rows.dim)
      if (turn !== null) await turn
    }
    return best
  }
}

/**
 * Lets the kernel choose, by float32 products and a bound of their error, which rows could be among the best; those few are then
 * scored as the plain scan does.
 *
 * @returns null where rows are longer than the kernel takes, or of such lengths that float32 does not do
 */
export function createKernelScan(
  rows: SearchRows,
  kernel: SearchKernel,
  inverseLength: (row: number) => number,
): Scan | null {
  const capacity = kernel.capacity(rows.dim)
  const inverseLengths = capacity > 0 ? measureRows(rows, kernel, inverseLength) : null
  if (inverseLengths === null) {
    return null
  }
  return async (direction, k, pause) => {
    const shortlist = new Shortlist(k, kernelError(rows.dim))
    const endTurn = countTurns(pause)
    for (const block of rows.blocks(capacity)) {
      const products = kernel.products(block.rows, direction)
      for (let i = 0; i < products.length; i++) {
        shortlist.offer(block.start + i, (products[i] ?? 0) * (inverseLengths[block.start + i] ?? 0))
      }
      const turn = endTurn(block.rows.length)
      if (turn !== null) await turn
    }
    const best = new TopK(k)
    for (const row of shortlist.rows()) {
      best.offer(row, multiplyExactly(rows.read(row), direction) * inverseLength(row))
      const turn = endTurn(rows.dim)
      if (turn !== null) await turn
    }
    return best
  }
}

/** One over each row's length, in float32; null where a row is too long or too short. */
function measureRows(
  rows: SearchRows,
  kernel: SearchKernel,
  inverseLength: (row: number) => number,
): Float32Array | null {
  const inverseLengths = new Float32Array(rows.count)
  for (const block of rows.blocks(kernel.capacity(rows.dim))) {
    const squares = kernel.squares(block.rows, rows.dim)
    for (let i = 0; i < squares.length; i++) {
      const row = block.start + i
      const square = squares[i] ?? 0
      const isTrusted = square >= LEAST_SQUARE && square <= LARGEST_SQUARE
      const inverse = isTrusted ? 1 / Math.sqrt(square) : inverseLength(row)
      if (!(inverse <= LEAST_SQUARE ** -0.5 && inverse >= 1 / LARGEST_LENGTH)) {
        return null
      }
      inverseLengths[row] = inverse
    }
  }
  return inverseLengths
}

/** Counts numbers as they are worked through: what it returns, where it is not null, is a pause to wait for. */
function countTurns(pause: SearchOptions['pause']): (numbers: number) => Promise<void> | null {
  let left = NUMBERS_A_TURN
  return (numbers) => {
    left -= numbers
    if (left > 0 || pause === undefined) {
      return null
    }
    left = NUMBERS_A_TURN
    return pause()
  }
}
