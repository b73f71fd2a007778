// A whole checkpoint of a tiny model on seeded weights, as the authors lay theirs out, for tests.

import { createAlphasCumprod } from '../../../src/core/diffusion/noise-schedule.ts'
import type { StoredTensor, TensorSource } from '../../../src/core/formats/tensor-source.ts'
import { sizeOf, type Tensor } from '../../../src/core/tensor/tensor.ts'
import { seededWeight } from '../../../tools/seeded-weights.ts'
import { readGoldenJson } from '../golden.ts'

type Shapes = Readonly<Record<string, readonly number[]>>

export const UNET_SHAPES = readGoldenJson<Shapes>('unet-micro-keys.json')
export const AUTOENCODER_SHAPES = readGoldenJson<{ keys: Shapes }>('autoencoder.json').keys

/** The checkpoint's tensors. The U-Net's own weights are zeros: those that count are the moving averages. */
export function microTensors(): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const [key, dims] of Object.entries(UNET_SHAPES)) {
    tensors.set(key, { dims, data: new Float32Array(sizeOf(dims)) })
    tensors.set(`model_ema.${key.slice('model.'.length).replaceAll('.', '')}`, seededWeight(key, dims))
  }
  for (const [key, dims] of Object.entries(AUTOENCODER_SHAPES)) tensors.set(key, seededWeight(key, dims))
  const alphasCumprod = createAlphasCumprod({ linearStart: 0.0015, linearEnd: 0.015, timesteps: 1000 })
  tensors.set('alphas_cumprod', { dims: [1000], data: alphasCumprod })
  tensors.set('betas', { dims: [2], data: Float32Array.of(0.0015, 0.015) })
  return tensors
}

/** Tensors in memory as a source. */
export function sourceOf(tensors: ReadonlyMap<string, Tensor>): TensorSource {
  const stored = Array.from(tensors, ([name, { dims }]): [string, StoredTensor] => [name, { dims, dtype: 'float32' }])
  return {
    tensors: new Map(stored),
    readFloats: async (name) => tensors.get(name)?.data.slice() ?? new Float32Array(0),
  }
}
