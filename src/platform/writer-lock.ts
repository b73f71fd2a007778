// One writer at a time over all tabs and workers of the origin, by Web Locks: a lock ends with its holder, even in a crash.

import { StorageError } from '../core/storage/storage-error.ts'
import type { WriterLock } from '../core/storage/writer-lock.ts'

/** @param name of what is written, such as 'kindred-library' */
export function createWriterLock(locks: Pick<LockManager, 'request' | 'query'>, name: string): WriterLock {
  const prefix = `${name}/`
  return {
    write: (task) => locks.request(name, task),
    hold: (held, task) =>
      locks.request(`${prefix}${held}`, { ifAvailable: true }, (lock) => {
        if (lock === null) throw new StorageError('storage-failed', 'another tab is at this already', held)
        return task()
      }),
    async busy() {
      const { held = [] } = await locks.query()
      const names = held.map((lock) => lock.name ?? '').filter((lock) => lock.startsWith(prefix))
      return new Set(names.map((lock) => lock.slice(prefix.length)))
    },
  }
}
