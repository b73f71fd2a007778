// Lets a job stop waiting for what others do, when it is cancelled.

import { JobError } from './errors.ts'

/** Settles as `task` does, or rejects with JobError('cancelled') once `signal` is aborted; the task itself goes on. */
export function unlessAborted<T>(signal: AbortSignal, task: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new JobError('cancelled', 'the job was cancelled while it waited'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    task.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
