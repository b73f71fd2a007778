// What a zip from a person is, by a look at its list of names and the one file that tells: before any of it is taken in.

import * as v from 'valibot'
import { parseJson } from '../formats/parse-json.ts'
import { findPackJson } from '../pack/zipped-pack.ts'
import type { DatabaseArchive } from '../retrieval/style-database.ts'
import { BACKUP_LIST } from './backup-list.ts'

/** 'pack': a model's folder as a zip. 'other': pictures, embeddings, or anything else. */
export type ZipKind = 'style-database' | 'backup' | 'pack' | 'other'

type Archive = Pick<DatabaseArchive, 'entries' | 'read'>

/** In bytes: a backup's list of databases and a pack's list of files are shorter. */
const LONGEST = 16 << 20

/** Those of later versions too: whoever opens them says what is wrong with them. */
export async function kindOfZip(archive: Archive): Promise<ZipKind> {
  const { entries } = archive
  if (entries.has('database.json') && entries.has('embeddings.npy')) return 'style-database'
  if (await saysFormat(archive, BACKUP_LIST, 'kindred-backup')) return 'backup'
  const manifest = findPackJson(entries.keys())
  const isPack = manifest !== null && (await saysFormat(archive, manifest, 'kindred-pack'))
  return isPack ? 'pack' : 'other'
}

/** False where there is no such file, or it cannot be read. */
async function saysFormat({ entries, read }: Archive, name: string, format: string): Promise<boolean> {
  const byteLength = entries.get(name)
  if (byteLength === undefined || byteLength > LONGEST) return false
  try {
    parseJson('zip', name, new TextDecoder().decode(await read(name)), v.object({ format: v.literal(format) }))
    return true
  } catch {
    // Whatever is wrong with it, what then takes the zip says so.
    return false
  }
}
