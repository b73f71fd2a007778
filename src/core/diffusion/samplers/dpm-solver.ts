// DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, algorithm 2): good pictures in 8 to 12 steps.

import { predictClean } from './ddim.ts'
import { alphaAt, type Combination, type SamplerPlan } from './sampler.ts'

/**
 * Second-order multistep over predicted clean latents, deterministic; like the reference's samplers it ends at ᾱ[0]. The
 * first step is of first order for want of a history, and so is the last, the longest in log-SNR, where extrapolating
 * overshoots. (The authors lower the last step only below 15 steps; on mixtures of Gaussians, whose exact answer is known,
 * it pays at 20 and 50 as well.) More steps than the schedule has intervals run as many as it has.
 */
export function planDpmSolver(alphasCumprod: Float32Array, steps: number): SamplerPlan {
  const timesteps = spaceQuadratically(steps, alphasCumprod.length - 1)
  const count = timesteps.length - 1
  const levels = timesteps.map((timestep) => ({ timestep, ...measureNoise(alphaAt(alphasCumprod, timestep)) }))
  return levels.slice(0, count).map((level, i) => {
    const target = levels[i + 1] ?? level
    const before = levels[i - 1]
    const firstOrder = before === undefined || i === count - 1
    const clean = predictClean(level.alpha)
    const step = target.logSnr - level.logSnr
    const weight = -target.signal * Math.expm1(-step)
    const previousShare = firstOrder ? 0 : -step / (2 * (level.logSnr - before.logSnr))
    const next: Combination = {
      latents: target.noise / level.noise + weight * (1 - previousShare) * clean.latents,
      eps: weight * (1 - previousShare) * clean.eps,
      history: firstOrder ? [] : [weight * previousShare],
    }
    return [{ timestep: level.timestep, predictedX0: clean, next, remember: clean }]
  })
}

/**
 * Timesteps from the last one down to 0, even in their square roots ("time_quadratic" in the authors' code): against the
 * exact answer for guided mixtures of Gaussians 8 to 12 steps err less than half as much as with steps even in time or in
 * log-SNR. Near 0, where rounding would repeat a timestep, they go up one by one.
 */
function spaceQuadratically(steps: number, last: number): number[] {
  const count = Math.min(steps, last)
  const timesteps = [0]
  for (let i = 1; i <= count; i++) {
    const previous = timesteps.at(-1) ?? 0
    timesteps.push(Math.max(Math.round(last * (i / count) ** 2), previous + 1))
  }
  return timesteps.reverse()
}

/** The paper's α, σ and λ = log(α / σ) at noise level ᾱ. */
function measureNoise(alpha: number): { alpha: number; signal: number; noise: number; logSnr: number } {
  return {
    alpha,
    signal: Math.sqrt(alpha),
    noise: Math.sqrt(1 - alpha),
    logSnr: Math.log(alpha / (1 - alpha)) / 2,
  }
}
