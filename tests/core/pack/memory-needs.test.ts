// What a picture is said to need of memory, against sums done by hand.

import { expect, it } from 'vitest'
import { decoderTileSide, pictureBytes } from '../../../src/core/pack/memory-needs.ts'
import { RDM_AUTOENCODER, RDM_UNET } from '../../../tools/rdm-config.ts'

const model = {
  unet: RDM_UNET,
  autoencoder: RDM_AUTOENCODER,
  nativeSize: 768,
  scaleFactor: 1,
  schedule: { linearStart: 0.0015, linearEnd: 0.0195, timesteps: 1000 },
  latentToRgb: null,
}

it('is the widest attention of the denoiser where nothing else is larger', () => {
  // 14 heads over 64 x 64 tokens, scores and softmax, for both contexts of guidance.
  const scores = 14 * 4096 ** 2 * 4
  expect(pictureBytes(model, { width: 1024, height: 1024, guidance: 5 })).toBe(2 * 2 * scores)
  expect(pictureBytes(model, { width: 1024, height: 1024, guidance: 1 })).toBe(2 * scores)
})

it("is the decoder's last level for a small picture, whose attention is small", () => {
  expect(pictureBytes(model, { width: 128, height: 128, guidance: 1 })).toBe(2 * 128 * 128 * 128 * 4)
})

it("is the decoder's attention where the denoiser has none over all pixels", () => {
  const unet = { ...RDM_UNET, attention_resolutions: [4] }
  expect(pictureBytes({ ...model, unet }, { width: 8192, height: 8192, guidance: 1 })).toBe(2 * 262_144 ** 2 * 4)
})

it('is no reason to decode in tiles where a buffer takes the decoder’s largest tensor, and else says how large they may be', () => {
  const largest = 128 * 768 * 768 * 4
  const size = { width: 768, height: 768 }
  const side = (maxBufferBytes: number, dtype: 'fp32' | 'fp16' = 'fp32') =>
    decoderTileSide(RDM_AUTOENCODER, size, { dtype, maxBufferBytes })
  expect(side(largest)).toBe(Number.POSITIVE_INFINITY)
  expect(side(largest - 1)).toBe(47)
  expect(side(largest / 2, 'fp16')).toBe(Number.POSITIVE_INFINITY)
  // The least that WebGPU promises: tiles of 512 pixels.
  expect(side(2 ** 27)).toBe(32)
  expect(side(2 ** 20)).toBe(12)
})
