// PLMS (Liu et al. 2022, arXiv 2202.09778): DDIM's steps along a multistep average of the predicted noise.

import { type DdimTransition, planTransitions } from './ddim.ts'
import type { Combination, SamplerPlan, SamplerStep } from './sampler.ts'

/** Adams-Bashforth weights of the newest prediction and the remembered ones, newest first, by how many there are. */
const ADAMS_BASHFORTH = [
  { eps: 3 / 2, history: [-1 / 2] },
  { eps: 23 / 12, history: [-16 / 12, 5 / 12] },
  { eps: 55 / 24, history: [-59 / 24, 37 / 24, -9 / 24] },
] as const

const REMEMBER_EPS: Combination = { latents: 0, eps: 1 }

/** The reference's PLMS (latent-diffusion, ldm/models/diffusion/plms.py): always deterministic, and one forward more than steps. */
export function planPlms(alphasCumprod: Float32Array, steps: number): SamplerPlan {
  const transitions = planTransitions(alphasCumprod, steps, 0)
  return transitions.map((transition, i) => {
    if (i === 0) {
      return startByHeun(transition, transitions[1]?.timestep ?? transition.timestep)
    }
    const average = ADAMS_BASHFORTH[Math.min(i, ADAMS_BASHFORTH.length) - 1]
    const { predictedX0, next, timestep } = transition
    return [
      {
        timestep,
        predictedX0: spread(predictedX0, average),
        next: spread(next, average),
        remember: REMEMBER_EPS,
      },
    ]
  })
}

/**
 * The first step has no history: it goes on provisionally, predicts again there, and repeats the step with the mean of both.
 * The second evaluation sees only the provisional latents, p = a x + b ε, so x is taken back out of them as (p - b ε) / a.
 */
function startByHeun(transition: DdimTransition, nextTimestep: number): SamplerStep {
  const { timestep, predictedX0, next } = transition
  const repeat = (target: Combination): Combination => ({
    latents: target.latents / next.latents,
    eps: target.eps / 2,
    history: [target.eps / 2 - (target.latents / next.latents) * next.eps],
  })
  return [
    { timestep, predictedX0, next, remember: REMEMBER_EPS },
    { timestep: nextTimestep, predictedX0: repeat(predictedX0), next: repeat(next), remember: null },
  ]
}

/** Puts an average over predictions in the place of the newest one. */
function spread(
  target: Combination,
  average: { readonly eps: number; readonly history: readonly number[] } | undefined,
): Combination {
  if (average === undefined) {
    return target
  }
  return {
    latents: target.latents,
    eps: target.eps * average.eps,
    history: average.history.map((weight) => target.eps * weight),
  }
}
