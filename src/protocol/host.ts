// The worker's end of the protocol: runs each job, an async generator, and hears cancels between its yields.

import { BUILD_ID } from './build-id.ts'
import { JobError } from './errors.ts'
import type { Jobs } from './jobs.ts'
import type { FromWorker, JobTable, ToWorker } from './messages.ts'

/**
 * The jobs' bodies. A job ends early only at a `yield`: on cancel the host calls `return()` there, so `finally` is the place
 * to free what the job holds. Buffers and bitmaps that it yields or returns are transferred: the job no longer has them.
 */
export type JobHandlers<J extends JobTable<J> = Jobs> = {
  readonly [Name in keyof J]: (input: J[Name]['input']) => AsyncGenerator<J[Name]['event'], J[Name]['output'], void>
}

/** What the host needs of a worker's global scope, or of a MessagePort. */
export interface PortLike {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

type AnyJob = AsyncGenerator<unknown, unknown, void>

interface Running {
  readonly generator: AnyJob
  cancelled: boolean
}

/**
 * Answers the client's messages on `port` from now on.
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

  async function drive(id: number, name: string, input: unknown): Promise<void> {
    const handler = Object.hasOwn(handlers, name) ? handlers[name as keyof J] : undefined
    if (handler === undefined) {
      fail(id, new JobError('internal', `no such job: ${name}`))
      return
    }
    const job: Running = { generator: handler(input), cancelled: false }
    running.set(id, job)
    try {
      const output = await exhaust(job, (event) => post({ kind: 'event', id, event }, event))
      if (job.cancelled) fail(id, new JobError('cancelled', `${name} was cancelled`))
      else post({ kind: 'done', id, output }, output)
    } catch (error) {
      fail(id, error instanceof JobError ? error : toJobError(error))
    } finally {
      running.delete(id)
    }
  }

  port.addEventListener('message', ({ data }) => {
    const message = data as ToWorker
    if (message.kind === 'run' && message.build !== BUILD_ID) {
      fail(message.id, new JobError('build-mismatch', `page ${message.build}, worker ${BUILD_ID}`))
    } else if (message.kind === 'run') {
      void drive(message.id, message.name, message.input)
    } else {
      const job = running.get(message.id)
      if (job !== undefined) job.cancelled = true
    }
  })
}

/** Runs a job to its end, or to the first yield at which it is cancelled; its `finally` has run when this resolves. */
async function exhaust(job: Running, onEvent: (event: unknown) => void): Promise<unknown> {
  for (;;) {
    await nextMacrotask()
    if (job.cancelled) {
      await job.generator.return(undefined)
      return undefined
    }
    const result = await job.generator.next()
    if (result.done) return result.value
    onEvent(result.value)
  }
}

let macrotasks: { readonly channel: MessageChannel; readonly waiting: (() => void)[] } | null = null

/** Lets messages in: a promise alone would not, and a timer would wait 4 ms when nested. */
function nextMacrotask(): Promise<void> {
  if (macrotasks === null) {
    const channel = new MessageChannel()
    const waiting: (() => void)[] = []
    channel.port1.onmessage = () => waiting.shift()?.()
    macrotasks = { channel, waiting }
  }
  const { channel, waiting } = macrotasks
  return new Promise((resolve) => {
    waiting.push(resolve)
    channel.port2.postMessage(null)
  })
}

/** The buffers and bitmaps inside a message, each once. */
export function transferablesOf(value: unknown): Transferable[] {
  const found = new Set<Transferable>()
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    if (typeof ImageBitmap !== 'undefined' && part instanceof ImageBitmap) found.add(part)
    else if (part instanceof ArrayBuffer) found.add(part)
    else if (ArrayBuffer.isView(part)) visit(part.buffer)
    else if (Array.isArray(part)) part.forEach(visit)
    else if (Object.getPrototypeOf(part) === Object.prototype) Object.values(part).forEach(visit)
  }
  visit(value)
  return [...found]
}
