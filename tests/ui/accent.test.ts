// The accent's hue: what a picture is remembered by, and nothing where there is no colour.

import { expect, test } from 'vitest'
import { findAccent, looksAlike, turnFromTrouble } from '../../src/ui/canvas/accent.ts'

type Rgb = readonly [number, number, number]

/** Pixels of each colour in turn. */
function paint(...areas: readonly (readonly [count: number, colour: Rgb])[]): Uint8ClampedArray {
  return Uint8ClampedArray.from(
    areas.flatMap(([count, [r, g, b]]) => Array.from({ length: count }, () => [r, g, b, 255]).flat()),
  )
}

test('pure sRGB colours have the hues that the CSS specification gives for OKLCH', () => {
  expect(findAccent(paint([10, [255, 0, 0]]))?.hue).toBeCloseTo(29.23, 1)
  expect(findAccent(paint([10, [0, 255, 0]]))?.hue).toBeCloseTo(142.5, 1)
  expect(findAccent(paint([10, [0, 0, 255]]))?.hue).toBeCloseTo(264.05, 1)
})

test('a small red house outweighs a wide pale sky', () => {
  expect(findAccent(paint([400, [200, 212, 220]], [60, [190, 40, 30]]))?.hue).toBeCloseTo(30, -1)
})

test('a hue on the seam between 359 and 0 degrees is found whole', () => {
  const hue = findAccent(paint([50, [255, 90, 150]], [50, [255, 100, 130]]))?.hue ?? 180
  expect(Math.min(hue, 360 - hue)).toBeLessThan(20)
})

test('a charcoal drawing has no accent', () => {
  expect(findAccent(paint([100, [30, 30, 30]], [300, [236, 234, 232]]))).toBeNull()
})

test('an empty picture has no accent', () => {
  expect(findAccent(new Uint8ClampedArray())).toBeNull()
})

test('a pale picture is less strong than a vivid one', () => {
  const pale = findAccent(paint([100, [205, 196, 190]]))?.strength ?? 1
  const vivid = findAccent(paint([100, [210, 60, 40]]))?.strength ?? 0
  expect(pale).toBeLessThan(vivid)
  expect(vivid).toBe(1)
})

test('accents a little apart look alike, over the seam too; those that differ in hue or strength do not', () => {
  const accent = { hue: 358, strength: 0.5 }
  expect(looksAlike(accent, { hue: 1, strength: 0.52 })).toBe(true)
  expect(looksAlike(accent, { hue: 8, strength: 0.5 })).toBe(false)
  expect(looksAlike(accent, { hue: 358, strength: 0.6 })).toBe(false)
})

test('the accent of a red picture is no hue that says trouble: warm reds turn to amber, cool ones to rose', () => {
  const red = findAccent(paint([10, [220, 30, 20]]))
  if (red === null) throw new Error('no accent')
  expect(turnFromTrouble(red)).toEqual({ hue: 60, strength: 0.75 })
  expect(turnFromTrouble({ hue: 5, strength: 0.4 })).toEqual({ hue: 356, strength: 0.4 })
  for (const hue of [60, 140, 264, 356]) expect(turnFromTrouble({ hue, strength: 1 })).toEqual({ hue, strength: 1 })
})
