// Classifier-free guidance (Ho and Salimans 2022): away from the unconditional prediction, towards the conditional one.

import type { Tensor } from '../tensor/tensor.ts'
import { createUnconditionalContext, stackContexts } from './conditioning.ts'
import type { Denoiser } from './model-parts.ts'

/** Predicts the guided noise in latents [1, channels, h, w]. */
export type GuidedPrediction = (latents: Tensor, timestep: number) => Promise<Tensor>

/**
 * Binds a denoiser to a context and a guidance scale s: ε = ε_u + s (ε_c - ε_u), both out of one forward of batch 2 in the
 * reference's order [unconditional, conditional] (latent-diffusion, ldm/models/diffusion/ddim.py). Scale 1 is the
 * conditional prediction itself, from one forward of batch 1.
 *
 * @param context [1, tokens, dim]
 */
export function createGuidedPrediction(denoiser: Denoiser, context: Tensor, scale: number): GuidedPrediction {
  if (scale === 1) {
    return (latents, timestep) => denoiser.predictNoise(latents, timestep, context)
  }
  const contexts = stackContexts(createUnconditionalContext(context), context)
  return async (latents, timestep) => {
    const eps = await denoiser.predictNoise(repeatTwice(latents), timestep, contexts)
    return guide(eps, scale)
  }
}

function repeatTwice({ dims, data }: Tensor): Tensor {
  const twice = new Float32Array(2 * data.length)
  twice.set(data)
  twice.set(data, data.length)
  return { dims: [2, ...dims.slice(1)], data: twice }
}

function guide({ dims, data }: Tensor, scale: number): Tensor {
  const half = data.length / 2
  const guided = new Float32Array(half)
  for (let i = 0; i < half; i++) {
    const unconditional = data[i] ?? 0
    const conditional = data[half + i] ?? 0
    guided[i] = unconditional + scale * (conditional - unconditional)
  }
  return { dims: [1, ...dims.slice(1)], data: guided }
}
