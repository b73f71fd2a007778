// What a zip is, by its names and the one file that tells: a style, a backup, a model, or pictures.

import { expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { openZip } from '../../../src/core/formats/zip.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import { BACKUP_LIST } from '../../../src/core/library/backup-list.ts'
import { kindOfZip } from '../../../src/core/library/zip-kind.ts'

async function kindOf(files: Readonly<Record<string, string>>): Promise<string> {
  const bytes = await writeZip(
    Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)] as const),
  )
  return kindOfZip(await openZip(bytesSource(bytes)))
}

const backup = JSON.stringify({ format: 'kindred-backup', version: 99 })
const pack = JSON.stringify({ format: 'kindred-pack', version: 99 })

it.each([
  ['style-database', 'a style’s two files', { 'database.json': '', 'embeddings.npy': '' }],
  ['other', 'one of a style’s files', { 'database.json': '' }],
  ['backup', 'a backup’s list, of a later version too', { [BACKUP_LIST]: backup }],
  ['other', 'a list of that name that says another format', { [BACKUP_LIST]: pack }],
  ['pack', 'a model’s list at the top', { 'pack.json': pack, 'weights/a.safetensors': '' }],
  ['pack', 'a model’s list in one folder', { 'mine/pack.json': pack }],
  ['other', 'a model’s list deeper down', { 'a/b/pack.json': pack }],
  ['other', 'a model’s list among what a system left', { '__MACOSX/pack.json': pack }],
  ['other', 'a list that is no JSON', { 'pack.json': '{', [BACKUP_LIST]: 'no' }],
  ['other', 'pictures', { 'a.png': '', 'b/c.jpg': '' }],
])('is %s where it holds %s', async (kind, _, files) => {
  expect(await kindOf(files)).toBe(kind)
})

it('reads no list that is longer than any', async () => {
  const archive = {
    entries: new Map([['pack.json', 17 << 20]]),
    read: async () => {
      throw new Error('it was read')
    },
  }
  expect(await kindOfZip(archive)).toBe('other')
})

it('takes a list that cannot be read for none', async () => {
  const archive = {
    entries: new Map([['pack.json', 10]]),
    read: async () => {
      throw new Error('it is damaged')
    },
  }
  expect(await kindOfZip(archive)).toBe('other')
})
