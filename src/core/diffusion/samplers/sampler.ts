// What a sampler is: a plan of linear combinations, made before the first step and then followed.

import type { Tensor } from '../../tensor/tensor.ts'
import type { GuidedPrediction } from '../guidance.ts'

/** Weights of a sum over what the loop holds at an evaluation; what is left out counts zero. */
export interface Combination {
  /** Of the latents that the denoiser has just seen. */
  readonly latents: number
  /** Of the noise it predicted in them, after guidance. */
  readonly eps: number
  /** Of remembered tensors, newest first; never more than HISTORY_LENGTH. */
  readonly history?: readonly number[]
  /** Of this step's random draw. */
  readonly noise?: number
}

/** One call of the denoiser and what becomes of its answer. */
export interface Evaluation {
  /** Integer timestep, 0 to 999. */
  readonly timestep: number
  /** The clean latents as seen from here; does not feed back into the trajectory. */
  readonly predictedX0: Combination
  /** The latents that the next evaluation sees. */
  readonly next: Combination
  /** What goes into the history afterwards; null where nothing does. */
  readonly remember: Combination | null
}

/** One step, usually a single evaluation; the last one's `next` is the step's result. */
export type SamplerStep = readonly Evaluation[]

/** Every step, in the order in which they run: from noise to picture. */
export type SamplerPlan = readonly SamplerStep[]

/** How many remembered tensors are kept; enough for any plan. */
const HISTORY_LENGTH = 3

/** What a combination is taken over; all of one shape. */
interface SamplerState {
  readonly latents: Tensor
  readonly eps: Tensor
  /** Newest first. */
  readonly history: readonly Tensor[]
  readonly noise: Tensor
}

/** The weighted sum as a new tensor, accumulated in float64 and rounded once. Throws RangeError where the history is too short. */
function combine(weights: Combination, state: SamplerState): Tensor {
  const terms: [number, Float32Array][] = [
    [weights.latents, state.latents.data],
    [weights.eps, state.eps.data],
    [weights.noise ?? 0, state.noise.data],
  ]
  weights.history?.forEach((weight, age) => {
    const remembered = state.history[age]
    if (remembered === undefined) {
      throw new RangeError(`sampler: asks for ${age + 1} remembered tensors, there are ${state.history.length}`)
    }
    terms.push([weight, remembered.data])
  })
  const sum = new Float64Array(state.latents.data.length)
  for (const [weight, values] of terms) {
    if (weight === 0) {
      continue
    }
    for (let i = 0; i < sum.length; i++) {
      sum[i] = (sum[i] ?? 0) + weight * (values[i] ?? 0)
    }
  }
  return { dims: state.latents.dims, data: Float32Array.from(sum) }
}

/** What passes from one step to the next; the history is newest first and empty before the first step. */
export interface Trajectory {
  readonly latents: Tensor
  readonly history: readonly Tensor[]
}

/** Runs one step of a plan: all its evaluations, with the one random draw that the step has. */
export async function takeStep(
  step: SamplerStep,
  predict: GuidedPrediction,
  { latents, history, noise }: Trajectory & { readonly noise: Tensor },
): Promise<Trajectory & { readonly predictedX0: Tensor }> {
  let predictedX0 = latents
  for (const evaluation of step) {
    const eps = await predict(latents, evaluation.timestep)
    const state = { latents, eps, history, noise }
    predictedX0 = combine(evaluation.predictedX0, state)
    latents = combine(evaluation.next, state)
    if (evaluation.remember !== null) {
      history = [combine(evaluation.remember, state), ...history].slice(0, HISTORY_LENGTH)
    }
  }
  return { latents, history, predictedX0 }
}

/** ᾱ at a timestep. Throws RangeError outside the schedule. */
export function alphaAt(alphasCumprod: Float32Array, timestep: number): number {
  const alpha = alphasCumprod[timestep]
  if (alpha === undefined) {
    throw new RangeError(`sampler: no timestep ${timestep} in a schedule of ${alphasCumprod.length}`)
  }
  return alpha
}
