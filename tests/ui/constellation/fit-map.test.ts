// The map fills its canvas, and the star moves with it.

import { expect, it } from 'vitest'
import { fitMap } from '../../../src/ui/constellation/fit-map.ts'

it('stretches a heap over the whole square, one straggler of five hundred left outside', () => {
  const rows = Array.from({ length: 500 }, (_, row) => [row / 1000, 0.5 - row / 2000])
  const points = Float32Array.from([...rows, [9, 9]].flat())
  const fitted = fitMap(points).points
  const inside = (axis: number) => fitted.filter((_, at) => at % 2 === axis).filter((value) => Math.abs(value) <= 1.05)
  expect(inside(0).length).toBeGreaterThanOrEqual(495)
  expect(inside(1).length).toBeGreaterThanOrEqual(495)
  expect(Math.max(...inside(0))).toBeGreaterThan(0.95)
  expect(Math.min(...inside(1))).toBeLessThan(-0.95)
  expect(points[0]).toBe(0)
})

it('moves a place as it moves the points', () => {
  const points = Float32Array.from([0, 0, 0.5, 0.25])
  const { points: fitted, place, placeBefore } = fitMap(points)
  expect([...fitted]).toEqual([-1, -1, 1, 1])
  expect(place({ x: 0.25, y: 0.25 })).toEqual({ x: 0, y: 1 })
  expect(placeBefore({ x: 0, y: 1 })).toEqual({ x: 0.25, y: 0.25 })
})

it('leaves a single point, and an empty map, in peace', () => {
  expect([...fitMap(Float32Array.from([0.3, 0.4])).points]).toEqual([0, 0])
  expect(fitMap(new Float32Array()).points).toHaveLength(0)
})
