// Search over rows that are read a part at a time: the same as over rows in memory, and as brute force.

import { describe, expect, it } from 'vitest'
import { createFlatIndex } from '../../../src/core/retrieval/flat-index.ts'
import { mapIndex, mapRows } from '../../../src/core/retrieval/projection.ts'
import { createStreamedIndex } from '../../../src/core/retrieval/streamed-index.ts'
import { floatToHalfArray, halfToFloatArray } from '../../../src/core/tensor/half.ts'
import { TorchGenerator } from '../../../src/core/tensor/random.ts'

const DIM = 16
const COUNT = 9001
const values = floatToHalfArray(new TorchGenerator(7).randn([COUNT, DIM]).data)
// Rows that tie, in parts of their own.
values.copyWithin(5000 * DIM, 10 * DIM, 11 * DIM)
values.copyWithin(9000 * DIM, 10 * DIM, 11 * DIM)
const ids = Array.from({ length: COUNT }, (_, row) => `r${row}`)
const query = new TorchGenerator(8).randn([DIM]).data

/** Chunks of lengths that no part is a multiple of. */
async function* chunks(rows = COUNT) {
  for (let start = 0; start < rows; start += 61) yield values.subarray(start * DIM, Math.min(rows, start + 61) * DIM)
}
const read = async (row: number) => values.slice(row * DIM, (row + 1) * DIM)
const streamed = createStreamedIndex({ dim: DIM, ids, chunks, read })
const flat = createFlatIndex(values, DIM, ids)

function bruteForce(asked: Float32Array, k: number): string[] {
  const rows = halfToFloatArray(values)
  const cosine = (row: number) => {
    const own = rows.subarray(row * DIM, (row + 1) * DIM)
    const dot = own.reduce((sum, value, i) => sum + value * (asked[i] ?? 0), 0)
    return Math.fround(dot / Math.hypot(...own) / Math.hypot(...asked))
  }
  const scores = ids.map((_, row) => cosine(row))
  return [...scores.keys()]
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
    .slice(0, k)
    .map((row) => ids[row] ?? '')
}

describe('a streamed index', () => {
  it.each([0, 1, 19, 5000])('finds the %i that an index in memory finds, with the same scores', async (k) => {
    expect(await streamed.search(query, k)).toEqual(await flat.search(query, k))
  })

  it('finds what brute force in float32 finds', async () => {
    expect((await streamed.search(query, 19)).map(({ id }) => id)).toEqual(bruteForce(query, 19))
  })

  it('has the earlier of equal rows first, whichever parts they lie in', async () => {
    const found = await streamed.search(await streamed.embedding(10), 3)
    expect(found.map(({ row }) => row)).toEqual([10, 5000, 9000])
  })

  it('gives embeddings by row and by name, and no others', async () => {
    expect(streamed.rowOf('r4097')).toBe(4097)
    expect(streamed.rowOf('gone')).toBeNull()
    expect(await streamed.embedding(4097)).toEqual(await flat.embedding(4097))
    for (const row of [-1, COUNT, 0.5]) await expect(streamed.embedding(row)).rejects.toThrow(RangeError)
  })

  it('lets others have a turn, and ends with what the pause rejects with', async () => {
    const stop = new Error('stop')
    const wide = new Uint16Array(4096 * 3000).fill(0x3c00)
    const names = Array<string>(4096).fill('row')
    const one = async function* () {
      yield wide
    }
    const index = createStreamedIndex({ dim: 3000, ids: names, chunks: one, read })
    const search = index.search(new Float32Array(3000).fill(1), 1, { pause: () => Promise.reject(stop) })
    await expect(search).rejects.toBe(stop)
  })

  it('refuses to be an index of other than all of its rows', async () => {
    const short = createStreamedIndex({ dim: DIM, ids, chunks: () => chunks(COUNT - 1), read })
    await expect(short.search(query, 1)).rejects.toThrow(/9000 rows were read, not 9001/)
  })

  it('has the map that the rows in memory have', async () => {
    const rows = halfToFloatArray(values)
    const lengths = Array.from(
      { length: COUNT },
      (_, row) => 1 / Math.hypot(...rows.subarray(row * DIM, (row + 1) * DIM)),
    )
    const unit = rows.map((value, i) => value * (lengths[Math.floor(i / DIM)] ?? 0))
    const making = mapRows(COUNT, DIM, (row) => unit.subarray(row * DIM, (row + 1) * DIM))
    let made = making.next()
    while (!made.done) made = making.next()
    for (const index of [streamed, flat]) {
      const mapping = mapIndex(index)
      const told: number[] = []
      let mapped = await mapping.next()
      for (; !mapped.done; mapped = await mapping.next()) told.push(mapped.value)
      const farthest = Math.max(...mapped.value.map((value, i) => Math.abs(value - (made.value[i as never] ?? 0))))
      expect(farthest).toBeLessThan(1e-4)
      expect(told.filter((rows) => rows > 0)).toEqual([4096, 8192])
    }
  })
})
