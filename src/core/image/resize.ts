// Brings a picture to the square that CLIP's image tower takes, as the two sources of embeddings do it.

import type { RgbImage } from '../diffusion/model-parts.ts'
import type { ClipDescription } from '../pack/manifest.ts'

/** How pack.json says that pictures reach the image tower. */
export type ClipPreprocess = Pick<ClipDescription, 'imageSide' | 'preprocess' | 'mean' | 'std'>

/** A picture that is read a row at a time, so that a large one need not lie in memory as pixels. */
export interface PixelRows {
  readonly width: number
  readonly height: number
  /** Numbers a pixel; those beyond the channels that are wanted are passed over. */
  readonly step: number
  /** Row y, `width * step` numbers, valid until the next call. Rows are asked for from the top down, each at most once. */
  row(y: number): ArrayLike<number>
}

/**
 * Where target pixels lie in the source: with `alignCorners` the first and last centres of both coincide, without it the
 * outer edges do. As in PyTorch's interpolate.
 */
export interface ResizeOptions {
  readonly width: number
  readonly height: number
  readonly alignCorners: boolean
}

/**
 * A picture as the image tower's input [3, side, side], normalised by mean and standard deviation (of values 0..1).
 *
 * 'squash' is the RDM reference: both sides to the square whatever the aspect ratio, bicubic with aligned corners, no
 * antialiasing (latent-diffusion, ldm/modules/encoders/modules.py, FrozenClipImageEmbedder). 'center-crop' is CLIP's own: the
 * shorter side to the square, then the middle, by torchvision over Pillow (openai/CLIP, clip/clip.py, _transform), to the bit.
 *
 * @throws RangeError where the pixels do not fill the picture, or mean and standard deviation are not three numbers
 */
export function prepareForClip(image: RgbImage | PixelRows, clip: ClipPreprocess): Float32Array {
  const { imageSide: side, mean, std } = clip
  if (mean.length !== 3 || std.length !== 3) {
    throw new RangeError('picture: CLIP needs a mean and a standard deviation for each of three colours')
  }
  const rows = 'row' in image ? image : rowsOf(image)
  const square = clip.preprocess === 'squash' ? resizeBicubic(rows, 3, squash(side)) : cropCentre(rows, side)
  const area = side * side
  return square.map((value, i) => {
    const colour = Math.floor(i / area)
    return (value / 255 - (mean[colour] ?? 0)) / (std[colour] ?? 1)
  })
}

/**
 * Bicubic interpolation with kernel a = -0.75, borders repeated and overshoot kept: PyTorch's, without antialiasing.
 * @returns [channels, height, width]
 */
export function resizeBicubic(source: PixelRows, channels: number, options: ResizeOptions): Float32Array {
  const { width, height, alignCorners } = options
  const columns = listTaps(source.width, width, alignCorners)
  return resample(source, channels, columns, listTaps(source.height, height, alignCorners), (value) => value)
}

function squash(side: number): ResizeOptions {
  return { width: side, height: side, alignCorners: true }
}

/** torchvision's Resize and CenterCrop of a Pillow picture: [3, side, side], whole numbers of 0..255. */
function cropCentre(source: PixelRows, side: number): Float32Array {
  const shorter = Math.min(source.width, source.height)
  const [columns = [], rows = []] = [source.width, source.height].map((size) => {
    const target = Math.floor((size * side) / shorter)
    return listPillowTaps(size, target, halve(target - side), side)
  })
  return resample(source, 3, columns, rows, toByte)
}

/** Half of a whole number as Python rounds it: to the even one of two as near. */
function halve(size: number): number {
  const half = Math.floor(size / 2)
  return size % 2 === 1 && half % 2 === 1 ? half + 1 : half
}

function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.floor(value + 0.5)))
}

function rowsOf({ width, height, data }: RgbImage): PixelRows {
  if (!(width > 0 && height > 0 && data.length === 3 * width * height)) {
    throw new RangeError(`picture: ${data.length} bytes do not fill ${width} × ${height} pixels`)
  }
  return { width, height, step: 3, row: (y) => data.subarray(3 * y * width, 3 * (y + 1) * width) }
}

/** What one target position takes from a line of the source: places, from the first one on, and their weights. */
interface Taps {
  readonly places: readonly number[]
  readonly weights: readonly number[]
}

/**
 * Across, then down. Of the source's rows only those are kept that a row still to come may take from.
 * @param keep of what is summed up in either direction, what is left
 * @returns [channels, rows, columns]
 */
function resample(
  source: PixelRows,
  channels: number,
  columns: readonly Taps[],
  rows: readonly Taps[],
  keep: (value: number) => number,
): Float32Array {
  const result = new Float32Array(channels * rows.length * columns.length)
  const narrowed = new Map<number, Float32Array>()
  for (const [y, { places, weights }] of rows.entries()) {
    const lines = places.map((place) => {
      const line = narrowed.get(place) ?? narrowRow(source.row(place), source.step, channels, columns, keep)
      narrowed.set(place, line)
      return line
    })
    for (let channel = 0; channel < channels; channel++) {
      const start = (channel * rows.length + y) * columns.length
      for (let x = 0; x < columns.length; x++) {
        let sum = 0
        for (let tap = 0; tap < lines.length; tap++) {
          sum += (weights[tap] ?? 0) * (lines[tap]?.[channel * columns.length + x] ?? 0)
        }
        result[start + x] = keep(sum)
      }
    }
    const next = rows[y + 1]?.places[0] ?? source.height
    for (const place of narrowed.keys()) if (place < next) narrowed.delete(place)
  }
  return result
}

/** A row of the source at the target's width: [channels, columns]. */
function narrowRow(
  pixels: ArrayLike<number>,
  step: number,
  channels: number,
  columns: readonly Taps[],
  keep: (value: number) => number,
): Float32Array {
  const line = new Float32Array(channels * columns.length)
  for (const [x, { places, weights }] of columns.entries()) {
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0
      for (let tap = 0; tap < places.length; tap++) {
        sum += (weights[tap] ?? 0) * (pixels[(places[tap] ?? 0) * step + channel] ?? 0)
      }
      line[channel * columns.length + x] = keep(sum)
    }
  }
  return line
}

function listTaps(sourceSize: number, targetSize: number, alignCorners: boolean): Taps[] {
  return Array.from({ length: targetSize }, (_, target) => {
    const position = locate(target, sourceSize, targetSize, alignCorners)
    const first = Math.floor(position) - 1
    const places = [0, 1, 2, 3].map((tap) => Math.min(Math.max(first + tap, 0), sourceSize - 1))
    const weights = [0, 1, 2, 3].map((tap) => weighDistance(Math.abs(position - (first + tap)), -0.75))
    return { places, weights }
  })
}

function locate(target: number, sourceSize: number, targetSize: number, alignCorners: boolean): number {
  if (alignCorners) {
    return targetSize > 1 ? (target * (sourceSize - 1)) / (targetSize - 1) : 0
  }
  return ((target + 0.5) * sourceSize) / targetSize - 0.5
}

/** Pillow's weights have so many steps from 0 to 1. */
const PILLOW_STEPS = 2 ** 22

/**
 * Of `count` positions from `start` on. Antialiased: the kernel, a = -0.5, is as much wider as the picture becomes smaller. What
 * lies outside the picture weighs nothing (Pillow, src/libImaging/Resample.c, precompute_coeffs and normalize_coeffs_8bpc).
 */
function listPillowTaps(sourceSize: number, targetSize: number, start: number, count: number): Taps[] {
  const scale = sourceSize / targetSize
  const width = Math.max(1, scale)
  return Array.from({ length: count }, (_, i) => {
    const centre = (start + i + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - 2 * width + 0.5))
    const end = Math.min(sourceSize, Math.trunc(centre + 2 * width + 0.5))
    const places = Array.from({ length: end - first }, (_, tap) => first + tap)
    const weights = places.map((place) => weighDistance(Math.abs(place - centre + 0.5) / width, -0.5))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return { places, weights: weights.map((weight) => roundAway((weight / total) * PILLOW_STEPS) / PILLOW_STEPS) }
  })
}

/** To the nearest whole number, halves away from zero. */
function roundAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5)
}

/** Keys' cubic convolution kernel (1981). */
function weighDistance(distance: number, a: number): number {
  if (distance <= 1) {
    return ((a + 2) * distance - (a + 3)) * distance * distance + 1
  }
  return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0
}
