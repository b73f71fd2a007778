// The settings of a picture as stored JSON holds them: their kinds only, see validate-settings.ts for their ranges.

import * as v from 'valibot'
import type { GenerationSettings } from './recipe.ts'

/** The fields of an object schema. */
export const settingsFields = {
  k: v.number(),
  seed: v.number(),
  steps: v.number(),
  sampler: v.picklist(['ddim', 'plms', 'dpm']),
  guidance: v.number(),
  eta: v.number(),
  width: v.number(),
  height: v.number(),
} satisfies { [K in keyof GenerationSettings]: v.GenericSchema<GenerationSettings[K]> }
