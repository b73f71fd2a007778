// Bicubic resizing against PyTorch's, and the two ways into CLIP's square.

import { describe, expect, test } from 'vitest'
import type { RgbImage } from '../../../src/core/diffusion/model-parts.ts'
import { prepareForClip, resizeBicubic } from '../../../src/core/image/resize.ts'
import { expectClose, makeGoldenInput, readGoldenArray, readGoldenJson } from '../golden.ts'

interface StoredArray {
  readonly file: string
  readonly shape: readonly number[]
}

interface ResizeCase {
  readonly name: string
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
  readonly output: StoredArray
  readonly input?: StoredArray
  readonly key?: string
}

const { cases } = readGoldenJson<{ cases: readonly ResizeCase[] }>('resize.json')
const identity = { mean: [0, 0, 0], std: [1, 1, 1] }

test.each(cases)('$name is as PyTorch resizes it', ({ from, to, output, input, key }) => {
  const [sourceHeight, sourceWidth] = from
  const [height, width] = to
  const channels = output.shape[1] ?? 1
  const source = input ? readGoldenArray(input) : makeGoldenInput(key ?? '', [1, channels, sourceHeight, sourceWidth])
  const expected = readGoldenArray(output).data
  for (let channel = 0; channel < channels; channel++) {
    const area = sourceHeight * sourceWidth
    const data = source.data.subarray(channel * area, (channel + 1) * area)
    const row = (y: number) => data.subarray(y * sourceWidth, (y + 1) * sourceWidth)
    const plane = { width: sourceWidth, height: sourceHeight, step: 1, row }
    const resized = resizeBicubic(plane, 1, { width, height, alignCorners: true })
    expectClose(resized, expected.subarray(channel * width * height, (channel + 1) * width * height), 1e-5)
  }
})

function paint(width: number, height: number, colourAt: (x: number, y: number) => readonly number[]): RgbImage {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set(colourAt(x, y), 3 * (y * width + x))
    }
  }
  return { width, height, data }
}

describe("into CLIP's square", () => {
  test('a picture that already has the size is only normalised, colour by colour', () => {
    const image = paint(4, 4, (x, y) => [10 * x, 20 * y, 255])
    for (const preprocess of ['squash', 'center-crop'] as const) {
      const mean = [0.5, 0.25, 0]
      const prepared = prepareForClip(image, { imageSide: 4, preprocess, mean, std: [0.5, 1, 2] })
      expect(prepared).toHaveLength(48)
      expect(prepared[3]).toBeCloseTo((30 / 255 - 0.5) / 0.5, 6)
      expect(prepared[16 + 12]).toBeCloseTo(60 / 255 - 0.25, 6)
      expect(prepared[47]).toBeCloseTo(0.5, 6)
    }
  })

  test('squashing keeps the far corners, cropping leaves the ends of the longer side out', () => {
    const image = paint(24, 8, (x) => (x < 8 ? [255, 0, 0] : x < 16 ? [0, 255, 0] : [0, 0, 255]))
    const squashed = prepareForClip(image, { ...identity, imageSide: 8, preprocess: 'squash' })
    const cropped = prepareForClip(image, { ...identity, imageSide: 8, preprocess: 'center-crop' })
    expect([squashed[0], squashed[128 + 7]]).toEqual([1, 1])
    expect([...cropped]).toEqual([...Array(64).fill(0), ...Array(64).fill(1), ...Array(64).fill(0)])
  })

  test('cropping takes the middle of a tall picture too', () => {
    const image = paint(6, 18, (_, y) => (y >= 6 && y < 12 ? [0, 255, 0] : [255, 0, 0]))
    const cropped = prepareForClip(image, { ...identity, imageSide: 6, preprocess: 'center-crop' })
    expect([...cropped.subarray(36, 72)]).toEqual(Array(36).fill(1))
  })

  test('a flat colour stays flat at any size', () => {
    const image = paint(37, 11, () => [51, 102, 204])
    for (const preprocess of ['squash', 'center-crop'] as const) {
      const prepared = prepareForClip(image, { ...identity, imageSide: 16, preprocess })
      expectClose(
        prepared,
        [0.2, 0.4, 0.8].flatMap((value) => Array(256).fill(value)),
        1e-6,
      )
    }
  })

  test('rows are asked for from the top down, each at most once', () => {
    for (const [width, height] of [
      [40, 90],
      [5, 3],
    ] as const) {
      for (const preprocess of ['squash', 'center-crop'] as const) {
        const asked: number[] = []
        const row = (y: number) => {
          asked.push(y)
          return new Uint8Array(3 * width)
        }
        prepareForClip({ width, height, step: 3, row }, { ...identity, imageSide: 16, preprocess })
        expect(asked).toEqual([...new Set(asked)].sort((a, b) => a - b))
      }
    }
  })

  test('pixels that do not fill the picture are refused', () => {
    const image = { width: 3, height: 3, data: new Uint8Array(26) }
    expect(() => prepareForClip(image, { ...identity, imageSide: 8, preprocess: 'squash' })).toThrow(/26 bytes/)
  })
})
