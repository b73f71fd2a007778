// Runs the search kernel: copies rows block by block into its memory, and has them multiplied there.

import { assembleKernel, COLUMNS_AT_ONCE, HALF_SCALE, ROWS_AT_ONCE } from './kernel-code.ts'
import type { StoredRows } from './search-rows.ts'

/**
 * Approximate products of rows, in float32. Rows are copied, never kept: a block fits the processor's second-level cache, so
 * reading it there takes little beside fetching it from main memory, which any search must do. So rows may lie in any array, of
 * any number, and the kernel's own memory stays small.
 */
export interface SearchKernel {
  /** How many rows of this length one call takes; 0 where a row is too long for the kernel. */
  capacity(dim: number): number
  /**
   * Each row's product with the query.
   *
   * @param rows at most `capacity(query.length)` rows as long as the query
   * @returns one number a row, overwritten by the next call
   */
  products(rows: StoredRows, query: Float32Array): Float32Array
  /** Each row's product with itself, likewise. */
  squares(rows: StoredRows, dim: number): Float32Array
}

const PAGE_BYTES = 65_536
const BLOCK_BYTES = 4 * PAGE_BYTES
const QUERY_BYTES = PAGE_BYTES
const SUMS_BYTES = PAGE_BYTES
const PAGES = (BLOCK_BYTES + QUERY_BYTES + SUMS_BYTES) / PAGE_BYTES
const SUMS_START = QUERY_BYTES
const BLOCK_START = QUERY_BYTES + SUMS_BYTES

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT

type KernelCode = (
  rows: number,
  rowsEnd: number,
  rowBytes: number,
  query: number,
  queryEnd: number,
  sums: number,
) => void

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly floatProducts: KernelCode
  readonly halfProducts: KernelCode
  readonly floatSquares: KernelCode
  readonly halfSquares: KernelCode
}

let shared: SearchKernel | null | undefined

/**
 * The largest difference between a cosine made of the kernel's numbers and the true one, for a query of unit length: a product
 * goes through n = ceil(dim / 8) + 4 roundings, each of at most 2^-24 of a sum of magnitudes that is at most the row's length
 * (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1); the length's own error is half as large, and the query
 * and the stored length are rounded once. So it is at most (1.5 n + 2) 2^-24, which is less than n 2^-23.
 */
export function kernelError(dim: number): number {
  return (Math.ceil(dim / COLUMNS_AT_ONCE) + 4) * 2 ** -23
}

/**
 * The kernel of this thread, made at the first call. Null where the runtime has no vector instructions for WebAssembly, or where
 * the page's content security policy lacks 'wasm-unsafe-eval'.
 */
export function findSearchKernel(): SearchKernel | null {
  if (shared === undefined) {
    shared = createSearchKernel()
  }
  return shared
}

function createSearchKernel(): SearchKernel | null {
  let code: KernelExports
  try {
    const module = new WebAssembly.Module(assembleKernel(PAGES))
    code = new WebAssembly.Instance(module).exports as unknown as KernelExports
  } catch {
    return null
  }
  const { buffer } = code.memory
  const query = new Float32Array(buffer, 0, QUERY_BYTES / FLOAT_BYTES)
  const sums = new Float32Array(buffer, SUMS_START, SUMS_BYTES / FLOAT_BYTES)
  const floats = new Float32Array(buffer, BLOCK_START)
  const halves = new Uint16Array(buffer, BLOCK_START)

  /** Loads the rows, runs the code over whole groups of them, and returns the sums of those that are there. */
  function run(rows: StoredRows, dim: number, codeOfFloats: KernelCode, codeOfHalves: KernelCode): Float32Array {
    const columns = roundUp(dim, COLUMNS_AT_ONCE)
    const count = rows.length / dim
    const rowBytes = columns * rows.BYTES_PER_ELEMENT
    if (rows instanceof Float32Array) {
      copyRows(rows, floats, dim, columns)
    } else {
      copyRows(rows, halves, dim, columns)
    }
    const blockEnd = BLOCK_START + roundUp(count, ROWS_AT_ONCE) * rowBytes
    const runCode = rows instanceof Float32Array ? codeOfFloats : codeOfHalves
    runCode(BLOCK_START, blockEnd, rowBytes, 0, columns * FLOAT_BYTES, SUMS_START)
    return sums.subarray(0, count)
  }

  return {
    capacity: (dim) => {
      const columns = roundUp(dim, COLUMNS_AT_ONCE)
      const rows = Math.floor(BLOCK_BYTES / FLOAT_BYTES / columns)
      return columns > query.length ? 0 : Math.min(rows - (rows % ROWS_AT_ONCE), sums.length)
    },
    products: (rows, direction) => {
      const scale = rows instanceof Float32Array ? 1 : HALF_SCALE
      for (const [column, value] of direction.entries()) {
        query[column] = value * scale
      }
      query.fill(0, direction.length, roundUp(direction.length, COLUMNS_AT_ONCE))
      return run(rows, direction.length, code.floatProducts, code.halfProducts)
    },
    squares: (rows, dim) => run(rows, dim, code.floatSquares, code.halfSquares),
  }
}

/** Rows side by side in one go where none needs filling up with zeros. */
function copyRows<Rows extends StoredRows>(from: Rows, to: Rows, dim: number, columns: number): void {
  if (dim === columns) {
    to.set(from)
    return
  }
  for (let row = 0; row * dim < from.length; row++) {
    to.set(from.subarray(row * dim, (row + 1) * dim), row * columns)
    to.fill(0, row * columns + dim, (row + 1) * columns)
  }
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}
