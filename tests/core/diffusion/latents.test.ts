// Pixels out of latents and decoded pictures.

import { expect, test } from 'vitest'
import { projectLatents, toPixels } from '../../../src/core/diffusion/latents.ts'
import { tensor } from '../../../src/core/tensor/tensor.ts'

test('a decoded picture is clamped, scaled and truncated, not rounded', () => {
  const red = [-1, -2, 1, 7]
  const green = [0, 0.999, -0.999, 1 / 255]
  const blue = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0.5, -0.5]
  const image = toPixels(tensor(Float32Array.from([...red, ...green, ...blue]), [1, 3, 2, 2]))
  expect({ width: image.width, height: image.height }).toEqual({ width: 2, height: 2 })
  expect([...image.data]).toEqual([0, 127, 0, 0, 254, 255, 255, 0, 191, 255, 128, 63])
})

test('every 8-bit level survives the way to -1..1 in float32 by at most one level down', () => {
  const values = Float32Array.from({ length: 3 * 256 }, (_, i) => ((i % 256) / 255) * 2 - 1)
  const { data } = toPixels(tensor(values, [1, 3, 16, 16]))
  for (let level = 0; level < 256; level++) {
    expect([level, level - 1]).toContain(data[3 * level])
  }
})

test('a picture wider than tall keeps its rows', () => {
  const image = toPixels(
    tensor(
      Float32Array.from({ length: 18 }, (_, i) => (i === 4 ? 1 : -1)),
      [1, 3, 2, 3],
    ),
  )
  expect({ width: image.width, height: image.height }).toEqual({ width: 3, height: 2 })
  expect([...image.data].indexOf(255)).toBe(3 * 4)
})

test('a tensor that is not one RGB picture is refused', () => {
  expect(() => toPixels(tensor(new Float32Array(8), [1, 2, 2, 2]))).toThrow(/\[1, 2, 2, 2\]/)
  expect(() => toPixels(tensor(new Float32Array(24), [2, 3, 2, 2]))).toThrow(RangeError)
})

test('a preview is the linear projection of each latent', () => {
  const latents = tensor(Float32Array.of(1, 0, 0.5, -4, 0, 1, 0.5, 0), [1, 2, 2, 2])
  const matrix = [
    [1, 0],
    [0, 1],
    [1, 1],
  ]
  const { width, height, data } = projectLatents(latents, { matrix, bias: [0, 0, -1] })
  expect({ width, height }).toEqual({ width: 2, height: 2 })
  expect([...data]).toEqual([255, 127, 127, 127, 255, 127, 191, 191, 127, 0, 127, 0])
})

test('a projection for other channels is refused', () => {
  const latents = tensor(new Float32Array(4), [1, 1, 2, 2])
  expect(() => projectLatents(latents, { matrix: [[1, 1], [1], [1]], bias: [0, 0, 0] })).toThrow(/\[3\]\[1\]/)
})
