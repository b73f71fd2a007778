// Exact search against brute force in float64.

import { describe, expect, test } from 'vitest'
import { createFlatIndex } from '../../../src/core/retrieval/flat-index.ts'
import { floatToHalfArray, halfToFloatArray } from '../../../src/core/tensor/half.ts'
import { makeGoldenInput } from '../golden.ts'

const ROWS = 500
const floats = makeGoldenInput('test.index.rows', [ROWS, 67]).data.map((value, i) => value * (1 + (i % 5)))
const halves = floatToHalfArray(floats)
const query = makeGoldenInput('test.index.query', [67]).data
const ids = Array.from({ length: ROWS }, (_, row) => `picture-${row}`)

function rankByHand(rows: Float32Array, dim: number): { row: number; score: number }[] {
  const queryLength = Math.sqrt(query.reduce((sum, value) => sum + value * value, 0))
  return ids
    .map((_, row) => {
      const values = [...rows.subarray(row * dim, (row + 1) * dim)]
      const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
      const product = values.reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0)
      return { row, score: product / length / queryLength }
    })
    .sort((a, b) => b.score - a.score)
}

describe.each([
  { storage: 'float32', rows: floats, values: floats },
  { storage: 'float16', rows: halves, values: halfToFloatArray(halves) },
])('an index over $storage rows', ({ rows, values }) => {
  const index = createFlatIndex(rows, 67, ids)

  test('finds the rows that brute force finds, with their cosines and names', async () => {
    const found = await index.search(query, 20)
    const expected = rankByHand(values, 67).slice(0, 20)
    expect(found.map(({ row }) => row)).toEqual(expected.map(({ row }) => row))
    expect(found.map(({ id }) => id)).toEqual(expected.map(({ row }) => `picture-${row}`))
    for (const [i, { score }] of found.entries()) {
      expect(Math.abs(score - (expected[i]?.score ?? Number.NaN))).toBeLessThan(1e-6)
    }
  })

  test("does not mind the query's length", async () => {
    const rowsOf = async (scale: number) =>
      (
        await index.search(
          query.map((value) => value * scale),
          5,
        )
      ).map(({ row }) => row)
    expect(await rowsOf(100)).toEqual(await rowsOf(0.01))
  })

  test('gives embeddings of unit length in the direction of the stored row', () => {
    const embedding = index.embedding(7)
    const stored = values.subarray(7 * 67, 8 * 67)
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 6)
    const ratio = (stored[0] ?? 0) / (embedding[0] ?? 1)
    expect(embedding.every((value, i) => Math.abs(value * ratio - (stored[i] ?? 0)) < 1e-5)).toBe(true)
  })

  test('keeps one embedding apart from the next', () => {
    const first = index.embedding(1)
    const copy = [...first]
    index.embedding(2)
    expect([...first]).toEqual(copy)
  })

  test('returns every row where k is larger', async () => {
    const found = await index.search(query, 10_000)
    expect(new Set(found.map(({ row }) => row)).size).toBe(ROWS)
  })
})

test('a row is its own nearest neighbour, with cosine one', async () => {
  const index = createFlatIndex(floats, 67, ids)
  const [nearest] = await index.search(index.embedding(123), 1)
  expect(nearest?.id).toBe('picture-123')
  expect(nearest?.score).toBeCloseTo(1, 6)
})

test('the same row twice comes in the order of rows', async () => {
  const index = createFlatIndex(Float32Array.of(0, 1, 1, 0, 2, 0, 1, 0), 2, ['a', 'b', 'c', 'd'])
  expect((await index.search(Float32Array.of(1, 0), 3)).map(({ id }) => id)).toEqual(['b', 'c', 'd'])
})

test('an empty database finds nothing', async () => {
  expect(await createFlatIndex(new Float32Array(), 2, []).search(Float32Array.of(1, 0), 5)).toEqual([])
})

test('rows without a direction are refused by name', () => {
  const names = ['fine', 'empty']
  expect(() => createFlatIndex(Float32Array.of(1, 0, 0, 0), 2, names)).toThrow(/row 1 \(empty\) has no direction/)
  expect(() => createFlatIndex(Float32Array.of(1, 0, Number.NaN, 1), 2, names)).toThrow(RangeError)
})

test('sizes that disagree are refused', async () => {
  expect(() => createFlatIndex(new Float32Array(5), 2, ['a', 'b'])).toThrow(/5 numbers are not 2 rows of 2/)
  const index = createFlatIndex(Float32Array.of(1, 0), 2, ['a'])
  await expect(index.search(Float32Array.of(1, 0, 0), 1)).rejects.toThrow(/3 numbers/)
  await expect(index.search(Float32Array.of(0, 0), 1)).rejects.toThrow(/no direction/)
  expect(() => index.embedding(1)).toThrow(/no row 1/)
})
