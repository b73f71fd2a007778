// The list of databases in a backup, as its JSON has it.

import * as v from 'valibot'
import { parseJson } from '../formats/parse-json.ts'

export const BACKUP_LIST = 'databases.json'

const list = v.object({
  format: v.literal('kindred-backup'),
  version: v.literal(1),
  /** In their order; the folder of each is databases/ and its place in the list. */
  databases: v.array(v.object({ name: v.string(), hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
})

export type ListedDatabase = v.InferOutput<typeof list>['databases'][number]

/** Throws FormatError('backup', …). */
export function parseBackupList(text: string): readonly ListedDatabase[] {
  return parseJson('backup', BACKUP_LIST, text, list).databases
}
