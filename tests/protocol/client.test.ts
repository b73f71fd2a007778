// The protocol over a real MessageChannel: results, events, errors, cancels, dead and hanging workers.

import { afterEach, describe, expect, it } from 'vitest'
import { type ClientOptions, createJobClient, type JobClient, type WorkerLike } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { type JobHandlers, serveJobs } from '../../src/protocol/host.ts'
import { nextMacrotask } from '../../src/protocol/next-macrotask.ts'
import { transferablesOf } from '../../src/protocol/transferables.ts'
import { unlessAborted } from '../../src/protocol/unless-aborted.ts'

interface TestJobs {
  count: { input: { to: number }; event: { at: number }; output: { sum: number } }
  pixels: { input: null; event: { row: Uint8Array }; output: { all: Uint8Array } }
  fail: { input: { how: 'job-error' | 'other' }; event: never; output: never }
  hang: { input: null; event: { at: number }; output: null }
  /** Waits for what the test gives it, as for a download. */
  wait: { input: null; event: { at: number }; output: null }
  /** Hears no signal until the test lets it end, as in a run of the model. */
  compute: { input: { name: string }; event: { at: number }; output: string }
}

const freed: string[] = []
const steps: string[] = []
let arrival = createGate()
let computed = createGate()

function createGate() {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}
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
  async *wait(_, signal) {
    yield { at: 0 }
    await unlessAborted(signal, arrival.passed)
    return null
  },
  async *compute({ name }) {
    steps.push(`${name} begins`)
    yield { at: 0 }
    await computed.passed
    steps.push(`${name} ends`)
    return name
  },
}

const opened: MessagePort[] = []
afterEach(() => {
  for (const port of opened.splice(0)) port.close()
  freed.length = 0
  steps.length = 0
  arrival = createGate()
  computed = createGate()
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

function clientOverChannels(options: Pick<ClientOptions, 'cancelled' | 'cancelTimeoutMs'> = {}) {
  const workers: ReturnType<typeof channelWorker>[] = []
  let lost = 0
  const client = createJobClient<TestJobs>({
    createWorker: () => {
      const worker = channelWorker()
      workers.push(worker)
      return worker
    },
    ...options,
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
    const { client, workers, lostCount } = clientOverChannels({ cancelTimeoutMs: 20 })
    const controller = new AbortController()
    const hanging = client.run('hang', null, { signal: controller.signal, onEvent: () => controller.abort() })
    const beside = client.run('hang', null)
    const settled = await Promise.allSettled([hanging, beside])
    expect(settled).toMatchObject([{ reason: { code: 'cancelled' } }, { reason: { code: 'worker-died' } }])
    expect(lostCount()).toBe(1)
    await expect(client.run('count', { to: 2 })).resolves.toEqual({ sum: 3 })
    expect(workers).toHaveLength(2)
  })

  it('leaves the worker be where what was cancelled is merely not wanted any more', async () => {
    const { client, workers, lostCount } = clientOverChannels({ cancelTimeoutMs: 20 })
    const controller = new AbortController()
    const { signal } = controller
    const options = { signal, onEvent: () => controller.abort(), cancelTimeoutMs: Number.POSITIVE_INFINITY }
    const hanging = client.run('hang', null, options).catch(() => 'settled')
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(await Promise.race([hanging, 'still waiting'])).toBe('still waiting')
    expect([workers.length, lostCount()]).toEqual([1, 0])
    client.close()
    expect(await hanging).toBe('settled')
  })
})

/** Runs a job and cancels it at its first event; settles with the reason. */
function cancelAtFirstEvent<Name extends keyof TestJobs>(
  client: JobClient<TestJobs>,
  name: Name,
  input: TestJobs[Name]['input'],
): Promise<unknown> {
  const controller = new AbortController()
  return client
    .run(name, input, { signal: controller.signal, onEvent: () => controller.abort() })
    .catch((error: unknown) => error)
}

describe('a job that is cancelled while it waits', () => {
  it('ends without what it waits for, and leaves its worker to the next job', async () => {
    const { client, workers } = clientOverChannels()
    expect(await cancelAtFirstEvent(client, 'wait', null)).toMatchObject({ code: 'cancelled' })
    await expect(client.run('count', { to: 2 })).resolves.toEqual({ sum: 3 })
    expect(workers).toHaveLength(1)
  })
})

describe('a client that lets go of what it cancels', () => {
  const letGo = { cancelled: 'at-once' } as const

  it('rejects while the job still computes, and runs the next one when that has ended', async () => {
    const { client, workers, lostCount } = clientOverChannels(letGo)
    expect(await cancelAtFirstEvent(client, 'compute', { name: 'first' })).toMatchObject({ code: 'cancelled' })
    expect(steps).toEqual(['first begins'])
    const told: number[] = []
    const second = client.run('compute', { name: 'second' }, { onEvent: ({ at }) => told.push(at) })
    // Long enough for the second to have begun, were it not held up.
    for (let turn = 0; turn < 20; turn++) await nextMacrotask()
    expect(steps).toEqual(['first begins'])
    computed.open()
    await expect(second).resolves.toBe('second')
    expect(steps).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
    expect(told).toEqual([0])
    expect(workers).toHaveLength(1)
    expect(lostCount()).toBe(0)
  })

  it('can cancel a job that is held up by one that it cancelled before', async () => {
    const { client } = clientOverChannels(letGo)
    await cancelAtFirstEvent(client, 'compute', { name: 'first' })
    const controller = new AbortController()
    const second = client.run('compute', { name: 'second' }, { signal: controller.signal })
    controller.abort()
    await expect(second).rejects.toMatchObject({ code: 'cancelled' })
    computed.open()
    await expect(client.run('compute', { name: 'third' })).resolves.toBe('third')
    expect(steps).toEqual(['first begins', 'first ends', 'third begins', 'third ends'])
  })

  it('gives up a worker that does not end the job, and with it the jobs that wait for that', async () => {
    const { client, workers, lostCount } = clientOverChannels({ ...letGo, cancelTimeoutMs: 20 })
    await cancelAtFirstEvent(client, 'compute', { name: 'first' })
    await expect(client.run('compute', { name: 'second' })).rejects.toMatchObject({ code: 'worker-died' })
    expect(lostCount()).toBe(1)
    await expect(client.run('count', { to: 2 })).resolves.toEqual({ sum: 3 })
    expect(workers).toHaveLength(2)
  })

  it('does not give it up any more once the job has ended late', async () => {
    const { client, workers, lostCount } = clientOverChannels({ ...letGo, cancelTimeoutMs: 20 })
    await cancelAtFirstEvent(client, 'compute', { name: 'first' })
    computed.open()
    await client.run('count', { to: 2 })
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(lostCount()).toBe(0)
    await client.run('count', { to: 2 })
    expect(workers).toHaveLength(1)
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
