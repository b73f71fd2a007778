// Bitmaps that nobody takes are closed at either end of a worker's boundary, and those that somebody takes are not.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createJobClient, type WorkerLike } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { serveJobs } from '../../src/protocol/host.ts'
import type { FromWorker } from '../../src/protocol/messages.ts'
import { nextMacrotask } from '../../src/protocol/next-macrotask.ts'
import { closeBitmaps } from '../../src/protocol/transferables.ts'

interface PaintJobs {
  paint: { input: null; event: { preview: ImageBitmap }; output: { picture: ImageBitmap } }
}

let closed: string[] = []

class FakeBitmap {
  constructor(readonly name: string) {}

  close(): void {
    closed.push(this.name)
  }
}

const bitmap = (name: string) => new FakeBitmap(name) as unknown as ImageBitmap

beforeEach(() => {
  closed = []
  vi.stubGlobal('ImageBitmap', FakeBitmap)
})
afterEach(() => vi.unstubAllGlobals())

/** A host whose job waits for the test before it returns its picture; what it posts is kept. */
function openHost() {
  const posted: FromWorker[] = []
  let hear = (_: { readonly data: unknown }) => {}
  let finish = () => {}
  const painted = new Promise<void>((resolve) => {
    finish = resolve
  })
  const port = {
    postMessage: (message: unknown) => void posted.push(message as FromWorker),
    addEventListener: (_: 'message', listener: typeof hear) => {
      hear = listener
    },
  }
  const handlers = {
    // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
    async *paint() {
      await painted
      return { picture: bitmap('picture') }
    },
  }
  serveJobs<PaintJobs>(port, handlers, (error) => new JobError('internal', String(error)))
  return { posted, finish: () => finish(), send: (data: unknown) => hear({ data }) }
}

/** A client whose worker says what the test has it say. */
function openClient(cancelled: 'at-once' | 'when-ended') {
  let hear = (_: { readonly data: unknown }) => {}
  const worker: WorkerLike = {
    postMessage: () => {},
    terminate: () => {},
    addEventListener: (type: string, listener: (event: { readonly data: unknown }) => void) => {
      if (type === 'message') hear = listener
    },
  }
  const client = createJobClient<PaintJobs>({ createWorker: () => worker, cancelled })
  return { client, say: (data: FromWorker) => hear({ data }) }
}

async function runToEnd(isCancelled: boolean) {
  const host = openHost()
  const { BUILD_ID } = await import('../../src/protocol/build-id.ts')
  host.send({ kind: 'run', id: 1, build: BUILD_ID, name: 'paint', input: null })
  for (let turn = 0; turn < 3; turn++) await nextMacrotask()
  if (isCancelled) host.send({ kind: 'cancel', id: 1 })
  host.finish()
  await expect.poll(() => host.posted.length).toBe(1)
  return host.posted
}

it('closes what a job gives that was cancelled meanwhile', async () => {
  expect(await runToEnd(true)).toMatchObject([{ kind: 'failed', error: { code: 'cancelled' } }])
  expect(closed).toEqual(['picture'])
})

it('hands on what a job gives that was not', async () => {
  expect(await runToEnd(false)).toMatchObject([{ kind: 'done', output: { picture: { name: 'picture' } } }])
  expect(closed).toEqual([])
})

it('closes what comes for a job that the page has let go of, and nothing that came before', async () => {
  const { client, say } = openClient('at-once')
  const controller = new AbortController()
  const taken: unknown[] = []
  const options = { signal: controller.signal, onEvent: (event: unknown) => void taken.push(event) }
  const run = client.run('paint', null, options).catch((error: unknown) => error)
  say({ kind: 'event', id: 1, event: { preview: bitmap('first preview') } })
  controller.abort()
  expect(await run).toMatchObject({ code: 'cancelled' })
  say({ kind: 'event', id: 1, event: { preview: bitmap('late preview') } })
  say({ kind: 'done', id: 1, output: { picture: bitmap('late picture') } })
  expect(taken).toMatchObject([{ preview: { name: 'first preview' } }])
  expect(closed).toEqual(['late preview', 'late picture'])
})

it('closes previews that nobody listens for, and hands on the picture', async () => {
  const { client, say } = openClient('when-ended')
  const run = client.run('paint', null)
  say({ kind: 'event', id: 1, event: { preview: bitmap('preview') } })
  say({ kind: 'done', id: 1, output: { picture: bitmap('picture') } })
  expect(await run).toMatchObject({ picture: { name: 'picture' } })
  expect(closed).toEqual(['preview'])
})

it('closes each bitmap of a message once, and does without where there are none to be had', () => {
  const shared = bitmap('shared')
  const message = { sheets: [{ bitmap: shared }, { bitmap: shared }], bytes: new Uint8Array(4), none: null }
  closeBitmaps(message)
  expect(closed).toEqual(['shared'])
  vi.stubGlobal('ImageBitmap', undefined)
  closeBitmaps(message)
  expect(closed).toEqual(['shared'])
})
