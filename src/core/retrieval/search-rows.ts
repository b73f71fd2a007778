// Embeddings as a search reads them: one array or several in a row, of float32 values or of float16 bits.

import { listHalfValues } from '../tensor/half.ts'

/** Row-major embeddings as a database stores them: float32 values, or float16 bits. */
export type StoredRows = Float32Array | Uint16Array

/** Consecutive rows of one array, and the row that comes first. */
export interface RowBlock {
  readonly start: number
  readonly rows: StoredRows
}

/** Reads rows where they lie; nothing is copied but the float16 row in hand. */
export class SearchRows {
  readonly dim: number
  /** Rows in all parts together. */
  readonly count: number
  readonly #parts: readonly StoredRows[]
  /** Each part's first row. */
  readonly #starts: readonly number[]
  readonly #widened: Float32Array

  /** @throws RangeError where a part is no whole number of rows */
  constructor(parts: readonly StoredRows[], dim: number) {
    const starts: number[] = []
    let count = 0
    for (const { length } of parts) {
      if (length % dim !== 0) {
        throw new RangeError(`index: ${length} numbers are no whole rows of ${dim}`)
      }
      starts.push(count)
      count += length / dim
    }
    this.dim = dim
    this.count = count
    this.#parts = parts
    this.#starts = starts
    this.#widened = new Float32Array(dim)
  }

  /** A row's values, [dim]: valid until the next call, and not to be written to. */
  read(row: number): Float32Array {
    const part = this.#partOf(row)
    const stored = this.#parts[part] ?? this.#widened
    const start = (row - (this.#starts[part] ?? 0)) * this.dim
    if (stored instanceof Float32Array) {
      return stored.subarray(start, start + this.dim)
    }
    const table = listHalfValues()
    const widened = this.#widened
    for (let i = 0; i < widened.length; i++) {
      widened[i] = table[stored[start + i] ?? 0] ?? 0
    }
    return widened
  }

  /** All rows in their order, at most `capacity` at a time. */
  *blocks(capacity: number): Generator<RowBlock, void, undefined> {
    for (const [i, part] of this.#parts.entries()) {
      const start = this.#starts[i] ?? 0
      for (let row = 0; row * this.dim < part.length; row += capacity) {
        yield { start: start + row, rows: part.subarray(row * this.dim, (row + capacity) * this.dim) }
      }
    }
  }

  /** The last part that starts at the row or before it. */
  #partOf(row: number): number {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#starts[middle] ?? 0) <= row) {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return low
  }
}

/** The product of two vectors in float64: four sums side by side, so that one addition need not wait for the last. */
export function multiplyExactly(a: Float32Array, b: Float32Array): number {
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
