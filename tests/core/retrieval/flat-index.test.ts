// Exact search against brute force in float64.

import { describe, expect, test } from 'vitest'
import { createFlatIndex } from '../../../src/core/retrieval/flat-index.ts'
import { findSearchKernel } from '../../../src/core/retrieval/search-kernel.ts'
import type { StoredRows } from '../../../src/core/retrieval/search-rows.ts'
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

  test('gives embeddings of unit length in the direction of the stored row', async () => {
    const embedding = await index.embedding(7)
    const stored = values.subarray(7 * 67, 8 * 67)
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 6)
    const ratio = (stored[0] ?? 0) / (embedding[0] ?? 1)
    expect(embedding.every((value, i) => Math.abs(value * ratio - (stored[i] ?? 0)) < 1e-5)).toBe(true)
  })

  test('keeps one embedding apart from the next', async () => {
    const first = await index.embedding(1)
    const copy = [...first]
    await index.embedding(2)
    expect([...first]).toEqual(copy)
  })

  test('returns every row where k is larger', async () => {
    const found = await index.search(query, 10_000)
    expect(new Set(found.map(({ row }) => row)).size).toBe(ROWS)
  })
})

test('a row is its own nearest neighbour, with cosine one', async () => {
  const index = createFlatIndex(floats, 67, ids)
  const [nearest] = await index.search(await index.embedding(123), 1)
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
  await expect(index.embedding(1)).rejects.toThrow(/no row 1/)
})

describe('with the kernel', () => {
  /** Both indexes over the same rows must give the same neighbours, in the same order, with the same scores. */
  async function expectSame(rows: StoredRows | readonly StoredRows[], dim: number, query: Float32Array, ks: number[]) {
    const parts = Array.isArray(rows) ? rows : [rows]
    const names = Array.from({ length: parts.reduce((sum, { length }) => sum + length, 0) / dim }, (_, row) => `${row}`)
    const fast = createFlatIndex(rows, dim, names)
    const plain = createFlatIndex(rows, dim, names, null)
    for (const k of ks) {
      expect(await fast.search(query, k)).toEqual(await plain.search(query, k))
    }
    for (const row of names.keys()) {
      const embedding = await plain.embedding(row)
      expect((await fast.embedding(row)).every((value, i) => value === embedding[i])).toBe(true)
    }
  }

  test.each([
    [1, 1],
    [1, 768],
    [2, 3],
    [5, 8],
    [83, 7],
    [200, 65],
    [500, 192],
    [400, 1023],
    [3, 20_000],
  ])('%i rows of %i numbers are found as by the plain loop, to the last bit', async (count, dim) => {
    const values = makeGoldenInput(`fast.rows.${dim}`, [count, dim]).data
    const direction = makeGoldenInput(`fast.query.${dim}`, [dim]).data
    const ks = [0, 1, 19, count - 1, count, count + 5]
    await expectSame(values, dim, direction, ks)
    await expectSame(floatToHalfArray(values), dim, direction, ks)
  })

  test('rows that differ by less than its error come in their true order', async () => {
    const dim = 96
    const base = makeGoldenInput('fast.base', [dim]).data
    const nearly = Float32Array.from({ length: 300 * dim }, (_, i) => {
      const step = 1e-7 * ((Math.floor(i / dim) * 37) % 300)
      return (base[i % dim] ?? 0) * (i % 2 === 0 ? 1 + step : 1 - step)
    })
    await expectSame(nearly, dim, base, [1, 5, 19, 150])
  })

  test('equal rows come in the order of rows, however many', async () => {
    const same = new Float32Array(3000 * 24).fill(0.25)
    await expectSame(same, 24, same.subarray(0, 24), [1, 19])
    const [first, second] = await createFlatIndex(same, 24, Array(3000).fill('same')).search(same.subarray(0, 24), 2)
    expect([first?.row, second?.row]).toEqual([0, 1])
  })

  test('rows of any length that float64 can tell are found', async () => {
    const dim = 12
    const scales = [1e-40, 1e-30, 1e-12, 1, 1e12, 1e25, 1e37]
    const values = makeGoldenInput('fast.scales', [70, dim]).data
    const direction = makeGoldenInput('fast.scales.query', [dim]).data
    const scaled = (few: readonly number[]) => values.map((v, i) => v * (few[Math.floor(i / dim) % few.length] ?? 1))
    for (const some of [scales, scales.slice(2, 5), [1e-40], [1e37]]) {
      await expectSame(scaled(some), dim, direction, [7, 70])
    }
    await expectSame(floatToHalfArray(scaled([3e-7, 1e-5, 1, 30_000])), dim, direction, [7, 70])
  })

  test('rows in several arrays, of one storage or of both, are one database', async () => {
    const dim = 67
    const cut = [0, 1, 65, 66, 300, 300, 500].map((row) => row * dim)
    const parts = cut.slice(1).map((end, i) => floats.subarray(cut[i], end))
    const whole = createFlatIndex(floats, dim, ids)
    expect(await createFlatIndex(parts, dim, ids).search(query, 30)).toEqual(await whole.search(query, 30))
    const mixed = parts.map((part, i) => (i % 2 === 0 ? part : floatToHalfArray(part)))
    await expectSame(mixed, dim, query, [1, 30])
    expect(await createFlatIndex(parts, dim, ids).embedding(299)).toEqual(await whole.embedding(299))
    expect(() => createFlatIndex([floats.subarray(0, 5), floats.subarray(5)], dim, ids)).toThrow(/no whole rows of 67/)
  })

  test.each([
    ['zero', 0],
    ['negative zero', 0x8000],
    ['infinity', 0x7c00],
    ['negative infinity', 0xfc00],
    ['NaN', 0x7e01],
  ])('a float16 row with nothing but %s is refused by name', (_, half) => {
    const bits = floatToHalfArray(Float32Array.of(1, 2, 3, 4, 5, 6))
    bits.fill(half, 3)
    expect(() => createFlatIndex(bits, 3, ['fine', 'bad'])).toThrow(/row 1 \(bad\) has no direction/)
  })

  test('one infinity or NaN among many numbers is enough to refuse a row', () => {
    for (const half of [0x7c00, 0xfc00, 0x7c01, 0xffff]) {
      const bits = halves.slice()
      bits[321 * 67 + 66] = half
      expect(() => createFlatIndex(bits, 67, ids)).toThrow(/row 321 \(picture-321\) has no direction/)
    }
    for (const value of [Number.POSITIVE_INFINITY, Number.NaN]) {
      const values = floats.slice()
      values[321 * 67 + 66] = value
      expect(() => createFlatIndex(values, 67, ids)).toThrow(/row 321/)
    }
  })
})

describe.each([
  { loop: 'the kernel', kernel: findSearchKernel() },
  { loop: 'the plain loop', kernel: null },
])('a long search with $loop', ({ kernel }) => {
  const DIM = 3000
  const long = new Float32Array(6000 * DIM).fill(1)
  const direction = long.subarray(0, DIM)
  // One row in front, the others all as far away: nothing is left to be scored twice.
  long.fill(-1, DIM)
  const index = createFlatIndex(long, DIM, Array(6000).fill('row'), kernel)

  test('waits for its pauses, and others may search meanwhile', async () => {
    let pauses = 0
    const pause = async () => {
      pauses++
      const [nearest] = await index.search(long.subarray(DIM, 2 * DIM), 1)
      expect(nearest?.row).toBe(1)
    }
    const [nearest] = await index.search(direction, 1, { pause })
    expect(nearest).toMatchObject({ row: 0 })
    expect(pauses).toBe(2)
  })

  test('ends with what a pause rejects with', async () => {
    const pause = async () => {
      throw new Error('cancelled')
    }
    await expect(index.search(direction, 1, { pause })).rejects.toThrow('cancelled')
  })
})

test('rows are found by their names', () => {
  const index = createFlatIndex(Float32Array.of(0, 1, 1, 0), 2, ['a', '__proto__'])
  expect(index.rowOf('__proto__')).toBe(1)
  expect(index.rowOf('A')).toBeNull()
})
