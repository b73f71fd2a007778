// Whether bytes are a WebP small enough to be decoded wherever it is shown. It reads the WebP's own header and nothing of other
// formats: those of strangers are read in the parse worker alone.

import { STYLE_PICTURE } from './picture-bounds.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/**
 * True for a still WebP (RFC 9649) within the bounds of a style's pictures. Its pixels are not looked at: whether they can be decoded is for
 * the browser to see, which makes no picture of another size than this has read.
 */
export function isSmallWebp(bytes: Uint8Array): boolean {
  if (bytes.length > STYLE_PICTURE.mostBytes) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const size = readSize(view)
    return size !== null && size.width * size.height > 0 && size.width * size.height <= STYLE_PICTURE.mostPixels
  } catch (error) {
    // A DataView reads past its end with a RangeError.
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Null where it is no still WebP, or one whose parts differ in size. */
function readSize(view: DataView): Size | null {
  if (nameAt(view, 0) !== 'RIFF' || nameAt(view, 8) !== 'WEBP') return null
  if (nameAt(view, 12) !== 'VP8X') return readFrame(view, 12)
  const isAnimated = (view.getUint8(20) & 0x02) !== 0
  const canvas = { width: 1 + getUint24(view, 24), height: 1 + getUint24(view, 27) }
  for (let chunk = 12; ; chunk = endOf(view, chunk)) {
    const frame = readFrame(view, chunk)
    if (frame === null) continue
    const isWhole = frame.width === canvas.width && frame.height === canvas.height
    return isWhole && !isAnimated ? canvas : null
  }
}

/** Of a chunk of pixels, lossy (a key frame) or lossless; null of any other. */
function readFrame(view: DataView, chunk: number): Size | null {
  const name = nameAt(view, chunk)
  const data = chunk + 8
  if (name === 'VP8 ') {
    const isKeyFrame = (view.getUint8(data) & 1) === 0 && view.getUint16(data + 3) === 0x9d01
    if (!isKeyFrame || view.getUint8(data + 5) !== 0x2a) throw new RangeError('no key frame')
    return { width: view.getUint16(data + 6, true) & 0x3fff, height: view.getUint16(data + 8, true) & 0x3fff }
  }
  if (name === 'VP8L') {
    if (view.getUint8(data) !== 0x2f) throw new RangeError('no lossless stream')
    const bits = view.getUint32(data + 1, true)
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
  }
  return null
}

/** Chunks are padded to an even length. */
function endOf(view: DataView, chunk: number): number {
  const length = view.getUint32(chunk + 4, true)
  return chunk + 8 + length + (length % 2)
}

function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)))
}

function getUint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}
