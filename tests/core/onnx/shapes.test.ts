// The authors' configuration gives the authors' tensors: counts, parameters and a digest of every key and shape.

import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { AUTOENCODER_PREFIX, autoencoderShapes } from '../../../src/core/onnx/autoencoder.ts'
import { UNET_PREFIX, unetShapes } from '../../../src/core/onnx/unet.ts'
import { sizeOf } from '../../../src/core/tensor/tensor.ts'
import { RDM_AUTOENCODER, RDM_UNET } from '../../../tools/rdm-config.ts'

/** SHA-256 over the sorted lines "key:d0,d1,…", keys without prefix, joined by newlines. */
function describeShapes(shapes: ReadonlyMap<string, readonly number[]>, prefix: string) {
  const lines = [...shapes].map(([key, dims]) => `${key.slice(prefix.length)}:${dims.join()}`).sort()
  return {
    tensors: shapes.size,
    parameters: [...shapes.values()].reduce((sum, dims) => sum + sizeOf(dims), 0),
    sha256: createHash('sha256').update(lines.join('\n')).digest('hex'),
  }
}

it('lists the 688 tensors and 1,335,480,400 parameters of the full U-Net', () => {
  expect(describeShapes(unetShapes(RDM_UNET), UNET_PREFIX)).toEqual({
    tensors: 688,
    parameters: 1_335_480_400,
    sha256: '612b1cb1a50d655cc3dba313bfc667cb717fb3180c4c78c73d4614066038753c',
  })
})

it('lists the 342 tensors and 69,610,963 parameters of the full autoencoder', () => {
  expect(describeShapes(autoencoderShapes(RDM_AUTOENCODER), AUTOENCODER_PREFIX)).toEqual({
    tensors: 342,
    parameters: 69_610_963,
    sha256: 'c0600d16c4d8420dab9f32b2b41b03b8e0afc4dc00a924be6ea0226fb14d012f',
  })
})
