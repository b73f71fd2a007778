// Seeded noise against torch.randn's numbers.

import { describe, expect, test } from 'vitest'
import { TorchGenerator } from '../../../src/core/tensor/random.ts'
import { readGoldenJson } from '../golden.ts'

interface Draw {
  readonly count: number
  readonly values?: readonly number[]
  readonly first?: readonly number[]
  readonly last?: readonly number[]
}

interface SeedCase {
  readonly seed: number
  readonly draws: readonly Draw[]
  readonly consecutive: readonly {
    readonly counts: readonly number[]
    readonly values: readonly (readonly number[])[]
  }[]
}

const { cases } = readGoldenJson<{ cases: readonly SeedCase[] }>('randn.json')

/** Numbers drawn one by one are exact; PyTorch computes blocks with vectorised approximations. */
function expectNoise(actual: Float32Array, expected: readonly number[], count: number): void {
  const tolerance = count < 16 ? 0 : 1e-6
  expect(actual.length).toBe(expected.length)
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((actual[i] ?? Number.NaN) - value), `number ${i} of ${count}`).toBeLessThanOrEqual(tolerance)
  }
}

describe.each(cases)('with seed $seed', ({ seed, draws, consecutive }) => {
  test.each(draws)('randn($count) is that of PyTorch', ({ count, values, first, last }) => {
    const { data } = new TorchGenerator(seed).randn([count])
    expect(data.length).toBe(count)
    if (values !== undefined) {
      expectNoise(data, values, count)
    } else {
      expectNoise(data.subarray(0, 8), first ?? [], count)
      expectNoise(data.subarray(count - 8), last ?? [], count)
    }
  })

  test.each(consecutive)(
    'draws of $counts from one generator follow one another as in PyTorch',
    ({ counts, values }) => {
      const generator = new TorchGenerator(seed)
      for (const [i, count] of counts.entries()) {
        expectNoise(generator.randn([count]).data, values[i] ?? [], count)
      }
    },
  )
})

test('noise has the dimensions asked for and is standard normal', () => {
  const { dims, data } = new TorchGenerator(3).randn([2, 16, 64, 64])
  expect(dims).toEqual([2, 16, 64, 64])
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length
  expect(mean).toBeCloseTo(0, 2)
  expect(variance).toBeCloseTo(1, 2)
})

test.each([-1, 0.5, 2 ** 53, Number.NaN])('seed %s is refused', (seed) => {
  expect(() => new TorchGenerator(seed)).toThrow(RangeError)
})
