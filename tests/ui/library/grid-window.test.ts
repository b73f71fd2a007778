// The library's grid draws the cells that show, and the arrow keys reach all of them.

import { expect, it } from 'vitest'
import { cellEdges, layOutGrid, linesOf, stepInGrid, windowOf } from '../../../src/ui/library/grid-window.ts'

it('fits as many columns as there is room for, at least one', () => {
  const layout = layOutGrid(100, 600, 92, 8)
  expect(layout.columns).toBe(6)
  expect(layout.columns * layout.pitch).toBeCloseTo(608)
  expect(layOutGrid(100, 40, 92, 8).columns).toBe(1)
  expect(layOutGrid(0, 600, 92, 8).height).toBe(0)
})

it('draws a few rows of sixty thousand pictures, wherever one scrolls', () => {
  const layout = layOutGrid(60_000, 800, 92, 8)
  for (const scrollTop of [0, 1234, layout.height / 2, layout.height - 500]) {
    const { from, count } = windowOf(layout, 60_000, scrollTop, 500, 3)
    expect(count).toBeLessThan(layout.columns * 14)
    const top = Math.floor(from / layout.columns) * layout.pitch
    const bottom = Math.ceil((from + count) / layout.columns) * layout.pitch
    expect(top).toBeLessThanOrEqual(scrollTop)
    expect(bottom).toBeGreaterThanOrEqual(Math.min(scrollTop + 500, layout.height))
  }
})

it('draws nothing where there is nothing, and no cell past the last', () => {
  expect(windowOf(layOutGrid(0, 800, 92, 8), 0, 0, 500, 3).count).toBe(0)
  const few = layOutGrid(10, 800, 92, 8)
  expect(windowOf(few, 10, 0, 500, 3)).toEqual({ from: 0, count: 10 })
  expect(windowOf(few, 10, 1e6, 500, 3).count).toBe(0)
})

it('draws the lines of the window, and the one with the focus wherever it lies', () => {
  expect(linesOf({ from: 12, count: 16 }, 6, null)).toEqual([2, 3, 4])
  expect(linesOf({ from: 12, count: 16 }, 6, 20)).toEqual([2, 3, 4])
  expect(linesOf({ from: 12, count: 16 }, 6, 1)).toEqual([0, 2, 3, 4])
  expect(linesOf({ from: 12, count: 16 }, 6, 599)).toEqual([2, 3, 4, 99])
  expect(linesOf({ from: 0, count: 0 }, 6, null)).toEqual([])
})

it('begins and ends each cell with a pixel of the screen, and leaves the gaps alone', () => {
  for (const ratio of [1, 1.25, 1.5, 2, 3]) {
    const { columns, pitch } = layOutGrid(100, 613, 92, 8)
    for (let column = 0; column < columns; column++) {
      const { start, length } = cellEdges(column, pitch, pitch - 8, ratio)
      for (const edge of [start, start + length]) expect(edge * ratio).toBeCloseTo(Math.round(edge * ratio))
      const next = cellEdges(column + 1, pitch, pitch - 8, ratio).start
      expect(Math.abs(next - start - length - 8)).toBeLessThan(1.01 / ratio)
    }
  }
})

it('moves by cell, row and page, and stops at both ends', () => {
  expect(stepInGrid('ArrowRight', 0, 100, 6)).toBe(1)
  expect(stepInGrid('ArrowDown', 1, 100, 6)).toBe(7)
  expect(stepInGrid('ArrowUp', 3, 100, 6)).toBe(0)
  expect(stepInGrid('PageDown', 90, 100, 6)).toBe(99)
  expect(stepInGrid('End', 0, 100, 6)).toBe(99)
  expect(stepInGrid('Home', 50, 100, 6)).toBe(0)
  expect(stepInGrid('a', 0, 100, 6)).toBeNull()
  expect(stepInGrid('ArrowRight', 0, 0, 6)).toBeNull()
})
