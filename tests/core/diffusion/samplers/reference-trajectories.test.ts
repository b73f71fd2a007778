// DDIM and PLMS against the reference's trajectories over a stand-in denoiser.

import { describe, expect, test } from 'vitest'
import { createAlphasCumprod } from '../../../../src/core/diffusion/noise-schedule.ts'
import { planDdim } from '../../../../src/core/diffusion/samplers/ddim.ts'
import { planPlms } from '../../../../src/core/diffusion/samplers/plms.ts'
import { type SamplerPlan, takeStep } from '../../../../src/core/diffusion/samplers/sampler.ts'
import type { Tensor } from '../../../../src/core/tensor/tensor.ts'
import { expectClose, makeGoldenInput, readGoldenArray, readGoldenJson } from '../../golden.ts'

interface StoredArray {
  readonly file: string
  readonly shape: readonly number[]
}

interface TrajectoryCase {
  readonly name: string
  readonly sampler: 'ddim' | 'plms'
  readonly eta: number
  readonly steps: number
  readonly timesteps: readonly number[]
  readonly firstEight: readonly (readonly number[])[]
  readonly output: StoredArray
  readonly predicted: StoredArray
  readonly predictedStep: number
}

interface Table {
  readonly timesteps: readonly number[]
  readonly alphas: readonly number[]
  readonly alphasPrev: readonly number[]
  readonly sqrtOneMinusAlphas: readonly number[]
  readonly sigmas: readonly number[]
}

const alphasCumprod = createAlphasCumprod({ linearStart: 0.0015, linearEnd: 0.015, timesteps: 1000 })
const { start, cases } = readGoldenJson<{
  start: { key: string; shape: readonly number[] }
  cases: readonly TrajectoryCase[]
}>('samplers.json')

async function predictStandIn({ dims, data }: Tensor, timestep: number): Promise<Tensor> {
  return { dims, data: data.map((value) => Math.tanh(value * (0.5 + timestep / 1000))) }
}

async function follow(plan: SamplerPlan) {
  let state = { latents: makeGoldenInput(start.key, start.shape), history: [] as readonly Tensor[] }
  const trajectory: { latents: Tensor; predictedX0: Tensor }[] = []
  for (const [k, step] of plan.entries()) {
    const noise = makeGoldenInput(`input.sampler.noise.${k}`, start.shape)
    const taken = await takeStep(step, predictStandIn, { ...state, noise })
    trajectory.push(taken)
    state = taken
  }
  return trajectory
}

describe.each(cases)('$name', (golden) => {
  const { sampler, steps, eta } = golden
  const plan = sampler === 'ddim' ? planDdim(alphasCumprod, steps, eta) : planPlms(alphasCumprod, steps)

  test("visits the reference's timesteps, noisiest first", () => {
    expect(plan.map((step) => step[0]?.timestep).reverse()).toEqual(golden.timesteps)
  })

  test('follows the reference at every step', async () => {
    const trajectory = await follow(plan)
    expect(trajectory).toHaveLength(golden.firstEight.length)
    for (const [k, expected] of golden.firstEight.entries()) {
      expectClose(trajectory[k]?.latents.data.subarray(0, 8) ?? [], expected, 1e-5)
    }
    expectClose(trajectory.at(-1)?.latents.data ?? [], readGoldenArray(golden.output).data, 1e-5)
    const predicted = trajectory[golden.predictedStep]?.predictedX0.data ?? []
    expectClose(predicted, readGoldenArray(golden.predicted).data, 1e-5)
  })
})

test.each([0, 1])("DDIM's coefficients of 50 steps with eta %i come from the reference's tables", (eta) => {
  const tables = readGoldenJson<Record<string, Table>>('sampler-tables-50.json')
  const table = tables[`eta${eta}`]
  const plan = planDdim(alphasCumprod, 50, eta).toReversed()
  expect(plan).toHaveLength(table?.timesteps.length ?? 0)
  for (const [i, [evaluation]] of plan.entries()) {
    const alpha = table?.alphas[i] ?? 0
    const previous = table?.alphasPrev[i] ?? 0
    const root = table?.sqrtOneMinusAlphas[i] ?? 0
    const sigma = table?.sigmas[i] ?? 0
    const { predictedX0, next } = evaluation ?? {}
    expect(evaluation?.timestep).toBe(table?.timesteps[i])
    expect(predictedX0?.latents).toBeCloseTo(1 / Math.sqrt(alpha), 6)
    expect(predictedX0?.eps).toBeCloseTo(-root / Math.sqrt(alpha), 5)
    expect(next?.latents).toBeCloseTo(Math.sqrt(previous / alpha), 6)
    expect(next?.noise).toBeCloseTo(sigma, 6)
    const direction = Math.sqrt(1 - previous - sigma ** 2)
    expect(next?.eps).toBeCloseTo(direction - root * Math.sqrt(previous / alpha), 5)
  }
})

test('PLMS calls the denoiser once more than it takes steps, twice in the first', () => {
  const plan = planPlms(alphasCumprod, 20)
  expect(plan.map((step) => step.length)).toEqual([2, ...Array(19).fill(1)])
  expect(plan[0]?.map(({ timestep }) => timestep)).toEqual([951, 901])
})

test('a single PLMS step predicts twice at its one timestep', () => {
  expect(planPlms(alphasCumprod, 1).map((step) => step.map(({ timestep }) => timestep))).toEqual([[1, 1]])
})
