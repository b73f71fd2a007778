// From latents and decoded tensors to pixels.

import type { PackManifest } from '../pack/manifest.ts'
import { sizeOf, type Tensor } from '../tensor/tensor.ts'
import type { RgbImage } from './model-parts.ts'

/** The pack's linear map from latent channels to colours. */
export type LatentToRgb = NonNullable<PackManifest['diffusion']['latentToRgb']>

/** Pixels along one side of what a single latent stands for. */
export const LATENT_SCALE = 16

/**
 * A preview at the latents' own size: matrix · latent + bias at each place, clamped.
 *
 * @param latents [1, channels, h, w], as predicted for the clean picture
 * @throws RangeError where the matrix is not [3][channels] or the bias not [3]
 */
export function projectLatents(latents: Tensor, { matrix, bias }: LatentToRgb): RgbImage {
  const [, channels = 0, height = 0, width = 0] = latents.dims
  const area = height * width
  if (matrix.length !== 3 || bias.length !== 3 || matrix.some((row) => row.length !== channels)) {
    throw new RangeError(`latentToRgb: the matrix must be [3][${channels}] and the bias [3] for ${channels} channels`)
  }
  const data = new Uint8Array(3 * area)
  const sums = new Float64Array(area)
  for (const [colour, row] of matrix.entries()) {
    sums.fill(bias[colour] ?? 0)
    for (const [channel, weight] of row.entries()) {
      for (let i = 0; i < area; i++) {
        sums[i] = (sums[i] ?? 0) + weight * (latents.data[channel * area + i] ?? 0)
      }
    }
    for (let i = 0; i < area; i++) {
      data[3 * i + colour] = quantise(sums[i] ?? 0)
    }
  }
  return { width, height, data }
}

/**
 * The decoder's picture [1, 3, height, width], nominally -1..1, as pixels: clamped, scaled to 0..255 and truncated, not
 * rounded, as the reference does (latent-diffusion, scripts/knn2img.py).
 */
export function toPixels(decoded: Tensor): RgbImage {
  const [batch, channels, height = 0, width = 0] = decoded.dims
  if (batch !== 1 || channels !== 3 || decoded.data.length !== sizeOf(decoded.dims)) {
    throw new RangeError(`decoder: its picture is [${decoded.dims.join(', ')}], not [1, 3, height, width]`)
  }
  const area = height * width
  const data = new Uint8Array(3 * area)
  for (let i = 0; i < area; i++) {
    for (let colour = 0; colour < 3; colour++) {
      data[3 * i + colour] = quantise(decoded.data[colour * area + i] ?? 0)
    }
  }
  return { width, height, data }
}

/** -1..1 to 0..255. Float32 at each operation: in float64 a value on the edge could truncate to the level below. */
function quantise(value: number): number {
  const unit = Math.fround(Math.fround(value + 1) / 2)
  return Math.trunc(Math.fround(255 * Math.min(Math.max(unit, 0), 1)))
}
