// Names what IndexedDB throws in the protocol's words.

import { JobError } from '../protocol/errors.ts'

/** Runs `task`; what it rejects with becomes JobError('storage-full') where the browser gave no room, else JobError('internal'). */
export async function asStorageError<T>(what: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof Error && error.name === 'QuotaExceededError') {
      throw new JobError('storage-full', `the browser gave no more room for ${what}`, error.message)
    }
    throw new JobError('internal', `${what} could not be read or written`, String(error))
  }
}
