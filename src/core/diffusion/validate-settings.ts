// Which settings a picture can be made with.

import type { GenerationSettings } from './recipe.ts'

/** A setting out of range: which, and its value. */
export class SettingsError extends RangeError {
  override readonly name = 'SettingsError'

  constructor(
    readonly setting: keyof GenerationSettings,
    readonly value: unknown,
    expected: string,
  ) {
    super(`${setting}: ${value} is not ${expected}`)
  }
}

/** More neighbours than this the published models were not trained with. */
export const MAX_NEIGHBOURS = 20

/** As many steps as there are training timesteps. */
export const MAX_STEPS = 1000

/** Width and height must be multiples of this: the U-Net halves latents, a sixteenth of the pixels, three times. */
export const SIZE_MULTIPLE = 128

const SAMPLERS: readonly unknown[] = ['ddim', 'plms', 'dpm'] satisfies GenerationSettings['sampler'][]

/** Checks every setting by itself, and eta against the sampler. Throws SettingsError for the first that is out of range. */
export function validateSettings(settings: GenerationSettings): void {
  const { sampler, guidance, eta } = settings
  requireInteger(settings, 'k', 0, MAX_NEIGHBOURS)
  requireInteger(settings, 'seed', 0, Number.MAX_SAFE_INTEGER)
  requireInteger(settings, 'steps', 1, MAX_STEPS)
  if (!SAMPLERS.includes(sampler)) {
    throw new SettingsError('sampler', sampler, `one of ${SAMPLERS.join(', ')}`)
  }
  if (!(Number.isFinite(guidance) && guidance >= 0)) {
    throw new SettingsError('guidance', guidance, 'a finite number from 0 on')
  }
  if (!(eta >= 0 && eta <= 1)) {
    throw new SettingsError('eta', eta, 'a number from 0 to 1')
  }
  if (eta !== 0 && sampler !== 'ddim') {
    throw new SettingsError('eta', eta, `0, the only one for ${sampler}`)
  }
  for (const side of ['width', 'height'] as const) {
    const pixels = settings[side]
    if (!(Number.isSafeInteger(pixels) && pixels > 0 && pixels % SIZE_MULTIPLE === 0)) {
      throw new SettingsError(side, pixels, `a multiple of ${SIZE_MULTIPLE} pixels`)
    }
  }
}

function requireInteger(settings: GenerationSettings, name: 'k' | 'seed' | 'steps', least: number, most: number): void {
  const value = settings[name]
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new SettingsError(name, value, `an integer from ${least} to ${most}`)
  }
}
