// What a database has: its rows' ids and content hashes, read once and then kept up with.

import { parseItems } from './checked-rows.ts'
import type { LibraryDisk } from './library-disk.ts'
import { type DatabaseRecord, itemsKey, type StoredItem } from './records.ts'

/** Chunks whose items are read at once. */
const AT_ONCE = 64

export interface Contents {
  readonly ids: Set<string>
  readonly hashes: Set<string>
}

export interface ContentsCache {
  /** Of the record's revision. The caller may add to the sets once its additions are on the disk, and says so. */
  of(record: DatabaseRecord): Promise<Contents>
  /** Tells that the sets, as last given, are those of this revision. */
  keep(databaseId: string, revision: number, contents: Contents): void
}

/** Keeps the contents of the database asked for last: imports go to one at a time. */
export function createContentsCache(disk: LibraryDisk): ContentsCache {
  let kept: { databaseId: string; revision: number; contents: Contents } | null = null
  return {
    async of(record) {
      if (kept?.databaseId === record.id && kept.revision === record.revision) return kept.contents
      const contents: Contents = { ids: new Set(), hashes: new Set() }
      for await (const items of readItems(disk, record)) {
        for (const { id, sha256 } of items) {
          contents.ids.add(id)
          if (sha256 !== null) contents.hashes.add(sha256)
        }
      }
      kept = { databaseId: record.id, revision: record.revision, contents }
      return contents
    },
    keep(databaseId, revision, contents) {
      kept = { databaseId, revision, contents }
    },
  }
}

/** The items of each chunk, in order. Rejects with StorageError('storage-failed') where a record is missing. */
export async function* readItems(
  disk: LibraryDisk,
  { chunks }: Pick<DatabaseRecord, 'chunks'>,
): AsyncGenerator<readonly StoredItem[]> {
  for (let start = 0; start < chunks.length; start += AT_ONCE) {
    const entries = chunks.slice(start, start + AT_ONCE)
    const records = await disk.getMany(entries.map(({ id }) => itemsKey(id)))
    for (const [i, entry] of entries.entries()) yield parseItems(records[i], entry)
  }
}
