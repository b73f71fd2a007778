// Locks of an origin in memory: tabs share them, and a tab that crashes lets go of its own.

import { StorageError } from '../../../src/core/storage/storage-error.ts'
import type { WriterLock } from '../../../src/core/storage/writer-lock.ts'

export function createSimulatedLock(): WriterLock {
  let last: Promise<unknown> = Promise.resolve()
  const held = new Set<string>()
  return {
    write(task) {
      const run = last.then(task)
      last = run.catch(() => undefined)
      return run
    },
    async hold(name, task) {
      if (held.has(name)) throw new StorageError('storage-failed', 'another tab is at it', name)
      held.add(name)
      try {
        return await task()
      } finally {
        held.delete(name)
      }
    },
    busy: async () => new Set(held),
  }
}
