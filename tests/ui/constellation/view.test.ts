// What the constellation's canvas looks at: moving and zooming keep under the hand what was under it.

import { expect, it } from 'vitest'
import { maxScale, panBy, toCanvas, toMap, WHOLE_MAP, zoomAt } from '../../../src/ui/constellation/view.ts'

const size = { width: 600, height: 300 }

it('shows the whole map at first, its middle in the canvas’s middle', () => {
  expect(toCanvas(WHOLE_MAP, size, { x: 0, y: 0 })).toEqual({ x: 300, y: 150 })
  for (const corner of [
    { x: -1, y: -1 },
    { x: 1, y: 1 },
  ]) {
    const at = toCanvas(WHOLE_MAP, size, corner)
    expect(at.x).toBeGreaterThan(0)
    expect(at.x).toBeLessThan(size.width)
    expect(at.y).toBeGreaterThan(0)
    expect(at.y).toBeLessThan(size.height)
  }
})

it('turns canvas places into map places and back', () => {
  const view = { x: 0.2, y: -0.3, scale: 5 }
  const at = { x: 120, y: 260 }
  const back = toCanvas(view, size, toMap(view, size, at))
  expect(back.x).toBeCloseTo(at.x)
  expect(back.y).toBeCloseTo(at.y)
})

it('keeps what lies under the pointer there while zooming', () => {
  const at = { x: 350, y: 120 }
  const before = toMap(WHOLE_MAP, size, at)
  const view = zoomAt(WHOLE_MAP, size, at, 3, 100)
  const after = toMap(view, size, at)
  expect(view.scale).toBe(3)
  expect(after.x).toBeCloseTo(before.x)
  expect(after.y).toBeCloseTo(before.y)
})

it('follows the hand while dragging', () => {
  const view = { x: 0, y: 0, scale: 4 }
  const at = toCanvas(view, size, { x: 0.1, y: 0.1 })
  const moved = toCanvas(panBy(view, size, 30, -20), size, { x: 0.1, y: 0.1 })
  expect(moved.x - at.x).toBeCloseTo(30)
  expect(moved.y - at.y).toBeCloseTo(-20)
})

it('zooms no farther out than the whole map, no farther in than single pictures, and cannot lose the map', () => {
  expect(zoomAt({ x: 0.5, y: 0.5, scale: 2 }, size, { x: 0, y: 0 }, 0.01, 100)).toEqual({ x: 0, y: 0, scale: 1 })
  expect(zoomAt(WHOLE_MAP, size, { x: 0, y: 0 }, 1e9, maxScale(60_000)).scale).toBe(maxScale(60_000))
  const lost = panBy({ x: 0, y: 0, scale: 10 }, size, 1e7, -1e7)
  expect(Math.abs(lost.x)).toBeLessThanOrEqual(1.1)
  expect(Math.abs(lost.y)).toBeLessThanOrEqual(1.1)
  expect(panBy(WHOLE_MAP, size, 100, 100)).toEqual({ x: 0, y: 0, scale: 1 })
})
