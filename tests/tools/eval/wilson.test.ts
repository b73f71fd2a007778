import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanWithInterval, quantile, rankCorrelation, wilson } from '../../../tools/eval/wilson.ts'

describe('a share with its 95 % interval', () => {
  it.each([
    // Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i out of %i is that of the literature', (right, asked, low, high) => {
    const estimate = wilson(right, asked)
    expect(estimate.value).toBe(right / asked)
    expect(estimate.low).toBeCloseTo(low, 4)
    expect(estimate.high).toBeCloseTo(high, 4)
  })

  it('holds the share, stays within 0 and 1, and narrows as more is asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat({ max: 5000 }), (asked, at) => {
        const right = at % (asked + 1)
        const { value, low, high } = wilson(right, asked)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
        const more = wilson(right * 4, asked * 4)
        expect(more.high - more.low).toBeLessThan(high - low)
      }),
    )
  })

  it('does not exist where nothing was asked, or more was right than asked', () => {
    expect(() => wilson(0, 0)).toThrow(RangeError)
    expect(() => wilson(3, 2)).toThrow(RangeError)
    expect(() => wilson(Number.NaN, 2)).toThrow(RangeError)
  })
})

describe('the other statistics', () => {
  it('give a mean with the interval of the normal approximation', () => {
    const { value, low, high } = meanWithInterval([1, 2, 3, 4])
    expect(value).toBe(2.5)
    expect(high - value).toBeCloseTo((1.96 * Math.sqrt(5 / 3)) / 2, 3)
    expect(value - low).toBeCloseTo(high - value, 12)
    expect(() => meanWithInterval([])).toThrow(RangeError)
  })

  it('interpolate quantiles', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([4, 1, 3, 2], 0)).toBe(1)
    expect(quantile([4, 1, 3, 2], 1)).toBe(4)
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })

  it('correlate ranks: 1 for what only grows, -1 for what only falls, with equal values sharing a rank', () => {
    expect(rankCorrelation([0, 1, 2, 3], [0, 0.001, 0.9, 0.91])).toBeCloseTo(1, 12)
    expect(rankCorrelation([0, 1, 2, 3], [4, 3, 2, -7])).toBeCloseTo(-1, 12)
    // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: the textbook's formula by hand.
    expect(rankCorrelation([1, 5, 5, 9], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12)
  })
})
