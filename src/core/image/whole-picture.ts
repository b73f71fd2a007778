// Whether a picture file ends before its own end: decoders differ in what they make of one, so it is seen here.

import type { ImageHeader } from '../formats/image-header.ts'

/** Looks at the frame of the file's container only, not at the compressed pixels in it. */
export function isCutShort(type: ImageHeader['type'], bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return !CHECKS[type](view)
  } catch (error) {
    // A DataView reads past its end with a RangeError.
    if (error instanceof RangeError) return true
    /* v8 ignore next -- @preserve: the checks throw nothing else; a bug of theirs is not to look like a cut file */
    throw error
  }
}

/** Whether all of the file is there; a check may read past the end. */
const CHECKS: Readonly<Record<ImageHeader['type'], (view: DataView) => boolean>> = {
  'image/png': hasPngEnd,
  'image/jpeg': hasJpegEnd,
  'image/webp': (view) => view.getUint32(4, true) + 8 <= view.byteLength,
  'image/avif': hasAllBoxes,
  'image/gif': hasFirstGifFrame,
  'image/bmp': hasBmpRows,
}

/** Chunks to IEND: length, type, content, CRC. */
function hasPngEnd(view: DataView): boolean {
  for (let offset = 8; ; offset += 12 + view.getUint32(offset)) {
    if (view.getUint32(offset + 4) === 0x49454e44) return offset + 12 <= view.byteLength
  }
}

/** The end mark, after the first start of scan: an earlier one may be a thumbnail's. */
function hasJpegEnd(view: DataView): boolean {
  let offset = 2
  while (view.getUint8(offset + 1) !== 0xda) {
    offset += view.getUint8(offset + 1) === 0xff ? 1 : 2 + Math.max(2, view.getUint16(offset + 2))
  }
  for (offset += 2; ; offset++) {
    if (view.getUint16(offset) === 0xffd9) return true
  }
}

/** Boxes to the end of the file, that of the pixels (mdat) among them. */
function hasAllBoxes(view: DataView): boolean {
  let [offset, hasPixels] = [0, false]
  while (offset < view.byteLength) {
    const length = view.getUint32(offset)
    hasPixels ||= view.getUint32(offset + 4) === 0x6d646174
    if (length === 0) return hasPixels
    offset += length === 1 ? Number(view.getBigUint64(offset + 8)) : Math.max(8, length)
  }
  return hasPixels && offset === view.byteLength
}

/** Later frames are not shown, so they may be missing. */
function hasFirstGifFrame(view: DataView): boolean {
  const tableLength = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0)
  const afterBlocks = (start: number) => {
    let offset = start
    while (view.getUint8(offset) !== 0) offset += 1 + view.getUint8(offset)
    return offset + 1
  }
  let offset = 13 + tableLength(view.getUint8(10))
  while (view.getUint8(offset) === 0x21) offset = afterBlocks(offset + 2)
  // The frame's own header and colours, then one byte before its blocks.
  offset += 10 + tableLength(view.getUint8(offset + 9)) + 1
  return afterBlocks(offset) <= view.byteLength
}

/** Uncompressed rows are padded to four bytes; compressed ones do not tell their length. */
function hasBmpRows(view: DataView): boolean {
  const start = view.getUint32(10, true)
  const isOs2 = view.getUint32(14, true) === 12
  const width = isOs2 ? view.getUint16(18, true) : view.getInt32(18, true)
  const height = isOs2 ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true))
  const bits = view.getUint16(isOs2 ? 24 : 28, true)
  const compression = isOs2 ? 0 : view.getUint32(30, true)
  const isCompressed = compression !== 0 && compression !== 3 && compression !== 6
  const rowLength = Math.ceil((width * bits) / 32) * 4
  return isCompressed ? start < view.byteLength : start + rowLength * height <= view.byteLength
}
