// Brings a picture to the judge's square, as training/probe.py's `clean` does it.

import type { RgbImage } from '../../src/core/diffusion/model-parts.ts'

/**
 * Each target pixel is the mean of the source pixels that its area touches: PyTorch's interpolate(mode="area"). A picture that
 * is not square is squashed.
 * @returns [3, side, side], values -1..1
 */
export function shrinkByArea({ width, height, data }: RgbImage, side: number): Float32Array {
  const columns = listSpans(width, side)
  const rows = listSpans(height, side)
  const result = new Float32Array(3 * side * side)
  for (const [y, { from: top, to: bottom }] of rows.entries()) {
    for (const [x, { from: left, to: right }] of columns.entries()) {
      const area = (bottom - top) * (right - left)
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let sourceY = top; sourceY < bottom; sourceY++) {
          for (let sourceX = left; sourceX < right; sourceX++)
            sum += data[3 * (sourceY * width + sourceX) + channel] ?? 0
        }
        result[(channel * side + y) * side + x] = sum / area / 127.5 - 1
      }
    }
  }
  return result
}

function listSpans(source: number, target: number): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: target }, (_, i) => ({
    from: Math.floor((i * source) / target),
    to: Math.ceil(((i + 1) * source) / target),
  }))
}

/** The largest square in the middle of a picture, as `middle_square` in training/probe.py; a square is given back as it is. */
export function cutMiddleSquare(image: RgbImage): RgbImage {
  const { width, height, data } = image
  if (width === height) return image
  const side = Math.min(width, height)
  const left = Math.floor((width - side) / 2)
  const top = Math.floor((height - side) / 2)
  const square = new Uint8Array(3 * side * side)
  for (let y = 0; y < side; y++) {
    const from = 3 * ((top + y) * width + left)
    square.set(data.subarray(from, from + 3 * side), 3 * y * side)
  }
  return { width: side, height: side, data: square }
}
