// The covers of a pack's styles: a picture each in one small file, so that their cards need no database opened.

import { bytesSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { openZip } from '../formats/zip.ts'
import { writeZip } from '../formats/zip-writer.ts'
import { isSmallWebp } from '../image/small-webp.ts'
import type { PackManifest } from './manifest.ts'
import type { OpenPack } from './open-pack.ts'

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
 * Throws FormatError where it is damaged, or longer than covers are, and what `read` throws.
 */
export async function readCovers({
  manifest,
  read,
}: {
  readonly manifest: Pick<PackManifest, 'covers' | 'databases' | 'files'>
  readonly read: OpenPack['read']
}): Promise<ReadonlyMap<string, Uint8Array> | null> {
  const { covers: path, databases, files } = manifest
  if (path === undefined) return null
  const byteLength = files[path]?.byteLength ?? 0
  if (byteLength > MOST_FILE_BYTES)
    throw new FormatError('pack', `${path}: ${byteLength} bytes are too many for covers`)
  const zip = await openZip(bytesSource(await read(path)))
  const found = new Map<string, Uint8Array>()
  for (const { id } of databases) {
    const size = zip.entries.get(coverName(id))
    if (size === undefined) continue
    if (size > MOST_COVER_BYTES) throw new FormatError('pack', `${path}: ${coverName(id)} has ${size} bytes`)
    const bytes = await zip.read(coverName(id))
    if (isSmallWebp(bytes)) found.set(id, bytes)
  }
  return found
}

function coverName(id: string): string {
  return `${id}.webp`
}
