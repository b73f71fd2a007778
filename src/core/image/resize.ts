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
  /** The part of the target that is wanted; all of it by default. */
  readonly window?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
}

/**
 * A picture as the image tower's input [3, side, side], normalised by mean and standard deviation (of values 0..1).
 *
 * 'squash' is the RDM reference: both sides to the square whatever the aspect ratio, bicubic with aligned corners, no
 * antialiasing (latent-diffusion, ldm/modules/encoders/modules.py, FrozenClipImageEmbedder). 'center-crop' follows CLIP's
 * own order, shorter side to the square, then the middle; but by the same bicubic kernel, without the antialiasing and the
 * rounding to 8 bits of CLIP's image library, so embeddings of much larger pictures differ a little from it.
 *
 * @throws RangeError where the pixels do not fill the picture, or mean and standard deviation are not three numbers
 */
export function prepareForClip(image: RgbImage | PixelRows, clip: ClipPreprocess): Float32Array {
  const { imageSide: side, mean, std } = clip
  if (mean.length !== 3 || std.length !== 3) {
    throw new RangeError('picture: CLIP needs a mean and a standard deviation for each of three colours')
  }
  const rows = 'row' in image ? image : rowsOf(image)
  const square = resizeBicubic(rows, 3, clip.preprocess === 'squash' ? squash(side) : cropCentre(rows, side))
  const area = side * side
  return square.map((value, i) => {
    const colour = Math.floor(i / area)
    return (value / 255 - (mean[colour] ?? 0)) / (std[colour] ?? 1)
  })
}

/**
 * Bicubic interpolation with kernel a = -0.75, borders repeated and overshoot kept: PyTorch's, without antialiasing.
 * @returns [channels, height, width] of the window
 */
export function resizeBicubic(source: PixelRows, channels: number, options: ResizeOptions): Float32Array {
  const { width, height, alignCorners } = options
  const window = options.window ?? { left: 0, top: 0, width, height }
  const columns = listTaps(source.width, width, alignCorners).slice(window.left, window.left + window.width)
  const rows = listTaps(source.height, height, alignCorners).slice(window.top, window.top + window.height)
  const narrowed = narrowRows(source, channels, columns, rows)
  const result = new Float32Array(channels * window.height * window.width)
  for (let channel = 0; channel < channels; channel++) {
    for (const [y, { places, weights }] of rows.entries()) {
      const lines = places.map((place) => narrowed.get(place))
      const start = (channel * window.height + y) * window.width
      for (let x = 0; x < window.width; x++) {
        let sum = 0
        for (let tap = 0; tap < 4; tap++) {
          sum += (weights[tap] ?? 0) * (lines[tap]?.[channel * window.width + x] ?? 0)
        }
        result[start + x] = sum
      }
    }
  }
  return result
}

/** The source's rows that any target row takes from, each brought to the target's width: [channels, columns] by row. */
function narrowRows(
  source: PixelRows,
  channels: number,
  columns: readonly Taps[],
  rows: readonly Taps[],
): ReadonlyMap<number, Float32Array> {
  const needed = [...new Set(rows.flatMap(({ places }) => places))].sort((a, b) => a - b)
  const narrowed = new Map<number, Float32Array>()
  for (const y of needed) {
    const pixels = source.row(y)
    const line = new Float32Array(channels * columns.length)
    for (const [x, { places, weights }] of columns.entries()) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0
        for (let tap = 0; tap < 4; tap++) {
          sum += (weights[tap] ?? 0) * (pixels[(places[tap] ?? 0) * source.step + channel] ?? 0)
        }
        line[channel * columns.length + x] = sum
      }
    }
    narrowed.set(y, line)
  }
  return narrowed
}

function squash(side: number): ResizeOptions {
  return { width: side, height: side, alignCorners: true }
}

function cropCentre(source: PixelRows, side: number): ResizeOptions {
  const shorter = Math.min(source.width, source.height)
  const width = Math.floor((source.width * side) / shorter)
  const height = Math.floor((source.height * side) / shorter)
  const [left, top] = [Math.round((width - side) / 2), Math.round((height - side) / 2)]
  return { width, height, alignCorners: false, window: { left, top, width: side, height: side } }
}

function rowsOf({ width, height, data }: RgbImage): PixelRows {
  if (!(width > 0 && height > 0 && data.length === 3 * width * height)) {
    throw new RangeError(`picture: ${data.length} bytes do not fill ${width} × ${height} pixels`)
  }
  return { width, height, step: 3, row: (y) => data.subarray(3 * y * width, 3 * (y + 1) * width) }
}

/** What one target position takes from a line of the source: four places and their weights. */
interface Taps {
  readonly places: readonly number[]
  readonly weights: readonly number[]
}

function listTaps(sourceSize: number, targetSize: number, alignCorners: boolean): Taps[] {
  return Array.from({ length: targetSize }, (_, target) => {
    const position = locate(target, sourceSize, targetSize, alignCorners)
    const first = Math.floor(position) - 1
    const places = [0, 1, 2, 3].map((tap) => Math.min(Math.max(first + tap, 0), sourceSize - 1))
    const weights = [0, 1, 2, 3].map((tap) => weighDistance(Math.abs(position - (first + tap))))
    return { places, weights }
  })
}

function locate(target: number, sourceSize: number, targetSize: number, alignCorners: boolean): number {
  if (alignCorners) {
    return targetSize > 1 ? (target * (sourceSize - 1)) / (targetSize - 1) : 0
  }
  return ((target + 0.5) * sourceSize) / targetSize - 0.5
}

/** Keys' cubic convolution kernel (1981) with a = -0.75. */
function weighDistance(distance: number): number {
  const a = -0.75
  if (distance <= 1) {
    return ((a + 2) * distance - (a + 3)) * distance * distance + 1
  }
  return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0
}
