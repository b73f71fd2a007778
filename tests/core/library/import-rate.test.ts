import { expect, it } from 'vitest'
import { createPace } from '../../../src/core/library/import-rate.ts'

it('the pace is that since the last measure more than ten seconds old, and there is none before the second measure', () => {
  let now = 0
  const pace = createPace(() => now)
  expect(pace(0, 100)).toEqual({ ratePerSecond: 0, secondsLeft: null })
  now = 5000
  expect(pace(10, 100)).toEqual({ ratePerSecond: 2, secondsLeft: 45 })
  now = 20_000
  expect(pace(10, 100).ratePerSecond).toBe(0)
  now = 25_000
  expect(pace(60, 100)).toEqual({ ratePerSecond: 2.5, secondsLeft: 16 })
})
