// The protocol over a real MessageChannel: results, events, errors, cancels, dead and hanging workers.

import { afterEach, describe, expect, it } from 'vitest'
import { createJobClient, type WorkerLike } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { type JobHandlers, serveJobs, transferablesOf } from '../../src/protocol/host.ts'

interface TestJobs {
  count: { input: { to: number }; event: { at: number }; output: { sum: number } }
  pixels: { input: null; event: { row: Uint8Array }; output: { all: Uint8Array } }
  fail: { input: { how: 'job-error' | 'other' }; event: never; output: never }
  hang: { input: null; event: { at: number }; output: null }
}

const freed: string[] = []
let posted: Uint8Array[] = []

const handlers: JobHandlers<TestJobs> = {
  async *count({ to }) {
    try {
      let sum = 0
      for (let at = 1; at <= to; at++) {
        sum += at
        yield { at }
      }
      return { sum }
    } finally {
      freed.push('count')
    }
  },
  async *pixels() {
    const row = Uint8Array.of(1, 2, 3)
    const all = Uint8Array.of(4, 5)
    posted = [row, all]
    yield { row }
    return { all }
  },
  // biome-ignore lint/correctness/useYield: a job that fails before it has anything to tell
  async *fail({ how }) {
    if (how === 'job-error') throw new JobError('database-damaged', 'style "x" is cut short', 'byte 12')
    throw new RangeError('17 is out of range')
  },
  async *hang() {
    yield { at: 0 }
    await new Promise(() => {})
    return null
  },
}

const opened: MessagePort[] = []
afterEach(() => {
  for (const port of opened.splice(0)) port.close()
  freed.length = 0
})

/** A worker made of a MessageChannel, with the host at its far end. */
function channelWorker(): WorkerLike & { die(): void } {
  const { port1, port2 } = new MessageChannel()
  opened.push(port1, port2)
  serveJobs<TestJobs>(port2, handlers, (error) => new JobError('internal', 'unexpected', String(error)))
  port2.start()
  const errorListeners: ((event: object) => void)[] = []
  return {
    postMessage: (message, transfer) => port1.postMessage(message, transfer),
    addEventListener(type: string, listener: (event: never) => void) {
      if (type === 'message') {
        port1.addEventListener('message', listener as (event: MessageEvent) => void)
        port1.start()
      } else if (type === 'error') {
        errorListeners.push(listener as (event: object) => void)
      }
    },
    terminate: () => port1.close(),
    die: () => {
      for (const listener of errorListeners) listener({ message: 'crashed' })
    },
  }
}

function clientOverChannels(cancelTimeoutMs = 5000) {
  const workers: ReturnType<typeof channelWorker>[] = []
  let lost = 0
  const client = createJobClient<TestJobs>({
    createWorker: () => {
      const worker = channelWorker()
      workers.push(worker)
      return worker
    },
    cancelTimeoutMs,
    onWorkerLost: () => {
      lost++
    },
  })
  return { client, workers, lostCount: () => lost }
}

describe('a job', () => {
  it('tells its events in order and resolves to its output', async () => {
    const { client } = clientOverChannels()
    const events: number[] = []
    const output = await client.run('count', { to: 4 }, { onEvent: ({ at }) => events.push(at) })
    expect(output).toEqual({ sum: 10 })
    expect(events).toEqual([1, 2, 3, 4])
  })

  it('runs beside another one on the same worker without mixing their events', async () => {
    const { client, workers } = clientOverChannels()
    const first: number[] = []
    const second: number[] = []
    const outputs = await Promise.all([
      client.run('count', { to: 3 }, { onEvent: ({ at }) => first.push(at) }),
      client.run('count', { to: 5 }, { onEvent: ({ at }) => second.push(at) }),
    ])
    expect(outputs).toEqual([{ sum: 6 }, { sum: 15 }])
    expect(first).toEqual([1, 2, 3])
    expect(second).toEqual([1, 2, 3, 4, 5])
    expect(workers).toHaveLength(1)
  })

  it('transfers the buffers of its events and its output instead of copying them', async () => {
    const { client } = clientOverChannels()
    const rows: Uint8Array[] = []
    const { all } = await client.run('pixels', null, { onEvent: ({ row }) => rows.push(row) })
    expect([...(rows[0] ?? [])]).toEqual([1, 2, 3])
    expect([...all]).toEqual([4, 5])
    expect(posted.map((view) => view.byteLength)).toEqual([0, 0])
  })

  it('rejects with the JobError that it threw, code and detail included', async () => {
    const { client } = clientOverChannels()
    const failure = await client.run('fail', { how: 'job-error' }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(JobError)
    expect(failure).toMatchObject({
      code: 'database-damaged',
      message: 'style "x" is cut short',
      detail: 'byte 12',
    })
  })

  it('rejects with what the host makes of any other error', async () => {
    const { client } = clientOverChannels()
    await expect(client.run('fail', { how: 'other' })).rejects.toMatchObject({
      code: 'internal',
      detail: 'RangeError: 17 is out of range',
    })
  })

  it('rejects as a bug of ours where its input cannot be cloned, and the worker lives on', async () => {
    const { client, workers } = clientOverChannels()
    const uncloneable = { to: (() => 3) as unknown as number }
    await expect(client.run('count', uncloneable)).rejects.toMatchObject({ code: 'internal' })
    await expect(client.run('count', { to: 1 })).resolves.toEqual({ sum: 1 })
    expect(workers).toHaveLength(1)
  })
})

describe('a cancelled job', () => {
  it('rejects with "cancelled", frees what it held, and tells nothing more', async () => {
    const { client } = clientOverChannels()
    const controller = new AbortController()
    const events: number[] = []
    const run = client.run(
      'count',
      { to: 100_000 },
      {
        signal: controller.signal,
        onEvent: ({ at }) => {
          events.push(at)
          if (at === 3) controller.abort()
        },
      },
    )
    await expect(run).rejects.toMatchObject({ code: 'cancelled' })
    expect(freed).toEqual(['count'])
    const told = events.length
    expect(told).toBeLessThan(100_000)
    await client.run('count', { to: 1 })
    expect(events).toHaveLength(told)
  })

  it('is not sent at all where the signal was aborted before', async () => {
    const { client, workers } = clientOverChannels()
    await expect(client.run('count', { to: 1 }, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(workers).toHaveLength(0)
  })

  it('takes its worker with it where that does not answer, and the next run gets a new one', async () => {
    const { client, workers, lostCount } = clientOverChannels(20)
    const controller = new AbortController()
    const hanging = client.run('hang', null, { signal: controller.signal, onEvent: () => controller.abort() })
    const beside = client.run('hang', null)
    const settled = await Promise.allSettled([hanging, beside])
    expect(settled).toMatchObject([{ reason: { code: 'cancelled' } }, { reason: { code: 'worker-died' } }])
    expect(lostCount()).toBe(1)
    await expect(client.run('count', { to: 2 })).resolves.toEqual({ sum: 3 })
    expect(workers).toHaveLength(2)
  })
})

describe('a dead worker', () => {
  it('rejects every job under way with "worker-died" and is replaced at the next run', async () => {
    const { client, workers, lostCount } = clientOverChannels()
    const jobs = [client.run('hang', null), client.run('hang', null)]
    workers[0]?.die()
    const settled = await Promise.allSettled(jobs)
    expect(settled).toMatchObject([
      { reason: { code: 'worker-died', detail: 'crashed' } },
      { reason: { code: 'worker-died', detail: 'crashed' } },
    ])
    expect(lostCount()).toBe(1)
    await expect(client.run('count', { to: 2 })).resolves.toEqual({ sum: 3 })
    expect(workers).toHaveLength(2)
  })

  it('is "worker-died" too where a worker could not be made', async () => {
    const client = createJobClient<TestJobs>({
      createWorker: () => {
        throw new Error('no workers here')
      },
    })
    await expect(client.run('count', { to: 1 })).rejects.toMatchObject({
      code: 'worker-died',
      detail: 'Error: no workers here',
    })
  })
})

describe('the transfer list', () => {
  it('holds each buffer once, however many views share it', () => {
    const buffer = new ArrayBuffer(8)
    const message = { a: new Uint8Array(buffer, 0, 4), b: [new Float32Array(buffer, 4, 1)], c: 'text', d: null }
    expect(transferablesOf(message)).toEqual([buffer])
  })
})
