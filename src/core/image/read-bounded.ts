// Reads a zip's small pictures in the thread that it is called in: the parse worker's.

import { FormatError } from '../formats/format-error.ts'
import { type ImageHeader, parseImageHeader } from '../formats/image-header.ts'
import type { ZipArchive } from '../formats/zip.ts'
import { isWithin, type PictureBounds } from './picture-bounds.ts'

/**
 * Entries in the order of their names; null for one that is not there, no picture, of another type, or larger than may be.
 * Throws FormatError where an entry is damaged. One of too many bytes is not read.
 */
export async function readBounded(
  { entries, readMany }: Pick<ZipArchive, 'entries' | 'readMany'>,
  names: readonly string[],
  bounds: PictureBounds,
): Promise<readonly (Uint8Array | null)[]> {
  const short = names.filter((name) => (entries.get(name) ?? Number.POSITIVE_INFINITY) <= bounds.mostBytes)
  const found = new Map((await readMany(short)).map((bytes, at) => [short[at], bytes] as const))
  return names.map((name) => {
    const bytes = found.get(name)
    const header = bytes && readHeader(bytes)
    return bytes && header && isWithin(header, bounds) ? bytes : null
  })
}

function readHeader(bytes: Uint8Array): ImageHeader | null {
  try {
    return parseImageHeader(bytes)
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}
