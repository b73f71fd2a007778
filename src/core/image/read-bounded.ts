// Reads a zip's small pictures in the thread that it is called in: the parse worker's.

import type { ZipArchive } from '../formats/zip.ts'
import { headerWithin } from './header-within.ts'
import { type PictureBounds, STYLE_PICTURE } from './picture-bounds.ts'
import { isSmallWebp } from './small-webp.ts'

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
  const mayBeKept = (bytes: Uint8Array) =>
    bounds.type === STYLE_PICTURE.type ? isSmallWebp(bytes) : headerWithin(bytes, bounds) !== null
  return names.map((name) => {
    const bytes = found.get(name)
    return bytes && mayBeKept(bytes) ? bytes : null
  })
}
