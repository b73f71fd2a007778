// Brings a picture to the square that CLIP's image tower takes, as the two sources of embeddings do it.

import type { RgbImage } from '../diffusion/model-parts.ts'
import type { ClipDescription } from '../pack/manifest.ts'

/** How pack.json says that pictures reach the image tower. */
export type ClipPreprocess = Pick<ClipDescription, 'imageSide' | 'preprocess' | 'mean' | 'std'>

/** One channel, row-major. */
export interface Plane {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
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
 * antialiasing (latent-diffusion, ldm/modules/encoders/modules.py, FrozenClipImageEmbedder). 'center-crop' follows CLIP's
 * own order, shorter side to the square, then the middle; but by the same bicubic kernel, without the antialiasing and the
 * rounding to 8 bits of CLIP's image library, so embeddings of much larger pictures differ a little from it.
 *
 * @throws RangeError where the pixels do not fill the picture, or mean and standard deviation are not three numbers
 */
export function prepareForClip(image: RgbImage, { imageSide, preprocess, mean, std }: ClipPreprocess): Float32Array {
  const { width, height } = image
  if (!(width > 0 && height > 0 && image.data.length === 3 * width * height)) {
    throw new RangeError(`picture: ${image.data.length} bytes do not fill ${width} × ${height} pixels`)
  }
  if (mean.length !== 3 || std.length !== 3) {
    throw new RangeError('picture: CLIP needs a mean and a standard deviation for each of three colours')
  }
  const area = imageSide * imageSide
  const prepared = new Float32Array(3 * area)
  for (let colour = 0; colour < 3; colour++) {
    const plane = extractPlane(image, colour)
    const square = preprocess === 'squash' ? squash(plane, imageSide) : cropCentre(plane, imageSide)
    const centre = mean[colour] ?? 0
    const spread = std[colour] ?? 1
    for (let i = 0; i < area; i++) {
      prepared[colour * area + i] = ((square.data[i] ?? 0) - centre) / spread
    }
  }
  return prepared
}

/** Bicubic interpolation with kernel a = -0.75, borders repeated and overshoot kept: PyTorch's, without antialiasing. */
export function resizeBicubic(plane: Plane, { width, height, alignCorners }: ResizeOptions): Plane {
  const columns = listTaps(plane.width, width, alignCorners)
  const rows = listTaps(plane.height, height, alignCorners)
  const narrowed = new Float32Array(width * plane.height)
  for (let y = 0; y < plane.height; y++) {
    for (const [x, taps] of columns.entries()) {
      narrowed[y * width + x] = sumTaps(taps, plane.data, y * plane.width, 1)
    }
  }
  const data = new Float32Array(width * height)
  for (const [y, taps] of rows.entries()) {
    for (let x = 0; x < width; x++) {
      data[y * width + x] = sumTaps(taps, narrowed, x, width)
    }
  }
  return { width, height, data }
}

function squash(plane: Plane, side: number): Plane {
  return resizeBicubic(plane, { width: side, height: side, alignCorners: true })
}

function cropCentre(plane: Plane, side: number): Plane {
  const shorter = Math.min(plane.width, plane.height)
  const width = Math.floor((plane.width * side) / shorter)
  const height = Math.floor((plane.height * side) / shorter)
  const resized = resizeBicubic(plane, { width, height, alignCorners: false })
  const left = Math.round((width - side) / 2)
  const top = Math.round((height - side) / 2)
  const data = new Float32Array(side * side)
  for (let y = 0; y < side; y++) {
    const start = (top + y) * width + left
    data.set(resized.data.subarray(start, start + side), y * side)
  }
  return { width: side, height: side, data }
}

/** Colour 0, 1 or 2 as values 0..1. */
function extractPlane({ width, height, data }: RgbImage, colour: number): Plane {
  return {
    width,
    height,
    data: Float32Array.from({ length: width * height }, (_, i) => (data[3 * i + colour] ?? 0) / 255),
  }
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

function sumTaps({ places, weights }: Taps, values: Float32Array, start: number, stride: number): number {
  let sum = 0
  for (let tap = 0; tap < 4; tap++) {
    sum += (weights[tap] ?? 0) * (values[start + (places[tap] ?? 0) * stride] ?? 0)
  }
  return sum
}
