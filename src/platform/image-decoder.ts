// Decodes pictures by the browser, and leaves of each only what the library keeps.

import type { PictureFile } from '../core/image/read-picture.ts'
import { type ClipPreprocess, type PixelRows, prepareForClip } from '../core/image/resize.ts'
import { SkippedFile } from '../core/image/skip-reason.ts'
import type { PreparedPicture } from '../core/library/import-pictures.ts'
import { createQueue } from './queue.ts'

/** The long side of the picture that is kept, to be shown and embedded again. */
const KEPT_SIDE = 512
const QUALITY = 0.85
/** Two pictures are decoded at once, however many imports run. */
const LANES = [createQueue(), createQueue()] as const
/** Pictures of more pixels all take the first lane, and so go one at a time. */
const LARGE_PIXELS = 16_000_000
const TIMEOUT_MS = 10_000
/**
 * What is read back at once, in bytes, and in rows where those are longer: CLIP's input, where it is squashed, takes four in a row and
 * passes over those up to the next four; cropped, it takes all. Each strip is garbage that the browser is slow to collect: a whole picture of them would take as much again.
 */
const STRIP_BYTES = 128 * 1024
const FEWEST_ROWS = 4

export interface DecoderOptions {
  /** How the pack's CLIP takes pictures. */
  readonly clip: ClipPreprocess
  /** Pixels of the square thumbnail. */
  readonly thumbnailSide: number
}

/**
 * Decodes a picture's first frame, turned as it says, in sRGB, what is transparent white as on paper.
 * Rejects with SkippedFile: 'damaged' where the browser cannot, 'too-slow' where it takes more than ten seconds.
 */
export function createImageDecoder(options: DecoderOptions): (file: PictureFile) => Promise<PreparedPicture> {
  let count = 0
  return (file) => {
    const isLarge = file.header.width * file.header.height > LARGE_PIXELS
    return LANES[isLarge || count++ % 2 === 0 ? 0 : 1](() => prepareFile(file, options))
  }
}

/** The pictures' part of CLIP's input alone, for one that is kept already, or to search by. */
export async function prepareBlob(blob: Blob, clip: ClipPreprocess): Promise<Float32Array> {
  const bitmap = await decode(blob)
  try {
    return prepareForClip(readRows(bitmap), clip)
  } finally {
    bitmap.close()
  }
}

async function prepareFile({ header, bytes }: PictureFile, options: DecoderOptions): Promise<PreparedPicture> {
  const bitmap = await decode(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: header.type }))
  try {
    const { width, height } = bitmap
    const pixels = prepareForClip(readRows(bitmap), options.clip)
    const picture = width * height > LARGE_PIXELS ? halve(bitmap) : bitmap
    const thumbnail = await encodeWebp(drawThumbnail(picture, options.thumbnailSide))
    return { width, height, pixels, thumbnail, image: await encodeWebp(drawKept(picture)) }
  } finally {
    bitmap.close()
  }
}

async function decode(blob: Blob): Promise<ImageBitmap> {
  const decoding = createImageBitmap(blob, { imageOrientation: 'from-image', colorSpaceConversion: 'default' })
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooSlow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      decoding.then((bitmap) => bitmap.close()).catch(() => undefined)
      reject(new SkippedFile('too-slow', `not decoded within ${TIMEOUT_MS / 1000} seconds`))
    }, TIMEOUT_MS)
  })
  try {
    return await Promise.race([decoding, tooSlow])
  } catch (error) {
    throw error instanceof SkippedFile ? error : new SkippedFile('damaged', String(error))
  } finally {
    clearTimeout(timer)
  }
}

/** A bitmap's pixels in their own size, through a canvas of a few rows. */
function readRows(bitmap: ImageBitmap): PixelRows {
  const { width, height } = bitmap
  const rows = Math.min(Math.max(FEWEST_ROWS, Math.floor(STRIP_BYTES / (4 * width))), height)
  const context = openCanvas(width, rows)
  context.imageSmoothingEnabled = false
  let [top, strip] = [Number.NEGATIVE_INFINITY, new Uint8ClampedArray()]
  return {
    width,
    height,
    step: 4,
    row(y) {
      if (y < top || y >= top + rows) {
        top = Math.min(y, height - rows)
        context.fillRect(0, 0, width, rows)
        context.drawImage(bitmap, 0, top, width, rows, 0, 0, width, rows)
        strip = context.getImageData(0, 0, width, rows).data
      }
      return strip.subarray((y - top) * width * 4, (y - top + 1) * width * 4)
    },
  }
}

/**
 * A large bitmap at half its size, each pixel the mean of four, and then closed: to draw it much smaller in one go the browser
 * would make all its halves, a third of it again.
 */
function halve(bitmap: ImageBitmap): OffscreenCanvas {
  const [width, height] = [Math.ceil(bitmap.width / 2), Math.ceil(bitmap.height / 2)]
  const context = openCanvas(width, height)
  context.imageSmoothingQuality = 'low'
  context.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  return context.canvas
}

/** A square, cut to the middle. */
function drawThumbnail(bitmap: ImageBitmap | OffscreenCanvas, side: number): OffscreenCanvas {
  const context = openCanvas(side, side)
  const shorter = Math.min(bitmap.width, bitmap.height)
  const [left, top] = [(bitmap.width - shorter) / 2, (bitmap.height - shorter) / 2]
  context.drawImage(bitmap, left, top, shorter, shorter, 0, 0, side, side)
  return context.canvas
}

function drawKept(bitmap: ImageBitmap | OffscreenCanvas): OffscreenCanvas {
  const scale = Math.min(1, KEPT_SIDE / Math.max(bitmap.width, bitmap.height))
  const width = Math.max(1, Math.round(bitmap.width * scale))
  const height = Math.max(1, Math.round(bitmap.height * scale))
  const context = openCanvas(width, height)
  context.drawImage(bitmap, 0, 0, width, height)
  return context.canvas
}

/** White, smoothing as well as the browser can, its pixels in plain memory. */
function openCanvas(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('this browser draws nothing off screen')
  context.fillStyle = 'white'
  context.fillRect(0, 0, width, height)
  context.imageSmoothingQuality = 'high'
  return context
}

/** Null where the browser writes no WebP: it would write PNG instead. */
async function encodeWebp(canvas: OffscreenCanvas): Promise<Uint8Array | null> {
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: QUALITY })
  return blob.type === 'image/webp' ? new Uint8Array(await blob.arrayBuffer()) : null
}
