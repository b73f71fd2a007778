// Reads a picture file whole after its header has shown that it is one, not too large, and not cut short.

import type { ByteSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { ImageCutShort, type ImageHeader, isImage, parseImageHeader } from '../formats/image-header.ts'
import { SkippedFile } from './skip-reason.ts'
import { isCutShort } from './whole-picture.ts'

export const MOST_FILE_BYTES = 256 << 20
export const MOST_PIXELS = 64_000_000
/** Of more than 8 bits a channel: they take twice the memory. */
export const MOST_DEEP_PIXELS = 32_000_000
export const LONGEST_SIDE = 16_384

/** What is read at first: sizes come early in all but files with long metadata. */
const HEAD_BYTES = 64 * 1024

export interface PictureFile {
  readonly header: ImageHeader
  readonly bytes: Uint8Array
}

/**
 * The bytes of a picture that may be decoded. The rest of a file that is refused is not read.
 * Rejects with SkippedFile, or with what the source rejects with.
 */
export async function readPicture(source: ByteSource): Promise<PictureFile> {
  const { byteLength } = source
  if (byteLength === 0) throw new SkippedFile('empty', '0 bytes')
  const head = await source.slice(0, Math.min(HEAD_BYTES, byteLength))
  if (!isImage(head)) throw isSvg(head) ? new SkippedFile('svg', 'SVG') : notPicture(head)
  if (byteLength > MOST_FILE_BYTES) throw new SkippedFile('too-large', `${byteLength} bytes`)
  let bytes: Uint8Array | null = head.byteLength === byteLength ? head : null
  let header = parseOrSkip(head, bytes !== null)
  if (header === null) {
    bytes = await source.slice(0, byteLength)
    header = parseOrSkip(bytes, true)
  }
  if (header === null) throw new SkippedFile('truncated', 'ends before its size')
  checkSize(header)
  bytes ??= await source.slice(0, byteLength)
  if (isCutShort(header.type, bytes)) throw new SkippedFile('truncated', `${byteLength} bytes are not all of it`)
  return { header, bytes }
}

/** Null where more of the file is needed. */
function parseOrSkip(bytes: Uint8Array, isWhole: boolean): ImageHeader | null {
  try {
    return parseImageHeader(bytes)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    if (!(error instanceof ImageCutShort)) throw new SkippedFile('damaged', error.message)
    if (isWhole) throw new SkippedFile('truncated', error.message)
    return null
  }
}

function checkSize({ width, height, bitsPerChannel }: ImageHeader): void {
  const most = bitsPerChannel === 16 ? MOST_DEEP_PIXELS : MOST_PIXELS
  if (width * height > most || Math.max(width, height) > LONGEST_SIDE) {
    throw new SkippedFile('too-many-pixels', `${width} × ${height}`)
  }
}

/** Markup with an svg element early on, in UTF-8 or, by every other byte, UTF-16. */
function isSvg(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.subarray(0, 4096).filter((byte) => byte !== 0))
  return /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*</.test(text) && /<(?:\w+:)?svg[\s/>]/i.test(text)
}

function notPicture(head: Uint8Array): SkippedFile {
  const start = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return new SkippedFile('not-a-picture', `begins with ${start}`)
}
