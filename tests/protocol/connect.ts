// A client of jobs over a real MessageChannel, in place of a worker.

import { afterEach } from 'vitest'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { createJobClient, type JobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { type JobHandlers, serveJobs } from '../../src/protocol/host.ts'
import type { JobTable } from '../../src/protocol/messages.ts'

const opened: MessagePort[] = []
afterEach(() => {
  for (const port of opened.splice(0)) port.close()
})

/** @param toJobError as `serveJobs` takes it */
export function connect<J extends JobTable<J>>(jobs: JobHandlers<J>, toJobError = asInvalidInput): JobClient<J> {
  return createJobClient<J>({
    createWorker: () => {
      const { port1, port2 } = new MessageChannel()
      opened.push(port1, port2)
      serveJobs<J>(port2, jobs, toJobError)
      port1.start()
      port2.start()
      return {
        postMessage: (message, transfer) => port1.postMessage(message, transfer),
        addEventListener: (type: string, listener: (event: { readonly data: unknown }) => void) =>
          port1.addEventListener(type, listener as (event: object) => void),
        terminate: () => port1.close(),
      }
    },
  })
}

function asInvalidInput(error: unknown): JobError {
  if (error instanceof JobError) return error
  return new JobError(error instanceof FormatError ? 'invalid-input' : 'internal', String(error))
}
