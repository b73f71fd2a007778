// Guidance: what the denoiser is asked, and how its two answers are weighed.

import { expect, test } from 'vitest'
import { createGuidedPrediction } from '../../../src/core/diffusion/guidance.ts'
import type { Denoiser } from '../../../src/core/diffusion/model-parts.ts'
import { type Tensor, tensor } from '../../../src/core/tensor/tensor.ts'

interface Question {
  readonly latents: Tensor
  readonly timestep: number
  readonly context: Tensor
}

/** Answers each sample with its latents plus the sum of its context. */
function createFake(questions: Question[]): Denoiser {
  return {
    predictNoise: async (latents, timestep, context) => {
      questions.push({ latents, timestep, context })
      const [batch = 1] = latents.dims
      const size = latents.data.length / batch
      const contextSize = context.data.length / batch
      const data = latents.data.map((value, i) => {
        const sample = Math.floor(i / size)
        return context.data
          .subarray(sample * contextSize, (sample + 1) * contextSize)
          .reduce((sum, x) => sum + x, value)
      })
      return { dims: latents.dims, data }
    },
  }
}

const latents = tensor(Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2])
const context = tensor(Float32Array.of(0.5, 0.25, 1, 0.25), [1, 2, 2])

test('one forward of batch 2 asks for the unconditional half first, with zeros for context', async () => {
  const questions: Question[] = []
  const eps = await createGuidedPrediction(createFake(questions), context, 5)(latents, 981)
  expect(questions).toEqual([
    {
      latents: tensor(Float32Array.of(1, 2, 3, 4, 1, 2, 3, 4), [2, 1, 2, 2]),
      timestep: 981,
      context: tensor(Float32Array.of(0, 0, 0, 0, 0.5, 0.25, 1, 0.25), [2, 2, 2]),
    },
  ])
  expect(eps).toEqual(tensor(Float32Array.of(11, 12, 13, 14), [1, 1, 2, 2]))
})

test('scale 0 leaves the unconditional prediction', async () => {
  expect([...(await createGuidedPrediction(createFake([]), context, 0)(latents, 1)).data]).toEqual([1, 2, 3, 4])
})

test('scale 1 is one forward of batch 1, untouched', async () => {
  const questions: Question[] = []
  const eps = await createGuidedPrediction(createFake(questions), context, 1)(latents, 1)
  expect(questions).toEqual([{ latents, timestep: 1, context }])
  expect([...eps.data]).toEqual([3, 4, 5, 6])
})
