// A backup of the databases: each as the files of a style database in a folder of its own, and a list of them with their hashes.

import { FormatError } from '../formats/format-error.ts'
import {
  type DatabaseArchive,
  listStyleDatabaseFiles,
  readStyleDatabase,
  type StyleDatabase,
} from '../retrieval/style-database.ts'
import { BACKUP_LIST, type ListedDatabase } from './backup-list.ts'
import type { ContentsCache } from './contents.ts'
import { describeFile, importFile } from './exchange.ts'
import type { BackupArchive, BackupFile, OpenDatabase, Restored } from './library.ts'
import { countRows, type LibraryDisk } from './library-disk.ts'
import { hashRows } from './open-database.ts'
import type { DatabaseRecord } from './records.ts'

type Open = (record: DatabaseRecord) => Promise<OpenDatabase>

export async function* backUpDatabases(disk: LibraryDisk, open: Open): AsyncGenerator<BackupFile> {
  const records = (await disk.databases()).filter((record) => record.state === 'ready' && countRows(record) > 0)
  const databases: { name: string; hash: string }[] = []
  for (const [place, record] of records.entries()) {
    const opened = await open(record)
    const { description, embeddings, pictures } = await describeFile(record, opened)
    for await (const [name, bytes] of listStyleDatabaseFiles(description, embeddings, pictures)) {
      yield [folderOf(place) + name, bytes]
    }
    databases.push({ name: record.name, hash: await opened.hash() })
  }
  const text = JSON.stringify({ format: 'kindred-backup', version: 1, databases }, null, 1)
  yield [BACKUP_LIST, new TextEncoder().encode(text)]
}

/**
 * Rejects with FormatError where the archive is damaged or not what it lists: what came before the damage is kept.
 * @param databases as the archive lists them
 */
export async function restoreDatabases(
  disk: LibraryDisk,
  cache: ContentsCache,
  archive: Pick<BackupArchive, 'readDatabase'>,
  databases: readonly ListedDatabase[],
  open: Open,
): Promise<Restored> {
  let restored = 0
  for (const [place, { name, hash }] of databases.entries()) {
    if (await isHere(disk, open, name, hash)) continue
    const database = await archive.readDatabase(folderOf(place))
    if ((await hashOf(disk, database)) !== hash) {
      throw new FormatError('backup', `the rows of ${JSON.stringify(name)} are not those that it lists`)
    }
    await importFile(disk, cache, database, () => undefined)
    restored++
  }
  return { restored, present: databases.length - restored }
}

/** Two databases of one name with the same rows are one. */
async function isHere(disk: LibraryDisk, open: Open, name: string, hash: string): Promise<boolean> {
  for (const record of await disk.databases()) {
    if (record.state !== 'ready' || record.name !== name) continue
    if ((await (await open(record)).hash()) === hash) return true
  }
  return false
}

/** A zip as a backup's: what a worker that is sealed off does with it, for those that may do it themselves. */
export function backupArchive({ entries, read, readMany }: DatabaseArchive): BackupArchive {
  const archive = { entries, read, readMany }
  return { ...archive, readDatabase: (folder) => readStyleDatabase(inFolder(archive, folder)) }
}

/** What lies below a folder of an archive, as an archive of its own. */
export function inFolder({ entries, read, readMany }: DatabaseArchive, folder: string): DatabaseArchive {
  const inside = Array.from(entries).filter(([name]) => name.startsWith(folder))
  return {
    entries: new Map(inside.map(([name, size]) => [name.slice(folder.length), size])),
    read: (name) => read(folder + name),
    readMany: (names) => readMany(names.map((name) => folder + name)),
  }
}

function hashOf(disk: LibraryDisk, { description, embeddings }: StyleDatabase): Promise<string> {
  async function* chunks() {
    yield embeddings
  }
  return hashRows(
    disk,
    description.clip,
    description.items.map(({ id }) => id),
    chunks(),
  )
}

function folderOf(place: number): string {
  return `databases/${place}/`
}
