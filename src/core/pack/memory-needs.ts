// How much memory a picture takes at its peak beside the weights, so that one too large is refused before it is begun.

import { LATENT_SCALE } from '../diffusion/latents.ts'
import type { GenerationSettings } from '../diffusion/recipe.ts'
import { LEAST_TILE } from '../diffusion/tiled-decode.ts'
import { headsAt } from '../onnx/unet.ts'
import type { AutoencoderConfig, PackManifest } from './manifest.ts'

const FLOAT_BYTES = 4

const HALF_FLOAT_BYTES = 2

/** Attention holds its scores and their softmax. */
const SCORES_AT_ONCE = 2

/** The decoder's last level holds what a convolution reads and what it writes. */
const FULL_SIZE_AT_ONCE = 2

/**
 * Bytes at least, for the portable graphs in float32, which hold an attention's scores whole: they grow with the square of
 * the picture's area, and soon outgrow all else.
 */
export function pictureBytes(
  { unet, autoencoder }: PackManifest['diffusion'],
  { width, height, guidance }: Pick<GenerationSettings, 'width' | 'height' | 'guidance'>,
): number {
  const latents = (width / LATENT_SCALE) * (height / LATENT_SCALE)
  const scores = (heads: number, tokens: number) => SCORES_AT_ONCE * heads * tokens ** 2 * FLOAT_BYTES
  const batch = guidance === 1 ? 1 : 2
  const denoiser = unet.attention_resolutions.map((factor) => {
    const channels = unet.model_channels * (unet.channel_mult[Math.log2(factor)] ?? 1)
    return batch * scores(headsAt(unet, channels), latents / factor ** 2)
  })
  const lastLevel = FULL_SIZE_AT_ONCE * width * height * fullSizeChannels(autoencoder) * FLOAT_BYTES
  return Math.max(...denoiser, scores(1, latents), lastLevel)
}

/**
 * The longest side, in latents, of what the decoder can be given at once, so that none of its tensors exceeds a buffer of so many
 * bytes; infinite where those of a whole picture do not.
 */
export function decoderTileSide(
  autoencoder: AutoencoderConfig,
  { width, height }: Pick<GenerationSettings, 'width' | 'height'>,
  { dtype, maxBufferBytes }: { readonly dtype: 'fp32' | 'fp16'; readonly maxBufferBytes: number },
): number {
  const bytes = fullSizeChannels(autoencoder) * (dtype === 'fp16' ? HALF_FLOAT_BYTES : FLOAT_BYTES)
  if (width * height * bytes <= maxBufferBytes) return Number.POSITIVE_INFINITY
  return Math.max(LEAST_TILE, Math.floor(Math.sqrt(maxBufferBytes / bytes) / LATENT_SCALE))
}

/** Those of the decoder's largest tensors, at the size of the picture: of the last level, or as the one before hands them on. */
function fullSizeChannels({ ch, ch_mult: [last = 1, before = last] }: AutoencoderConfig): number {
  return ch * Math.max(last, before)
}
