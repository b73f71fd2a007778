// A worker of another build than the page's runs nothing.

import { expect, it } from 'vitest'
import { BUILD_ID } from '../../src/protocol/build-id.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { type JobHandlers, type PortLike, serveJobs } from '../../src/protocol/host.ts'
import type { FromWorker, ToWorker } from '../../src/protocol/messages.ts'

interface OneJob {
  ask: { input: null; event: never; output: { answer: number } }
}

/** What the host posts in answer to one run by a page of `build`. */
async function askFrom(build: string): Promise<{ readonly answer: FromWorker; readonly ran: boolean }> {
  let ran = false
  const handlers: JobHandlers<OneJob> = {
    // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
    async *ask() {
      ran = true
      return { answer: 42 }
    },
  }
  const answer = await new Promise<FromWorker>((resolve) => {
    const port: PortLike = {
      postMessage: (message) => resolve(message as FromWorker),
      addEventListener: (_, listener) =>
        listener({ data: { kind: 'run', id: 1, build, name: 'ask', input: null } satisfies ToWorker }),
    }
    serveJobs<OneJob>(port, handlers, (error) => new JobError('internal', String(error)))
  })
  return { answer, ran }
}

it('runs a job of its own build', async () => {
  const { answer } = await askFrom(BUILD_ID)
  expect(answer).toEqual({ kind: 'done', id: 1, output: { answer: 42 } })
})

it('fails a job of another build with build-mismatch, and does not begin it', async () => {
  const { answer, ran } = await askFrom('0123456789abcdef')
  expect(answer).toMatchObject({ kind: 'failed', id: 1, error: { code: 'build-mismatch' } })
  expect(ran).toBe(false)
})
