// Puts style databases into a pack: with a cover for each.

import { bytesSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { openStyleDatabase, type StyleDatabase } from '../retrieval/style-database.ts'
import { COVERS_PATH, writeCovers } from './covers.ts'
import type { BuiltInDatabase, PackManifest } from './manifest.ts'

/**
 * Writes the databases and their covers; returns what the manifest says of them.
 *
 * @param databases style database files by file name
 * @param clipId the pack's CLIP; null where it has none, and databases of any CLIP will do
 * @throws FormatError where a database is none, or was made with another CLIP
 */
export async function writeDatabases(
  databases: ReadonlyMap<string, Uint8Array>,
  clipId: string | null,
  write: (path: string, chunks: Iterable<Uint8Array>) => Promise<void>,
): Promise<Pick<PackManifest, 'databases' | 'covers'>> {
  const opened: { listed: BuiltInDatabase; bytes: Uint8Array; cover: Uint8Array | null }[] = []
  for (const [name, bytes] of databases) {
    const database = await openStyleDatabase(bytesSource(bytes))
    const { id, name: called, heldOut, items, clip } = database.description
    if (clipId !== null && clip.id !== clipId) {
      throw new FormatError('style database', `${name} was made with another CLIP, ${clip.id}`)
    }
    const listed = { id, name: called, rows: items.length, heldOut, file: `databases/${name}` }
    opened.push({ listed, bytes, cover: await readCover(database) })
  }
  for (const { listed, bytes } of opened) await write(listed.file, [bytes])
  const listed = opened.map((database) => database.listed)
  const covers = new Map(opened.flatMap(({ listed, cover }) => (cover === null ? [] : [[listed.id, cover] as const])))
  if (covers.size === 0) return { databases: listed }
  await write(COVERS_PATH, [await writeCovers(covers)])
  return { databases: listed, covers: COVERS_PATH }
}

/** The thumbnail of the first row that has one: the first of those that the style's card shows when it is pointed at. */
async function readCover({ description, thumbnail }: StyleDatabase): Promise<Uint8Array | null> {
  for (const row of description.items.keys()) {
    const bytes = await thumbnail(row)
    if (bytes !== null) return bytes
  }
  return null
}
