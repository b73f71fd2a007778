// The map of a style database: what lies apart in the embeddings lies apart on it, and it is the same each time.

import { describe, expect, it } from 'vitest'
import { mapRows, placeAmong } from '../../../src/core/retrieval/projection.ts'
import { TorchGenerator } from '../../../src/core/tensor/random.ts'

function finish(rows: number, dim: number, read: (row: number) => Float32Array) {
  const run = mapRows(rows, dim, read)
  const turns: number[] = []
  for (;;) {
    const { done, value } = run.next()
    if (done) return { points: value, turns }
    turns.push(value)
  }
}

/** Noise, with three crowds pushed apart along two directions of their own. */
function crowds(rows: number, dim: number) {
  const noise = new TorchGenerator(3).randn([rows, dim]).data
  return (row: number) => {
    const values = Float32Array.from(noise.subarray(row * dim, (row + 1) * dim), (value) => 0.2 * value)
    const crowd = row % 3
    if (crowd === 1) values[2] = (values[2] ?? 0) + 4
    if (crowd === 2) values[5] = (values[5] ?? 0) + 3
    return values
  }
}

describe('mapRows', () => {
  it('keeps crowds apart that are apart in the embeddings', () => {
    const rows = 300
    const { points } = finish(rows, 16, crowds(rows, 16))
    const centre = (crowd: number) => {
      const mine = Array.from({ length: rows / 3 }, (_, i) => 3 * i + crowd)
      const mean = (axis: number) => mine.reduce((sum, row) => sum + (points[2 * row + axis] ?? 0), 0) / mine.length
      return { x: mean(0), y: mean(1), mine }
    }
    const centres = [centre(0), centre(1), centre(2)]
    let right = 0
    for (const [crowd, { mine }] of centres.entries()) {
      for (const row of mine) {
        const distances = centres.map(({ x, y }) =>
          Math.hypot((points[2 * row] ?? 0) - x, (points[2 * row + 1] ?? 0) - y),
        )
        if (distances.indexOf(Math.min(...distances)) === crowd) right++
      }
    }
    expect(right / rows).toBeGreaterThan(0.95)
  })

  it('fills the square from side to side', () => {
    const { points } = finish(300, 16, crowds(300, 16))
    for (const axis of [0, 1]) {
      const values = [...points].filter((_, at) => at % 2 === axis)
      expect(Math.min(...values)).toBeLessThan(-0.7)
      expect(Math.max(...values)).toBeGreaterThan(0.7)
      expect(Math.max(...values.map(Math.abs))).toBeLessThan(1.5)
    }
  })

  it('gives the same map for the same rows', () => {
    expect(finish(200, 16, crowds(200, 16)).points).toEqual(finish(200, 16, crowds(200, 16)).points)
  })

  it('gives others a turn among many rows', () => {
    const { points, turns } = finish(10_000, 4, crowds(10_000, 4))
    expect(turns.filter((placed) => placed > 0)).toEqual([4096, 8192])
    expect(turns.length).toBeGreaterThan(10)
    expect(points.every(Number.isFinite)).toBe(true)
  })

  it('has a place for every row of a database of none, one, two, or rows all alike', () => {
    for (const rows of [0, 1, 2, 50]) {
      const { points } = finish(rows, 3, () => Float32Array.of(1, 0, 0))
      expect(points).toHaveLength(rows * 2)
      expect(points.every(Number.isFinite)).toBe(true)
    }
  })
})

describe('placeAmong', () => {
  const points = Float32Array.of(0, 0, 1, 0, 0, 1)

  it('stands on the only neighbour, and nearest to the best of several', () => {
    expect(placeAmong(points, [{ row: 1, score: 0.4 }])).toEqual({ x: 1, y: 0 })
    const place = placeAmong(points, [
      { row: 2, score: 0.9 },
      { row: 0, score: 0.5 },
      { row: 1, score: 0.3 },
    ])
    expect(place?.y).toBeGreaterThan(0.7)
    expect(place?.x).toBeLessThan(0.2)
  })

  it('stands in the middle of neighbours equally near, and nowhere without any', () => {
    const place = placeAmong(
      points,
      [0, 1, 2].map((row) => ({ row, score: 0.5 })),
    )
    expect(place?.x).toBeCloseTo(1 / 3)
    expect(place?.y).toBeCloseTo(1 / 3)
    expect(placeAmong(points, [])).toBeNull()
  })
})
