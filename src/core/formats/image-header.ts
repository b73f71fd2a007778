// Reads a picture's type and size from its first bytes, so that a hostile or huge one is refused before it is decoded.

import { FormatError } from './format-error.ts'

export interface ImageHeader {
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'
  /** Pixels as stored, before any turning that the file asks for. */
  readonly width: number
  readonly height: number
}

/**
 * PNG, JPEG, WebP and GIF; 64 KiB from the start of the file are enough but for JPEGs with long metadata.
 * Throws FormatError('image', …) for other types, for sizes of zero, and where the bytes end before the size.
 */
export function parseImageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const header = parsePng(view) ?? parseJpeg(view) ?? parseWebp(view) ?? parseGif(view)
    if (!header) throw new FormatError('image', 'is neither PNG, JPEG, WebP nor GIF', 0)
    if (header.width === 0 || header.height === 0)
      throw new FormatError('image', `is ${header.width} × ${header.height}`)
    return header
  } catch (error) {
    // A DataView reads past its end with a RangeError.
    if (error instanceof RangeError) throw new FormatError('image', 'ends before its size', bytes.byteLength)
    throw error
  }
}

function startsWith(view: DataView, offset: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (offset + i >= view.byteLength || view.getUint8(offset + i) !== text.charCodeAt(i)) return false
  }
  return true
}

function parsePng(view: DataView): ImageHeader | null {
  if (!startsWith(view, 0, '\x89PNG\r\n\x1a\n') || !startsWith(view, 12, 'IHDR')) return null
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
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
      return { type: 'image/jpeg', height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) }
    }
    if (marker === 0xda || marker === 0xd9) throw new FormatError('image', 'a JPEG without a frame', offset)
    offset += 2 + Math.max(2, view.getUint16(offset + 2))
  }
}

/** RFC 9649: an extended header, a lossless stream, or a lossy key frame. */
function parseWebp(view: DataView): ImageHeader | null {
  if (!startsWith(view, 0, 'RIFF') || !startsWith(view, 8, 'WEBP')) return null
  const type = 'image/webp'
  if (startsWith(view, 12, 'VP8X')) {
    return { type, width: 1 + getUint24(view, 24), height: 1 + getUint24(view, 27) }
  }
  if (startsWith(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true)
    return { type, width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
  }
  if (startsWith(view, 12, 'VP8 ')) {
    return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  return null
}

function parseGif(view: DataView): ImageHeader | null {
  if (!startsWith(view, 0, 'GIF87a') && !startsWith(view, 0, 'GIF89a')) return null
  return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

function getUint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16)
}
