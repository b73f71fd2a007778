// A run taken up again where another stopped makes the same picture; a run that goes wrong says so.

import { describe, expect, it } from 'vitest'
import { BrokenNumbersError } from '../../../src/core/diffusion/broken-numbers.ts'
import { type Generated, generate, type ResumePoint } from '../../../src/core/diffusion/generate.ts'
import type { ModelParts } from '../../../src/core/diffusion/model-parts.ts'
import { createAlphasCumprod } from '../../../src/core/diffusion/noise-schedule.ts'
import { DEFAULT_SETTINGS, type GenerationSettings } from '../../../src/core/diffusion/recipe.ts'
import { type Tensor, tensor } from '../../../src/core/tensor/tensor.ts'

const SIDE = 128
const context = tensor(Float32Array.of(0.6, 0.8), [1, 1, 2])
const STEPS = 5

/** The noise is a smooth function of the latents, the picture the first latents repeated. */
function createParts(change: Partial<Pick<ModelParts, 'denoiser' | 'decoder'>> = {}) {
  let forwards = 0
  const parts: ModelParts = {
    latentChannels: 4,
    contextDim: 2,
    alphasCumprod: createAlphasCumprod({ linearStart: 0.0015, linearEnd: 0.015, timesteps: 1000 }),
    denoiser: {
      predictNoise: async ({ dims, data }, timestep) => {
        forwards++
        return tensor(
          data.map((x) => Math.tanh(x * (0.5 + timestep / 1000))),
          dims,
        )
      },
    },
    decoder: {
      decodeLatents: async ({ data }) =>
        tensor(
          Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => data[i % data.length] ?? 0),
          [1, 3, SIDE, SIDE],
        ),
    },
    ...change,
  }
  return { parts, forwards: () => forwards }
}

async function run(
  parts: ModelParts,
  change: Partial<GenerationSettings>,
  resume?: ResumePoint,
): Promise<{ result: Generated; reached: ResumePoint[] }> {
  const settings = { ...DEFAULT_SETTINGS, steps: STEPS, width: SIDE, height: SIDE, seed: 3, ...change }
  const generator = generate(parts, { context, settings, now: () => 0, ...(resume && { resume }) })
  const reached: ResumePoint[] = []
  for (;;) {
    const { done, value } = await generator.next()
    if (done) return { result: value, reached }
    if (value.kind === 'step') reached.push(structuredClone(value.reached))
  }
}

describe.each([
  { sampler: 'ddim', eta: 0 },
  { sampler: 'ddim', eta: 0.7 },
  { sampler: 'plms', eta: 0 },
  { sampler: 'dpm', eta: 0 },
] as const)('$sampler with eta $eta', (change) => {
  it('ends in the same picture from wherever it is taken up again', async () => {
    const { result: whole, reached } = await run(createParts().parts, change)
    expect(reached.length).toBeGreaterThanOrEqual(STEPS)
    for (const point of reached) {
      const { parts, forwards } = createParts()
      const { result, reached: after } = await run(parts, change, point)
      expect(result.latents).toEqual(whole.latents)
      expect(Buffer.compare(Buffer.from(result.pixels.data), Buffer.from(whole.pixels.data))).toBe(0)
      expect(after.map(({ step }) => step)).toEqual(reached.map(({ step }) => step).filter((step) => step > point.step))
      expect(forwards()).toBe(after.length)
    }
  })
})

it('refuses a point beyond the last step, or of another size', async () => {
  const { parts } = createParts()
  const latents: Tensor = tensor(new Float32Array(4 * 64), [1, 4, 8, 8])
  await expect(run(parts, {}, { step: 99, latents, history: [] })).rejects.toThrow(RangeError)
  await expect(run(parts, { width: 256 }, { step: 1, latents, history: [] })).rejects.toThrow(RangeError)
})

it.each([Number.NaN, Number.POSITIVE_INFINITY])('stops at the step whose numbers turn %d', async (bad) => {
  let calls = 0
  const predictNoise = async ({ dims, data }: Tensor) => tensor(++calls < 3 ? data : data.map(() => bad), dims)
  const running = run(createParts({ denoiser: { predictNoise } }).parts, {})
  await expect(running).rejects.toThrow(BrokenNumbersError)
  await expect(running).rejects.toThrow(/^step 3: /)
})

it('does not pass a black picture off as a result', async () => {
  const decodeLatents = async () => tensor(new Float32Array(3 * SIDE * SIDE).fill(-1), [1, 3, SIDE, SIDE])
  await expect(run(createParts({ decoder: { decodeLatents } }).parts, {})).rejects.toThrow(/^decoder: all .* are -1$/)
})
