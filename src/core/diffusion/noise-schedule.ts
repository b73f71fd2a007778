// How noisy each training timestep is, and which timesteps a sampler visits.

/** The schedule's description as pack.json gives it. */
export interface NoiseSchedule {
  readonly linearStart: number
  readonly linearEnd: number
  /** Training timesteps, 1000 in the published models. */
  readonly timesteps: number
}

/**
 * ᾱ for each training timestep: betas run linearly in their square roots, products accumulate in float64 and are stored
 * as float32. (latent-diffusion, ldm/modules/diffusionmodules/util.py, make_beta_schedule, "linear")
 */
export function createAlphasCumprod({ linearStart, linearEnd, timesteps }: NoiseSchedule): Float32Array {
  const start = Math.sqrt(linearStart)
  const increment = timesteps > 1 ? (Math.sqrt(linearEnd) - start) / (timesteps - 1) : 0
  const alphasCumprod = new Float32Array(timesteps)
  let product = 1
  for (let t = 0; t < timesteps; t++) {
    product *= 1 - (start + t * increment) ** 2
    alphasCumprod[t] = product
  }
  return alphasCumprod
}

/**
 * The timesteps that DDIM and PLMS visit, ascending: every c-th from 1 on, c = floor(trainingTimesteps / steps), as the
 * reference spaces them (util.py, make_ddim_timesteps, "uniform"). Their number is that of the spacing, not always
 * `steps`: 30 gives 31.
 *
 * Where c divides 999 (3, 9, 27, 36, 37, 101 to 111, 251 to 333, and 501 and more steps) the reference asks for timestep
 * 1000, which does not exist, and fails. Here that one becomes 999: sampling then still starts from the noisiest timestep
 * and no other one moves. With c = 1 it would come twice and is left out, so 501 steps and more run 999.
 */
export function spaceTimesteps(steps: number, trainingTimesteps: number): number[] {
  const stride = Math.floor(trainingTimesteps / steps)
  const timesteps: number[] = []
  for (let t = 1; t <= trainingTimesteps; t += stride) {
    const clamped = Math.min(t, trainingTimesteps - 1)
    if (clamped !== timesteps.at(-1)) {
      timesteps.push(clamped)
    }
  }
  return timesteps
}
