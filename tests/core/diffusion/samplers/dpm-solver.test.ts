// DPM-Solver++(2M) against the exact flow of a distribution for which it is known.

import { describe, expect, test } from 'vitest'
import { createAlphasCumprod } from '../../../../src/core/diffusion/noise-schedule.ts'
import { planDdim } from '../../../../src/core/diffusion/samplers/ddim.ts'
import { planDpmSolver } from '../../../../src/core/diffusion/samplers/dpm-solver.ts'
import { type SamplerPlan, takeStep } from '../../../../src/core/diffusion/samplers/sampler.ts'
import { type Tensor, zeros } from '../../../../src/core/tensor/tensor.ts'

const alphasCumprod = createAlphasCumprod({ linearStart: 0.0015, linearEnd: 0.015, timesteps: 1000 })
const MEAN = 0.8
const DEVIATION = 0.4
const dims = [1, 1, 4, 8]

/** Standard deviation of noised data at a timestep, and what is left of its mean. */
function describeNoised(timestep: number): { mean: number; deviation: number; noise: number } {
  const alpha = alphasCumprod[timestep] ?? 0
  return {
    mean: Math.sqrt(alpha) * MEAN,
    deviation: Math.sqrt(alpha * DEVIATION ** 2 + 1 - alpha),
    noise: Math.sqrt(1 - alpha),
  }
}

/** The best prediction of the noise where data are normal with MEAN and DEVIATION. */
async function predictForNormal(latents: Tensor, timestep: number): Promise<Tensor> {
  const { mean, deviation, noise } = describeNoised(timestep)
  return { dims: latents.dims, data: latents.data.map((x) => (noise * (x - mean)) / deviation ** 2) }
}

async function run(plan: SamplerPlan): Promise<{ start: Tensor; end: Tensor; predictedX0: Tensor }> {
  const start = { dims, data: Float32Array.from({ length: 32 }, (_, i) => (i - 15.5) / 6) }
  let state = { latents: start as Tensor, history: [] as readonly Tensor[], predictedX0: start as Tensor }
  for (const step of plan) {
    state = await takeStep(step, predictForNormal, { ...state, noise: zeros(dims) })
  }
  return { start, end: state.latents, predictedX0: state.predictedX0 }
}

/** For normal data the flow keeps each point's place in standard deviations. */
function measureError({ start, end }: { start: Tensor; end: Tensor }): number {
  const from = describeNoised(999)
  const to = describeNoised(0)
  const squares = start.data.map((x, i) => {
    const exact = to.mean + (to.deviation * (x - from.mean)) / from.deviation
    return ((end.data[i] ?? Number.NaN) - exact) ** 2
  })
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
}

test.each([8, 10, 12])('%i steps come nearer to the exact flow than 50 of DDIM', async (steps) => {
  const ddim = measureError(await run(planDdim(alphasCumprod, 50, 0)))
  expect(measureError(await run(planDpmSolver(alphasCumprod, steps)))).toBeLessThan(ddim)
})

test('the error falls faster than in proportion to the steps', async () => {
  const few = measureError(await run(planDpmSolver(alphasCumprod, 20)))
  const many = measureError(await run(planDpmSolver(alphasCumprod, 80)))
  expect(many).toBeLessThan(few / 8)
})

describe('the plan', () => {
  test.each([1, 2, 8, 12, 50, 999])(
    'of %i steps has as many, falling from timestep 999, one evaluation each',
    (steps) => {
      const plan = planDpmSolver(alphasCumprod, steps)
      const timesteps = plan.map(([evaluation]) => evaluation?.timestep ?? -1)
      expect(plan.every((step) => step.length === 1)).toBe(true)
      expect(timesteps).toHaveLength(steps)
      expect(timesteps[0]).toBe(999)
      expect(timesteps.every((t, i) => t > 0 && (i === 0 || t < (timesteps[i - 1] ?? 0)))).toBe(true)
    },
  )

  test('of 1000 steps runs the 999 that the schedule has room for', () => {
    expect(planDpmSolver(alphasCumprod, 1000)).toHaveLength(999)
  })

  test('has finite weights throughout, also where timesteps are neighbours', () => {
    const weights = planDpmSolver(alphasCumprod, 999).flatMap(([evaluation]) => {
      const { latents = Number.NaN, eps = Number.NaN, history = [] } = evaluation?.next ?? {}
      return [latents, eps, ...history]
    })
    expect(weights.every(Number.isFinite)).toBe(true)
  })

  test('extrapolates from the second step to the last but one', () => {
    const terms = planDpmSolver(alphasCumprod, 6).map(([evaluation]) => evaluation?.next.history?.length)
    expect(terms).toEqual([0, 1, 1, 1, 1, 0])
  })
})

test('the prediction of clean latents nears the result', async () => {
  const { end, predictedX0 } = await run(planDpmSolver(alphasCumprod, 12))
  const apart = Math.max(...end.data.map((x, i) => Math.abs(x - (predictedX0.data[i] ?? Number.NaN))))
  expect(apart).toBeLessThan(0.05)
})
