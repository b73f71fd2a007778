// The covers of a pack's styles: a picture each in one small file, so that their cards need no database opened.

import { bytesSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { openZip } from '../formats/zip.ts'
import { writeZip } from '../formats/zip-writer.ts'
import { isSmallWebp } from '../image/small-webp.ts'
import type { PackManifest } from './manifest.ts'
import type { StylesParser } from './pack-parser.ts'

/** Where `npm run convert` puts them. */
export const COVERS_PATH = 'covers.zip'

/** Of the file: it is read whole, and before anything else of the pack. */
const MOST_FILE_BYTES = 4 * 1024 * 1024
/** Of a picture: a thumbnail has no more. */
const MOST_COVER_BYTES = 64 * 1024

/** @param covers WebP bytes by the style's id, in the order in which the file is to have them */
export async function writeCovers(covers: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  return writeZip(Array.from(covers, ([id, bytes]) => [coverName(id), bytes] as const))
}

/**
 * WebP bytes by the style's id, of the styles that have one of a thumbnail's size; null where the pack has no such file, as those of
 * before covers.
 * Rejects with FormatError where it is damaged, or longer than covers are, and with what `read` rejects with.
 */
export async function readCovers({
  manifest,
  read,
  parser,
}: {
  readonly manifest: Pick<PackManifest, 'covers' | 'databases' | 'files'>
  /** Files of the pack, verified. */
  readonly read: (path: string) => Promise<Uint8Array>
  readonly parser: Pick<StylesParser, 'parseCovers'>
}): Promise<ReadonlyMap<string, Uint8Array> | null> {
  const { covers: path, databases, files } = manifest
  if (path === undefined) return null
  const byteLength = files[path]?.byteLength ?? 0
  if (byteLength > MOST_FILE_BYTES)
    throw new FormatError('pack', `${path}: ${byteLength} bytes are too many for covers`)
  return parser.parseCovers(
    await read(path),
    databases.map(({ id }) => id),
  )
}

/** The same of the file's bytes. Throws FormatError where it is damaged. */
export async function parseCovers(file: Uint8Array, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const zip = await openZip(bytesSource(file))
  const found = new Map<string, Uint8Array>()
  for (const id of ids) {
    const size = zip.entries.get(coverName(id))
    if (size === undefined) continue
    if (size > MOST_COVER_BYTES)
      throw new FormatError('pack', `${coverName(id)} has ${size} bytes, too many for a cover`)
    const bytes = await zip.read(coverName(id))
    if (isSmallWebp(bytes)) found.set(id, bytes)
  }
  return found
}

function coverName(id: string): string {
  return `${id}.webp`
}
