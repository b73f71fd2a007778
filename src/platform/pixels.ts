// RGB pixels as the browser draws and encodes them.

import type { RgbImage } from '../core/diffusion/model-parts.ts'

/** A bitmap of the picture's own size; whoever gets it closes it. */
export function toBitmap(image: RgbImage): Promise<ImageBitmap> {
  return createImageBitmap(toImageData(image))
}

/** PNG bytes, 8 bits a channel, as the browser encodes them: opaque, and without loss. */
export async function encodePng(image: RgbImage): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(image.width, image.height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('this browser draws nothing off screen')
  context.putImageData(toImageData(image), 0, 0)
  const blob = await canvas.convertToBlob({ type: 'image/png' })
  return new Uint8Array(await blob.arrayBuffer())
}

function toImageData({ width, height, data }: RgbImage): ImageData {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgba.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4)
  }
  return new ImageData(rgba, width, height)
}
