// Reads a picture file of a person's as CLIP is to see it.

import sharp from 'sharp'
import type { RgbImage } from '../src/core/diffusion/model-parts.ts'
import { UsageError } from './arguments.ts'

/**
 * Turned as the camera says; what is transparent becomes white, as on paper. Throws UsageError for what is no picture, or has
 * not three channels then.
 */
export async function readRgb(path: string): Promise<RgbImage> {
  const picture = sharp(path).autoOrient().flatten({ background: 'white' }).toColourspace('srgb').raw()
  const { data, info } = await picture.toBuffer({ resolveWithObject: true }).catch((error: Error) => {
    throw new UsageError(`${path}: ${error.message}`)
  })
  if (info.channels !== 3) throw new UsageError(`${path}: ${info.channels} channels, not 3`)
  return { width: info.width, height: info.height, data }
}
