// The published schedule's check values, and which timesteps a number of steps visits.

import { describe, expect, test } from 'vitest'
import { createAlphasCumprod, spaceTimesteps } from '../../../src/core/diffusion/noise-schedule.ts'

const alphasCumprod = createAlphasCumprod({ linearStart: 0.0015, linearEnd: 0.015, timesteps: 1000 })

test.each([
  [0, 0.99849999],
  [1, 0.99699575],
  [10, 0.9832688],
  [100, 0.82957321],
  [250, 0.53910065],
  [500, 0.15529056],
  [750, 0.01909622],
  [981, 0.00106316735],
  [999, 0.000812518469],
])('ᾱ[%i] of the published model is %f', (timestep, expected) => {
  expect(Math.abs((alphasCumprod[timestep] ?? 0) - expected)).toBeLessThan(1e-8 * Math.max(1, expected / 0.1))
})

test('ᾱ falls at every timestep', () => {
  expect(alphasCumprod.every((alpha, t) => t === 0 || alpha < (alphasCumprod[t - 1] ?? 0))).toBe(true)
})

describe('timesteps', () => {
  test('50 steps visit 1, 21, … 981', () => {
    const timesteps = spaceTimesteps(50, 1000)
    expect(timesteps).toHaveLength(50)
    expect(timesteps.slice(0, 3)).toEqual([1, 21, 41])
    expect(timesteps.at(-1)).toBe(981)
  })

  test.each([
    [1, 1],
    [20, 20],
    [30, 31],
    [60, 63],
    [70, 72],
    [500, 500],
  ])('%i steps run %i, as in the reference', (steps, expected) => {
    expect(spaceTimesteps(steps, 1000)).toHaveLength(expected)
  })

  test('where the reference asks for timestep 1000, the last is 999 and the others stay', () => {
    expect(spaceTimesteps(3, 1000)).toEqual([1, 334, 667, 999])
    expect(spaceTimesteps(37, 1000).at(-1)).toBe(999)
    expect(spaceTimesteps(37, 1000).at(-2)).toBe(973)
  })

  test('from 501 steps on each timestep but the first is visited once', () => {
    expect(spaceTimesteps(1000, 1000)).toEqual(Array.from({ length: 999 }, (_, i) => i + 1))
  })

  test('every number of steps from 1 to 1000 gives ascending timesteps inside the schedule, at least as many as asked for', () => {
    for (let steps = 1; steps <= 1000; steps++) {
      const timesteps = spaceTimesteps(steps, 1000)
      const ascending = timesteps.every((t, i) => i === 0 || t > (timesteps[i - 1] ?? 0))
      expect({ steps, ascending, first: timesteps[0] }).toEqual({ steps, ascending: true, first: 1 })
      expect(timesteps.at(-1)).toBeLessThanOrEqual(999)
      expect(timesteps.length).toBeGreaterThanOrEqual(Math.min(steps, 999))
    }
  })
})
