// What a backup says of itself, in three JSON files: read in the parse worker, for a stranger may have written them. Backups of
// before settings were kept have no settings.json.

import * as v from 'valibot'
import { FormatError } from '../core/formats/format-error.ts'
import { parseJson } from '../core/formats/parse-json.ts'
import { recipeSchema } from '../core/formats/png-metadata.ts'
import { BACKUP_LIST, parseBackupList } from '../core/library/backup-list.ts'
import { isPackId } from '../core/pack/install-names.ts'
import type { DatabaseArchive } from '../core/retrieval/style-database.ts'
import type { BackupContents } from '../protocol/parse-jobs.ts'
import { GALLERY, isPackUrl, LONGEST_NAME, SETTINGS } from './backup-names.ts'

/** In bytes: what is longer is not parsed. A picture takes some kilobytes, a database some hundred bytes. */
const LONGEST = { [BACKUP_LIST]: 16 << 20, [GALLERY]: 256 << 20, [SETTINGS]: 64 << 10 } as const

const natural = v.pipe(v.number(), v.integer(), v.minValue(0))

/** What a picture has beside its files, gallery/<place>.png and gallery/<place>/<neighbour>.webp. */
const picture = v.object({
  id: v.string(),
  createdAt: v.number(),
  order: v.optional(v.number()),
  recipe: recipeSchema,
  neighbours: v.array(
    v.object({
      ...{ row: natural, id: v.string(), score: v.number(), caption: v.string() },
      origin: v.exactOptional(v.object({ databaseId: v.string(), row: natural })),
      isGiven: v.exactOptional(v.boolean()),
    }),
  ),
  steps: natural,
  milliseconds: v.object({ text: v.number(), search: v.number(), step: v.number(), decode: v.number() }),
})

const settings = v.object({
  format: v.literal('kindred-settings'),
  version: v.literal(1),
  model: v.nullable(
    v.object({
      id: v.pipe(v.string(), v.check(isPackId)),
      name: v.pipe(v.string(), v.maxLength(LONGEST_NAME)),
      url: v.nullable(v.pipe(v.string(), v.check(isPackUrl))),
    }),
  ),
})

/** Throws FormatError where a file is missing, too long, or not what it should be; what it says beyond that is dropped. */
export async function readBackup({
  entries,
  read,
}: Pick<DatabaseArchive, 'entries' | 'read'>): Promise<BackupContents> {
  async function readText(name: keyof typeof LONGEST): Promise<string> {
    const byteLength = entries.get(name)
    if (byteLength === undefined) throw new FormatError('backup', `has no ${name}`)
    if (byteLength > LONGEST[name]) {
      throw new FormatError('backup', `${name}: ${byteLength} bytes are too many for a backup`)
    }
    return new TextDecoder().decode(await read(name))
  }
  const pictures = parseJson('backup', GALLERY, await readText(GALLERY), v.array(picture))
  const { model } = entries.has(SETTINGS)
    ? parseJson('backup', SETTINGS, await readText(SETTINGS), settings)
    : { model: null }
  return { databases: parseBackupList(await readText(BACKUP_LIST)), pictures, model }
}
