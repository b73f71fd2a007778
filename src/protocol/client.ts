// The page's end of a worker: runs jobs as promises, cancels them, and makes a new worker where the old one died or hangs.

import { BUILD_ID } from './build-id.ts'
import type { JobErrorCode } from './errors.ts'
import { JobError } from './errors.ts'
import type { Jobs } from './jobs.ts'
import type { FromWorker, JobTable, ToWorker } from './messages.ts'
import { closeBitmaps } from './transferables.ts'

/** What the client needs of a `Worker`. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'error' | 'messageerror', listener: (event: object) => void): void
  terminate(): void
}

export interface RunOptions<Event> {
  /** Aborting it cancels the job: the promise then rejects with the code 'cancelled', when is for the client to say. */
  readonly signal?: AbortSignal
  /** Gets the job's events in order, none after the promise settles. What an event carries belongs to the listener. */
  readonly onEvent?: (event: Event) => void
  /**
   * How long the worker may take to end this job once it is cancelled, in place of the client's own time. Infinity for what is
   * merely not wanted any more: a worker that is busy with something else is not ended for it.
   */
  readonly cancelTimeoutMs?: number
  /** Parts of the input to transfer rather than copy. */
  readonly transfer?: Transferable[]
}

export interface JobClient<J extends JobTable<J> = Jobs> {
  /** Resolves to the job's output; rejects with a JobError and nothing else. */
  run<Name extends keyof J & string>(
    name: Name,
    input: J[Name]['input'],
    options?: RunOptions<J[Name]['event']>,
  ): Promise<J[Name]['output']>
  /** Ends the worker; jobs under way reject with 'worker-died'. The next run makes a new one. */
  close(): void
}

export interface ClientOptions {
  readonly createWorker: () => WorkerLike
  /**
   * When a cancelled run rejects. 'when-ended': once the job has ended, with all that it told on the way. 'at-once': right away;
   * the worker, which hears nothing while it computes, ends the job behind, and jobs that are sent meanwhile wait for that.
   */
  readonly cancelled?: 'when-ended' | 'at-once'
  /** How long a worker may take to end a cancelled job before it is ended itself. */
  readonly cancelTimeoutMs?: number
  /** Called when a worker is given up, so that what it held (an open pack) can be set up anew. */
  readonly onWorkerLost?: () => void
}

interface Pending {
  readonly resolve: (output: unknown) => void
  readonly reject: (error: JobError) => void
  readonly onEvent: ((event: unknown) => void) | undefined
}

/** A client that makes its worker at the first run. */
export function createJobClient<J extends JobTable<J> = Jobs>(options: ClientOptions): JobClient<J> {
  const { createWorker, cancelled = 'when-ended', cancelTimeoutMs = 5000, onWorkerLost } = options
  const pending = new Map<number, Pending>()
  /** Of the jobs that were cancelled and have not ended yet. */
  const deadlines = new Map<number, ReturnType<typeof setTimeout>>()
  let worker: WorkerLike | null = null
  let lastId = 0

  function settle(id: number): Pending | undefined {
    const job = pending.get(id)
    pending.delete(id)
    return job
  }

  function end(id: number): Pending | undefined {
    clearTimeout(deadlines.get(id))
    deadlines.delete(id)
    return settle(id)
  }

  function receive(message: FromWorker): void {
    if (message.kind === 'event') {
      const onEvent = pending.get(message.id)?.onEvent
      if (onEvent === undefined) closeBitmaps(message.event)
      else onEvent(message.event)
    } else if (message.kind === 'done') {
      const job = end(message.id)
      if (job === undefined) closeBitmaps(message.output)
      else job.resolve(message.output)
    } else {
      const { code, message: text, detail } = message.error
      end(message.id)?.reject(new JobError(code, text, detail))
    }
  }

  function giveUp(message: string, detail = ''): void {
    worker?.terminate()
    worker = null
    for (const deadline of deadlines.values()) clearTimeout(deadline)
    deadlines.clear()
    const jobs = [...pending.values()]
    pending.clear()
    for (const job of jobs) job.reject(new JobError('worker-died', message, detail))
  }

  function start(): WorkerLike {
    const made = createWorker()
    const lose = (message: string, detail: string) => {
      if (worker !== made) return
      giveUp(message, detail)
      onWorkerLost?.()
    }
    made.addEventListener('message', (event) => {
      if (worker === made) receive(event.data as FromWorker)
    })
    made.addEventListener('error', (event) => lose('the worker failed', detailOf(event)))
    made.addEventListener('messageerror', () => lose('a message from the worker could not be read', ''))
    return made
  }

  function cancel(id: number, timeoutMs: number): void {
    worker?.postMessage({ kind: 'cancel', id } satisfies ToWorker, [])
    const onSilence = () => {
      end(id)?.reject(new JobError('cancelled', 'the worker did not answer and was ended'))
      giveUp('the worker did not answer a cancel and was ended')
      onWorkerLost?.()
    }
    if (timeoutMs < Number.POSITIVE_INFINITY) deadlines.set(id, setTimeout(onSilence, timeoutMs))
    if (cancelled === 'at-once') settle(id)?.reject(new JobError('cancelled', 'the job was cancelled'))
  }

  return {
    run(name, input, { signal, onEvent, transfer = [], cancelTimeoutMs: timeoutMs = cancelTimeoutMs } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(new JobError('cancelled', `${name} was cancelled before it began`))
          return
        }
        const id = ++lastId
        const onAbort = () => cancel(id, timeoutMs)
        const done = () => signal?.removeEventListener('abort', onAbort)
        pending.set(id, {
          resolve: (output) => {
            done()
            resolve(output as never)
          },
          reject: (error) => {
            done()
            reject(error)
          },
          onEvent: onEvent as ((event: unknown) => void) | undefined,
        })
        try {
          worker ??= start()
          worker.postMessage({ kind: 'run', id, build: BUILD_ID, name, input } satisfies ToWorker, transfer)
          signal?.addEventListener('abort', onAbort, { once: true })
        } catch (error) {
          settle(id)?.reject(new JobError(codeOfPostFailure(worker), `${name} could not be sent`, String(error)))
        }
      })
    },
    close: () => giveUp('the worker was closed'),
  }
}

/** Without a worker there was none to be had; with one, the input could not be cloned, which is a bug of ours. */
function codeOfPostFailure(worker: WorkerLike | null): JobErrorCode {
  return worker === null ? 'worker-died' : 'internal'
}

function detailOf(event: object): string {
  return 'message' in event && typeof event.message === 'string' ? event.message : ''
}
