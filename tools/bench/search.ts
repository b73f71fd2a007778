// Times the flat index over random unit vectors, and checks it against brute force in float64.

import { createFlatIndex } from '../../src/core/retrieval/flat-index.ts'
import { floatToHalfArray, halfToFloatArray } from '../../src/core/tensor/half.ts'
import { TorchGenerator } from '../../src/core/tensor/random.ts'

const K = 19
const REPEATS = 15

/** Prints the median time and the bandwidth of one search for several sizes; throws where the results differ. */
export async function benchSearch(): Promise<void> {
  for (const [rows, dim] of [
    [300, 192],
    [5000, 768],
    [60_000, 768],
  ] as const) {
    const generator = new TorchGenerator(1)
    const halves = floatToHalfArray(generator.randn([rows, dim]).data)
    const query = generator.randn([dim]).data
    const index = createFlatIndex(
      halves,
      dim,
      Array.from({ length: rows }, (_, row) => String(row)),
    )
    const times: number[] = []
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const startedAt = performance.now()
      await index.search(query, K)
      times.push(performance.now() - startedAt)
    }
    const found = (await index.search(query, K)).map(({ row }) => row)
    const expected = bruteForce(halfToFloatArray(halves), query, dim)
    if (found.join() !== expected.join())
      throw new Error(`${rows} × ${dim}: the index found other rows than brute force`)
    const median = times.toSorted((a, b) => a - b)[REPEATS >> 1] ?? Number.NaN
    const gigabytes = (rows * dim * 2) / 1e6 / median
    console.log(
      `${rows} × ${dim}, float16: ${median.toFixed(2)} ms, ${gigabytes.toFixed(1)} GB/s, same rows as brute force`,
    )
  }
}

/** The K best rows by cosine, every score computed in float64 and sorted. */
function bruteForce(rows: Float32Array, query: Float32Array, dim: number): number[] {
  const scores = Array.from({ length: rows.length / dim }, (_, row) => {
    let product = 0
    let square = 0
    for (let i = 0; i < dim; i++) {
      const value = rows[row * dim + i] ?? 0
      product += value * (query[i] ?? 0)
      square += value * value
    }
    return { row, score: product / Math.sqrt(square) }
  })
  return scores
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, K)
    .map(({ row }) => row)
}
