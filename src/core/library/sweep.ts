// What is done at each start: old records are brought up to date, and what an earlier visit left is finished.

import type { GuardedDisk } from '../storage/guarded-disk.ts'
import { type Migration, migrate } from '../storage/migrate.ts'
import { StorageError } from '../storage/storage-error.ts'
import type { ContentsCache } from './contents.ts'
import { arrivingName } from './exchange.ts'
import { type LibraryDisk, putDatabase } from './library-disk.ts'
import { deleteRows, listImports, runTask } from './move-rows.ts'
import { CHECKSUMS_KEY, databaseKey, isTaskRecord, LIBRARY_KEY, LIBRARY_VERSION, taskKey } from './records.ts'

/** A removed database can be brought back in the visit in which it was removed and in the next one. */
const VISITS_KEPT = 1

/**
 * `MIGRATIONS[0]` leads from version 1 of the library's records to version 2. None so far makes this app's writing depend on it:
 * where a full disk keeps one from being done, the library is used, and rows deleted, all the same.
 */
export const MIGRATIONS: readonly Migration[] = [
  // 2 has checksums. They are added in their own time: to read every image of a large library is not for a start.
  async (disk) => ((await disk.keys(databaseKey(''))).length > 0 ? { put: [[CHECKSUMS_KEY, { version: 1 }]] } : {}),
]

/** Gives what it could not do, which stays for the next time. Rejects where the records can't be read or brought up to date. */
export async function sweep(
  disk: LibraryDisk,
  cache: ContentsCache,
  guarded: GuardedDisk,
): Promise<readonly StorageError[]> {
  const { version } = await disk.library()
  if (version > LIBRARY_VERSION) return []
  const failures: StorageError[] = []
  const attempt = async (task: () => Promise<void>) => {
    try {
      await task()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      failures.push(error)
    }
  }

  try {
    await disk.write(() =>
      migrate(
        guarded,
        {
          read: async () => (await disk.library()).version,
          put: async (version) => [LIBRARY_KEY, { ...(await disk.library()), version }],
        },
        MIGRATIONS,
      ),
    )
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'storage-full')) throw error
    failures.push(error)
  }
  let { visit } = await disk.library()
  // Where there is no room left to count a visit, the library is still to be opened, and room to be made.
  await attempt(() =>
    disk.write(async () => {
      const library = await disk.library()
      visit = library.visit + 1
      await disk.commit({ put: [[LIBRARY_KEY, { ...library, visit }]] })
    }),
  )

  const taskKeys = await disk.keys(taskKey(''))
  for (const task of await disk.getMany(taskKeys)) {
    if (isTaskRecord(task)) await attempt(() => disk.write(() => runTask(disk, cache, task, { kept: true })))
  }

  const busy = await disk.busy()
  for (const { id, state, visit: since } of await disk.databases()) {
    const isOld = state === 'removed' && since < visit - VISITS_KEPT
    const isLeft = state === 'purging' || (state === 'arriving' && !busy.has(arrivingName(id)))
    if (isOld || isLeft) await attempt(() => purge(disk, id))
  }

  for (const { id, version } of await disk.databases()) {
    if (version <= LIBRARY_VERSION) await attempt(() => disk.write(() => guarded.renew([databaseKey(id)])))
  }
  return failures
}

/** Deletes all of a database: from its first batch on it is gone, and what a crash leaves of it the next sweep takes. */
export async function purge(disk: LibraryDisk, databaseId: string): Promise<void> {
  await disk.change(databaseId, ['ready', 'arriving', 'removed', 'purging'], async (record) => {
    if (record.state !== 'purging') {
      await disk.commit({
        put: [putDatabase(record, { state: 'purging' })],
        delete: await listImports(disk, databaseId),
      })
    }
    await deleteRows(disk, databaseId)
  })
}
