// The worker's end of the protocol: runs each job, an async generator, and ends those that are cancelled.

import { BUILD_ID } from './build-id.ts'
import { JobError } from './errors.ts'
import type { Jobs } from './jobs.ts'
import type { FromWorker, JobTable, ToWorker } from './messages.ts'
import { nextMacrotask } from './next-macrotask.ts'
import { closeBitmaps, transferablesOf } from './transferables.ts'

/**
 * The jobs' bodies. On cancel the host aborts the signal, with a JobError as its reason, and calls `return()` at the next
 * `yield`, so `finally` is the place to free what the job holds; a job that waits for what is not its own work listens to the
 * signal. Buffers and bitmaps that it yields or returns are transferred: the job no longer has them.
 */
export type JobHandlers<J extends JobTable<J> = Jobs> = {
  readonly [Name in keyof J]: (
    input: J[Name]['input'],
    signal: AbortSignal,
  ) => AsyncGenerator<J[Name]['event'], J[Name]['output'], void>
}

/** What the host needs of a worker's global scope, or of a MessagePort. */
export interface PortLike {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

type AnyJob = AsyncGenerator<unknown, unknown, void>

interface Running {
  readonly controller: AbortController
  /** Never rejects. */
  readonly ended: Promise<void>
}

/**
 * Answers the client's messages on `port` from now on. Jobs run beside each other, but none beside one that was cancelled and
 * has not ended: the client may have let go of that one, and what comes next must find the worker as if it had ended there.
 * @param toJobError turns what a job threw, and is no JobError already, into one
 */
export function serveJobs<J extends JobTable<J> = Jobs>(
  port: PortLike,
  handlers: JobHandlers<J>,
  toJobError: (error: unknown) => JobError,
): void {
  const running = new Map<number, Running>()
  const post = (message: FromWorker, payload: unknown) => port.postMessage(message, transferablesOf(payload))

  function fail(id: number, error: JobError): void {
    post({ kind: 'failed', id, error: { code: error.code, message: error.message, detail: error.detail } }, null)
  }

  function start(id: number, name: string, input: unknown): void {
    const handler = Object.hasOwn(handlers, name) ? handlers[name as keyof J] : undefined
    if (handler === undefined) {
      fail(id, new JobError('internal', `no such job: ${name}`))
      return
    }
    const controller = new AbortController()
    const { signal } = controller
    const ending = Array.from(running.values(), (job) => (job.controller.signal.aborted ? job.ended : null))
    const ended = Promise.all(ending)
      .then(() => exhaust(handler(input, signal), signal, (event) => post({ kind: 'event', id, event }, event)))
      .then(
        (output) => {
          if (!signal.aborted) return post({ kind: 'done', id, output }, output)
          closeBitmaps(output)
          fail(id, new JobError('cancelled', `${name} was cancelled`))
        },
        (error: unknown) => fail(id, error instanceof JobError ? error : toJobError(error)),
      )
      .finally(() => running.delete(id))
    running.set(id, { controller, ended })
  }

  port.addEventListener('message', ({ data }) => {
    const message = data as ToWorker
    if (message.kind === 'run' && message.build !== BUILD_ID) {
      fail(message.id, new JobError('build-mismatch', `page ${message.build}, worker ${BUILD_ID}`))
    } else if (message.kind === 'run') {
      start(message.id, message.name, message.input)
    } else {
      running.get(message.id)?.controller.abort(new JobError('cancelled', 'the job was cancelled'))
    }
  })
}

/** Runs a job to its end, or to the first yield at which it is cancelled; its `finally` has run when this resolves. */
async function exhaust(job: AnyJob, signal: AbortSignal, onEvent: (event: unknown) => void): Promise<unknown> {
  for (;;) {
    await nextMacrotask()
    if (signal.aborted) {
      await job.return(undefined)
      return undefined
    }
    const result = await job.next()
    if (result.done) return result.value
    onEvent(result.value)
  }
}
