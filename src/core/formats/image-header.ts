// Reads a picture's type and size from its first bytes, so that a hostile or huge one is refused before it is decoded.

import { FormatError } from './format-error.ts'

export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/gif', 'image/bmp'] as const

export interface ImageHeader {
  readonly type: (typeof IMAGE_TYPES)[number]
  /** Pixels as stored, before any turning that the file asks for; of several sizes in one file, the largest. */
  readonly width: number
  readonly height: number
  /** 16 where the file stores more than 8 bits a channel and the header says so. */
  readonly bitsPerChannel: 8 | 16
}

/** Thrown where the bytes end before the size is told: more of the file may tell it. */
export class ImageCutShort extends FormatError {
  constructor(byteLength: number) {
    super('image', 'ends before its size', byteLength)
  }
}

type Parser = (view: DataView) => ImageHeader | null

/**
 * PNG, JPEG, WebP, AVIF, GIF and BMP; 64 KiB from the start of the file are enough but where long metadata comes first.
 * Throws FormatError('image', …) for other types and for sizes of zero, ImageCutShort where the bytes end before the size.
 */
export function parseImageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    for (const parse of [parsePng, parseJpeg, parseWebp, parseAvif, parseGif, parseBmp] satisfies Parser[]) {
      const header = parse(view)
      if (header === null) continue
      if (header.width > 0 && header.height > 0) return header
      throw new FormatError('image', `is ${header.width} × ${header.height}`)
    }
  } catch (error) {
    // A DataView reads past its end with a RangeError.
    if (error instanceof RangeError) throw new ImageCutShort(bytes.byteLength)
    throw error
  }
  throw new FormatError('image', 'is neither PNG, JPEG, WebP, AVIF, GIF nor BMP', 0)
}

/** Whether the first bytes are a picture's, or could be if more came: what comes then is damage, not another kind of file. */
export function isImage(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return (
    startsWith(view, 0, PNG_SIGNATURE) ||
    startsWith(view, 0, '\xff\xd8\xff') ||
    (startsWith(view, 0, 'RIFF') && startsWith(view, 8, 'WEBP')) ||
    isAvif(view) ||
    startsWith(view, 0, 'GIF87a') ||
    startsWith(view, 0, 'GIF89a') ||
    isBmp(view)
  )
}

const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n'

function startsWith(view: DataView, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (offset + i >= view.byteLength || view.getUint8(offset + i) !== text.charCodeAt(i)) return false
  }
  return true
}

function parsePng(view: DataView): ImageHeader | null {
  if (!startsWith(view, 0, PNG_SIGNATURE) || !startsWith(view, 12, 'IHDR')) return null
  const bitsPerChannel = view.getUint8(24) === 16 ? 16 : 8
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20), bitsPerChannel }
}

/** Walks the segments to the first start of frame (ITU-T T.81, B.1.1.3). */
function parseJpeg(view: DataView): ImageHeader | null {
  if (!startsWith(view, 0, '\xff\xd8\xff')) return null
  let offset = 2
  for (;;) {
    while (view.getUint8(offset) === 0xff && view.getUint8(offset + 1) === 0xff) offset++
    if (view.getUint8(offset) !== 0xff) throw new FormatError('image', 'a JPEG marker is missing', offset)
    const marker = view.getUint8(offset + 1)
    // SOF0 to SOF15 without DHT, JPG and DAC, which lie between.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const [height, width] = [view.getUint16(offset + 5), view.getUint16(offset + 7)]
      return { type: 'image/jpeg', width, height, bitsPerChannel: 8 }
    }
    if (marker === 0xda || marker === 0xd9) throw new FormatError('image', 'a JPEG without a frame', offset)
    offset += 2 + Math.max(2, view.getUint16(offset + 2))
  }
}

/** RFC 9649: an extended header, a lossless stream, or a lossy key frame. */
function parseWebp(view: DataView): ImageHeader | null {
  if (!startsWith(view, 0, 'RIFF') || !startsWith(view, 8, 'WEBP')) return null
  const found = { type: 'image/webp', bitsPerChannel: 8 } as const
  if (startsWith(view, 12, 'VP8X')) {
    return { ...found, width: 1 + getUint24(view, 24), height: 1 + getUint24(view, 27) }
  }
  if (startsWith(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true)
    return { ...found, width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
  }
  if (startsWith(view, 12, 'VP8 ')) {
    return { ...found, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  return null
}

/** The screen, or the first frame where that reaches further: browsers make the picture as large. */
function parseGif(view: DataView): ImageHeader | null {
  if (!startsWith(view, 0, 'GIF87a') && !startsWith(view, 0, 'GIF89a')) return null
  const flags = view.getUint8(10)
  let offset = 13 + (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0)
  // Extensions before the first frame: a label, then blocks that each tell their length, the last one of length 0.
  while (view.getUint8(offset) === 0x21) {
    offset += 2
    while (view.getUint8(offset) !== 0) offset += 1 + view.getUint8(offset)
    offset++
  }
  if (view.getUint8(offset) !== 0x2c) throw new FormatError('image', 'a GIF without a frame', offset)
  const [left, top, width, height] = [1, 3, 5, 7].map((at) => view.getUint16(offset + at, true))
  return {
    type: 'image/gif',
    width: Math.max(view.getUint16(6, true), (left ?? 0) + (width ?? 0)),
    height: Math.max(view.getUint16(8, true), (top ?? 0) + (height ?? 0)),
    bitsPerChannel: 8,
  }
}

/** Headers by their length: OS/2's of 12 bytes, and Windows' of 40 and more, whose height is negative from the top down. */
function parseBmp(view: DataView): ImageHeader | null {
  if (!isBmp(view)) return null
  const found = { type: 'image/bmp', bitsPerChannel: 8 } as const
  if (view.getUint32(14, true) === 12) {
    return { ...found, width: view.getUint16(18, true), height: view.getUint16(20, true) }
  }
  return { ...found, width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }
}

function isBmp(view: DataView): boolean {
  if (!startsWith(view, 0, 'BM') || view.byteLength < 18) return false
  return [12, 16, 40, 52, 56, 64, 108, 124].includes(view.getUint32(14, true))
}

function isAvif(view: DataView): boolean {
  if (!startsWith(view, 4, 'ftyp')) return false
  const end = Math.min(view.getUint32(0), view.byteLength - 3)
  for (let offset = 8; offset < end; offset += 4) {
    // Brands: the major one, its version, then the compatible ones.
    if (offset !== 12 && (startsWith(view, offset, 'avif') || startsWith(view, offset, 'avis'))) return true
  }
  return false
}

/** ISO/IEC 14496-12 boxes: meta / iprp / ipco holds the sizes (ispe) and depths (pixi) of the picture, its tiles and its mask. */
function parseAvif(view: DataView): ImageHeader | null {
  if (!isAvif(view)) return null
  const meta = findBox(view, 0, Number.POSITIVE_INFINITY, 'meta')
  // meta is a full box: version and flags come before its boxes.
  const iprp = findBox(view, meta.start + 4, meta.end, 'iprp')
  const ipco = findBox(view, iprp.start, iprp.end, 'ipco')
  let [width, height, isDeep] = [0, 0, false]
  for (let offset = ipco.start; offset < ipco.end; ) {
    const box = readBox(view, offset)
    if (box.kind === 'ispe') {
      const [boxWidth, boxHeight] = [view.getUint32(box.start + 4), view.getUint32(box.start + 8)]
      if (boxWidth * boxHeight > width * height) [width, height] = [boxWidth, boxHeight]
    }
    if (box.kind === 'pixi' && view.getUint8(box.start + 5) > 8) isDeep = true
    offset = box.end
  }
  return { type: 'image/avif', width, height, bitsPerChannel: isDeep ? 16 : 8 }
}

interface Box {
  readonly kind: string
  /** Where what it holds begins and ends. */
  readonly start: number
  readonly end: number
}

function readBox(view: DataView, offset: number): Box {
  const length = view.getUint32(offset)
  const kind = String.fromCharCode(...[4, 5, 6, 7].map((at) => view.getUint8(offset + at)))
  // 0 is "to the end of the file"; 1 announces a length of 64 bits, which no box before the picture needs.
  if (length === 0) return { kind, start: offset + 8, end: view.byteLength }
  if (length < 8) throw new FormatError('image', `a box of ${length} bytes`, offset)
  return { kind, start: offset + 8, end: offset + length }
}

function findBox(view: DataView, start: number, end: number, kind: string): Box {
  for (let offset = start; offset < end; ) {
    const box = readBox(view, offset)
    if (box.kind === kind) return box
    offset = box.end
  }
  throw new FormatError('image', `an AVIF without ${kind}`, start)
}

function getUint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16)
}
