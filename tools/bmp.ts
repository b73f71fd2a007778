// Decodes BMP on the command line: the picture library there knows every type that browsers do but this one.

import type { RgbImage } from '../src/core/diffusion/model-parts.ts'

/** What the header says of the pixels. */
interface Layout {
  readonly width: number
  readonly height: number
  /** Rows go down; most files have the lowest first. */
  readonly isTopDown: boolean
  /** 1, 4, 8, 16, 24 or 32 a pixel. */
  readonly bits: number
  /** Runs of palette places, RLE8 or RLE4. */
  readonly hasRuns: boolean
  /** Red, green, blue and alpha in 16 or 32 bits; 0 where there is none. */
  readonly masks: readonly number[]
  /** Where the palette and the pixels begin. */
  readonly palette: number
  readonly paletteStep: 3 | 4
  readonly pixels: number
}

const RLE8 = 1
const RLE4 = 2
/** Masks after the header, or as its last fields; the second has one for alpha. */
const BITFIELDS = [3, 6]

/**
 * What is transparent becomes white, as on paper. The size is the caller's to check first.
 * @throws RangeError where the file ends too early or stores its pixels as no browser reads them
 */
export function decodeBmp(bytes: Uint8Array): RgbImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const layout = readLayout(view)
  const { width, height, isTopDown } = layout
  const data = new Uint8Array(3 * width * height)
  const read = layout.bits <= 8 ? readPlaces(view, layout) : readColours(view, layout)
  for (let y = 0; y < height; y++) {
    const line = isTopDown ? y : height - 1 - y
    for (let x = 0; x < width; x++) read(x, line, data, 3 * (y * width + x))
  }
  return { width, height, data }
}

function readLayout(view: DataView): Layout {
  const headerBytes = view.getUint32(14, true)
  const found = {
    pixels: view.getUint32(10, true),
    hasRuns: false,
    isTopDown: false,
    masks: [],
    palette: 14 + headerBytes,
  }
  if (headerBytes === 12) {
    const [width, height, bits] = [view.getUint16(18, true), view.getUint16(20, true), view.getUint16(24, true)]
    return { ...found, width, height, bits: requireBits(bits), paletteStep: 3 }
  }
  const [width, height] = [view.getInt32(18, true), view.getInt32(22, true)]
  const bits = requireBits(view.getUint16(28, true))
  const compression = headerBytes >= 40 ? view.getUint32(30, true) : 0
  const hasRuns = (compression === RLE8 && bits === 8) || (compression === RLE4 && bits === 4)
  const hasMasks = BITFIELDS.includes(compression) && headerBytes !== 64 && (bits === 16 || bits === 32)
  if (compression !== 0 && !hasRuns && !hasMasks)
    throw new RangeError(`bmp: compression ${compression} of ${bits} bits`)
  const count = headerBytes >= 56 || compression === 6 ? 4 : 3
  const masks = hasMasks
    ? Array.from({ length: count }, (_, i) => view.getUint32(54 + 4 * i, true))
    : bits === 16
      ? [0x7c00, 0x3e0, 0x1f]
      : [0xff0000, 0xff00, 0xff]
  const size = { width, height: Math.abs(height), isTopDown: height < 0 }
  return { ...found, ...size, bits, hasRuns, masks, paletteStep: 4 }
}

function requireBits(bits: number): number {
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw new RangeError(`bmp: ${bits} bits a pixel`)
  return bits
}

/** Writes one pixel's three colours. `line` counts as the file does. */
type ReadPixel = (x: number, line: number, data: Uint8Array, at: number) => void

function readPlaces(view: DataView, layout: Layout): ReadPixel {
  const { width, bits, hasRuns, pixels, palette, paletteStep } = layout
  const stride = lineBytes(layout)
  const runs = hasRuns ? unpackRuns(view, layout) : null
  const inByte = 8 / bits
  return (x, line, data, at) => {
    const packed = () => view.getUint8(pixels + line * stride + Math.floor(x / inByte))
    const shift = 8 - bits * (1 + (x % inByte))
    const place = runs === null ? (packed() >> shift) & (2 ** bits - 1) : (runs[line * width + x] ?? 0)
    const colour = palette + paletteStep * place
    // A place that the palette does not have is black.
    if (colour + 3 > pixels) return
    for (let i = 0; i < 3; i++) data[at + i] = view.getUint8(colour + 2 - i)
  }
}

function readColours(view: DataView, layout: Layout): ReadPixel {
  const { bits, pixels } = layout
  const stride = lineBytes(layout)
  if (bits === 24) {
    return (x, line, data, at) => {
      for (let i = 0; i < 3; i++) data[at + i] = view.getUint8(pixels + line * stride + 3 * x + 2 - i)
    }
  }
  const valueAt = (x: number, line: number) =>
    bits === 16
      ? view.getUint16(pixels + line * stride + 2 * x, true)
      : view.getUint32(pixels + line * stride + 4 * x, true)
  const [red, green, blue, alpha] = layout.masks.map(createChannel)
  const hasAlpha = alpha !== undefined && (layout.masks[3] ?? 0) !== 0 && isUsed(alpha, valueAt, layout)
  return (x, line, data, at) => {
    const value = valueAt(x, line)
    const share = hasAlpha ? alpha(value) : 1
    for (const [i, channel] of [red, green, blue].entries()) {
      data[at + i] = Math.round(255 * (1 - share + share * (channel?.(value) ?? 0)))
    }
  }
}

/** From a pixel's bits, a share from 0 to 1. */
function createChannel(mask: number): (value: number) => number {
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask)
  const most = mask >>> shift
  return (value) => (most === 0 ? 0 : ((value & mask) >>> shift) / most)
}

/** Programs that know no alpha leave it at 0 all over: nobody means that to be unseen. */
function isUsed(
  alpha: (value: number) => number,
  valueAt: (x: number, line: number) => number,
  { width, height }: Layout,
): boolean {
  for (let line = 0; line < height; line++) {
    for (let x = 0; x < width; x++) if (alpha(valueAt(x, line)) > 0) return true
  }
  return false
}

/** Of a line as it is stored: padded to four bytes. */
function lineBytes({ width, bits }: Layout): number {
  return Math.ceil((width * bits) / 32) * 4
}

/** Palette places, [height, width], the file's first line first; what the runs pass over is place 0. */
function unpackRuns(view: DataView, { width, height, bits, pixels }: Layout): Uint8Array {
  const places = new Uint8Array(width * height)
  let [x, line, at] = [0, 0, pixels]
  const put = (byte: number, i: number) => {
    const place = bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15
    if (x < width) places[line * width + x] = place
    x++
  }
  while (line < height) {
    const [count, value] = [view.getUint8(at), view.getUint8(at + 1)]
    at += 2
    if (count > 0) {
      for (let i = 0; i < count; i++) put(value, i)
    } else if (value === 0) [x, line] = [0, line + 1]
    else if (value === 1) break
    else if (value === 2) {
      x += view.getUint8(at)
      line += view.getUint8(at + 1)
      at += 2
    } else {
      for (let i = 0; i < value; i++) put(view.getUint8(at + (bits === 8 ? i : i >> 1)), i)
      at += 2 * Math.ceil((value * bits) / 16)
    }
  }
  return places
}
