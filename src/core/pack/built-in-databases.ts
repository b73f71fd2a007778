// Puts style databases into a pack: in the order in which people see them, with a cover for each.

import { bytesSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { openStyleDatabase, type StyleDatabase } from '../retrieval/style-database.ts'
import { COVERS_PATH, writeCovers } from './covers.ts'
import type { BuiltInDatabase, PackManifest } from './manifest.ts'

export interface DatabaseFiles {
  /** Style database files by file name. */
  readonly databases: ReadonlyMap<string, Uint8Array>
  /** Ids of styles that come before the others of their kind, in this order. */
  readonly first?: readonly string[]
}

/**
 * Writes the databases and their covers; returns what the manifest says of them.
 *
 * Styles that the model was trained on come before those that it never saw. Among each, those that `first` names come first, in
 * its order; the others follow by name.
 *
 * @param clipId the pack's CLIP; null where it has none, and databases of any CLIP will do
 * @throws FormatError where a database is none, or was made with another CLIP
 */
export async function writeDatabases(
  { databases, first = [] }: DatabaseFiles,
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
  opened.sort((a, b) => compare(a.listed, b.listed, first))
  for (const { listed, bytes } of opened) await write(listed.file, [bytes])
  const listed = opened.map((database) => database.listed)
  const covers = new Map(opened.flatMap(({ listed, cover }) => (cover === null ? [] : [[listed.id, cover] as const])))
  if (covers.size === 0) return { databases: listed }
  await write(COVERS_PATH, [await writeCovers(covers)])
  return { databases: listed, covers: COVERS_PATH }
}

/** The thumbnail of the first row that has one: the first of those that the style's card shows when it is pointed at. */
async function readCover({ description, thumbnails }: StyleDatabase): Promise<Uint8Array | null> {
  for (const row of description.items.keys()) {
    const [bytes] = await thumbnails([row])
    if (bytes) return bytes
  }
  return null
}

function compare(a: BuiltInDatabase, b: BuiltInDatabase, first: readonly string[]): number {
  if (a.heldOut !== b.heldOut) return a.heldOut ? 1 : -1
  const place = ({ id }: BuiltInDatabase) => (first.includes(id) ? first.indexOf(id) : first.length)
  return place(a) - place(b) || Number(a.name > b.name) - Number(a.name < b.name)
}
