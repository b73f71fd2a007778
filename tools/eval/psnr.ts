// How near one picture is to another, pixel by pixel.

import type { RgbImage } from '../../src/core/diffusion/model-parts.ts'

/** Peak signal-to-noise ratio, in decibels; infinite where the pictures are equal. @throws RangeError for two sizes */
export function psnr(a: RgbImage, b: RgbImage): number {
  if (a.width !== b.width || a.height !== b.height) {
    throw new RangeError(`psnr: ${a.width} × ${a.height} against ${b.width} × ${b.height} pixels`)
  }
  let squares = 0
  for (let i = 0; i < a.data.length; i++) squares += ((a.data[i] ?? 0) - (b.data[i] ?? 0)) ** 2
  return 10 * Math.log10(255 ** 2 / (squares / a.data.length))
}
