// Looks at a stranger's picture before it is decoded, in the thread that it is called in: the parse worker's.

import { FormatError } from '../formats/format-error.ts'
import { type ImageHeader, parseImageHeader } from '../formats/image-header.ts'
import type { PictureBounds } from './picture-bounds.ts'

/**
 * Null for what is no picture, is damaged, of another type, or larger than may be.
 *
 * @param bytes of a whole image file
 */
export function headerWithin(bytes: Uint8Array, { type, mostPixels, mostBytes }: PictureBounds): ImageHeader | null {
  if (bytes.length > mostBytes) return null
  try {
    const header = parseImageHeader(bytes)
    const isOfType = type === null || header.type === type
    return isOfType && header.width * header.height <= mostPixels ? header : null
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}
