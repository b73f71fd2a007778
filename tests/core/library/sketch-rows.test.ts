import { describe, expect, it } from 'vitest'
import { sketchRows } from '../../../src/core/library/sketch-rows.ts'
import { floatToHalfArray } from '../../../src/core/tensor/half.ts'

const dotsOf = (svg: string) =>
  Array.from(svg.matchAll(/<circle cx="([^"]*)" cy="([^"]*)"/g), ([, x, y]) => ({ x: Number(x), y: Number(y) }))

describe('a drawing of rows', () => {
  it('has a dot for each, those that are alike near each other, all of them inside', () => {
    const rows = Float32Array.from({ length: 60 * 3 }, (_, i) => {
      const row = Math.floor(i / 3)
      return (i % 3 === row % 2 ? 1 : 0) + 0.05 * Math.sin(i * 7)
    })
    const dots = dotsOf(sketchRows(floatToHalfArray(rows), 3))
    expect(dots).toHaveLength(60)
    for (const { x, y } of dots) for (const value of [x, y]) expect(value > 0 && value < 96).toBe(true)
    const middle = (odd: number) => {
      const group = dots.filter((_, row) => row % 2 === odd)
      return group.reduce((sum, { x }) => sum + x, 0) / group.length
    }
    expect(Math.abs(middle(0) - middle(1))).toBeGreaterThan(30)
  })

  it('is the same for the same rows, and can be made of a single one', () => {
    const rows = floatToHalfArray(Float32Array.of(1, 0))
    expect(sketchRows(rows, 2)).toBe(sketchRows(rows, 2))
    expect(dotsOf(sketchRows(rows, 2))).toHaveLength(1)
  })
})
