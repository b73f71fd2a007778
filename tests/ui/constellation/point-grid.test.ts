// Points found by place are those that a look at every point finds; and as dots they land where they lie.

import { describe, expect, it } from 'vitest'
import { TorchGenerator } from '../../../src/core/tensor/random.ts'
import { paintDots } from '../../../src/ui/constellation/paint-dots.ts'
import { createPointGrid } from '../../../src/ui/constellation/point-grid.ts'

const points = Float32Array.from(new TorchGenerator(5).randn([5000, 2]).data, (value) => value * 0.6)
const grid = createPointGrid(points)
const rows = Array.from({ length: points.length / 2 }, (_, row) => row)
const x = (row: number) => points[2 * row] ?? 0
const y = (row: number) => points[2 * row + 1] ?? 0

describe('a point grid', () => {
  it('finds the points inside a rectangle, stragglers beyond its edge too', () => {
    for (const part of [
      { left: -0.3, right: 0.25, top: 0.1, bottom: 0.4 },
      { left: 1, right: 9, top: -9, bottom: 9 },
      { left: -9, right: 9, top: -9, bottom: 9 },
      { left: 0.5, right: 0.4, top: 0, bottom: 1 },
    ]) {
      const inside = rows.filter(
        (row) => x(row) >= part.left && x(row) <= part.right && y(row) >= part.top && y(row) <= part.bottom,
      )
      const found: number[] = []
      grid.forEachIn(part, (row) => found.push(row))
      expect(found.sort((a, b) => a - b)).toEqual(inside)
      expect(grid.countIn(part)).toBe(inside.length)
    }
  })

  it('finds the nearest point within reach, and none beyond it', () => {
    const reach = { x: 0.1, y: 0.05 }
    const distance = (row: number) => Math.hypot((x(row) - 0.3) / reach.x, (y(row) + 0.2) / reach.y)
    const nearest = rows.reduce((best, row) => (distance(row) < distance(best) ? row : best))
    expect(grid.nearest(0.3, -0.2, reach)).toBe(nearest)
    expect(grid.nearest(40, 40, reach)).toBeNull()
  })

  it('takes a map without points', () => {
    const empty = createPointGrid(new Float32Array(0))
    expect(empty.countIn({ left: -9, right: 9, top: -9, bottom: 9 })).toBe(0)
    expect(empty.nearest(0, 0, { x: 1, y: 1 })).toBeNull()
  })
})

describe('dots', () => {
  const size = { width: 100, height: 50 }
  const dot = { red: 10, green: 20, blue: 30, alpha: 0.5, side: 2 }
  const pixels = () => ({ width: 200, height: 100, data: new Uint8ClampedArray(200 * 100 * 4).fill(9) })

  it('land where their points lie, in their colour, and nowhere else', () => {
    const one = pixels()
    paintDots(one, createPointGrid(Float32Array.of(0, 0)), { x: 0, y: 0, scale: 1 }, size, dot)
    const at = (50 * 200 + 100) * 4
    expect([...one.data.subarray(at, at + 3)]).toEqual([10, 20, 30])
    expect(one.data[at + 3]).toBeGreaterThan(100)
    expect(one.data.filter((_, byte) => byte % 4 === 3).reduce((sum, alpha) => sum + (alpha > 0 ? 1 : 0), 0)).toBe(4)
  })

  it('add up where they meet', () => {
    const two = pixels()
    paintDots(two, createPointGrid(Float32Array.of(0, 0, 0, 0)), { x: 0, y: 0, scale: 1 }, size, dot)
    expect(two.data[(50 * 200 + 100) * 4 + 3]).toBeGreaterThan(180)
  })
})
