// DDIM (Song et al. 2020, arXiv 2010.02502), with the timesteps and the tables of the reference.

import { spaceTimesteps } from '../noise-schedule.ts'
import { alphaAt, type Combination, type SamplerPlan } from './sampler.ts'

/** One step between two noise levels, as weights of x, ε and fresh noise. */
export interface DdimTransition {
  readonly timestep: number
  readonly predictedX0: Combination
  readonly next: Combination
}

/**
 * DDIM's transitions from the noisiest timestep down. The last one leads to ᾱ[0], not to 1, as in the reference
 * (latent-diffusion, ldm/models/diffusion/ddim.py, p_sample_ddim; util.py, make_ddim_sampling_parameters).
 */
export function planTransitions(alphasCumprod: Float32Array, steps: number, eta: number): DdimTransition[] {
  const timesteps = spaceTimesteps(steps, alphasCumprod.length)
  const transitions = timesteps.map((timestep, i) => {
    const alpha = alphaAt(alphasCumprod, timestep)
    const previous = alphaAt(alphasCumprod, timesteps[i - 1] ?? 0)
    const sigma = eta * Math.sqrt(((1 - previous) / (1 - alpha)) * (1 - alpha / previous))
    const predictedX0 = predictClean(alpha)
    const towardsNoise = Math.sqrt(1 - previous - sigma ** 2)
    const scale = Math.sqrt(previous)
    const next = {
      latents: scale * predictedX0.latents,
      eps: scale * predictedX0.eps + towardsNoise,
      noise: sigma,
    }
    return { timestep, predictedX0, next }
  })
  return transitions.reverse()
}

/** The clean latents out of x and ε at noise level ᾱ: (x - sqrt(1 - ᾱ) ε) / sqrt(ᾱ). */
export function predictClean(alpha: number): { readonly latents: number; readonly eps: number } {
  return { latents: 1 / Math.sqrt(alpha), eps: -Math.sqrt((1 - alpha) / alpha) }
}

/** @param eta 0 deterministic, 1 as noisy as DDPM */
export function planDdim(alphasCumprod: Float32Array, steps: number, eta: number): SamplerPlan {
  return planTransitions(alphasCumprod, steps, eta).map((transition) => [{ ...transition, remember: null }])
}
