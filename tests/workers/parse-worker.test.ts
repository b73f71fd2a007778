import { afterEach, describe, expect, it } from 'vitest'
import { writeNpz } from '../../src/core/formats/npz.ts'
import { createJobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { serveJobs } from '../../src/protocol/host.ts'
import type { ParseJobs } from '../../src/protocol/parse-jobs.ts'
import { parseJobs } from '../../workers/parse-jobs.ts'
import { sealScope } from '../../workers/sealed-scope.ts'

const opened: MessagePort[] = []
afterEach(() => {
  for (const port of opened.splice(0)) port.close()
})

/** The jobs over a real MessageChannel. */
function connect() {
  const { port1, port2 } = new MessageChannel()
  opened.push(port1, port2)
  serveJobs<ParseJobs>(port2, parseJobs, (error) => new JobError('invalid-input', String(error)))
  port1.start()
  port2.start()
  return createJobClient<ParseJobs>({
    createWorker: () => ({
      postMessage: (message, transfer) => port1.postMessage(message, transfer),
      addEventListener: (type: string, listener: (event: { readonly data: unknown }) => void) =>
        port1.addEventListener(type, listener as (event: object) => void),
      terminate: () => port1.close(),
    }),
  })
}

const npz = await writeNpz(
  new Map([['embedding', { dtype: 'f4', dims: [2, 2], data: Float32Array.of(3, 4, 0, 2) } as const]]),
)
const files = [{ path: 'sketches.npz', file: new Blob([npz as Uint8Array<ArrayBuffer>]) }]

describe('the parse worker', () => {
  it('finds embeddings in the files it is handed, and reads their rows', async () => {
    const client = connect()
    expect(await client.run('find-embeddings', { files, dim: 2 })).toEqual({
      found: [{ name: 'sketches', rows: 2, dim: 2 }],
      refused: [],
    })
    const ids: string[] = []
    const onEvent = (batch: ParseJobs['read-embeddings']['event']) => ids.push(...batch.items.map(({ id }) => id))
    const output = await client.run('read-embeddings', { files, dim: 2, index: 0 }, { onEvent })
    expect(output).toEqual({ rows: 2, withoutDirection: 0 })
    expect(ids).toEqual(['row 0', 'row 1'])
  })

  it('answers a file that is no PNG with a JobError', async () => {
    await expect(connect().run('read-recipe', { png: new Blob(['<svg/>']) })).rejects.toThrow(/no PNG signature/)
  })

  it('loses what it could reach out with, wherever in its scope that is inherited from', () => {
    const base = { fetch: () => 0, indexedDB: {}, postMessage: () => 0 }
    const scope = Object.create(base, { navigator: { value: {}, configurable: true } })
    sealScope(scope)
    expect(['fetch', 'indexedDB', 'navigator'].filter((name) => name in scope)).toEqual([])
    expect('postMessage' in scope).toBe(true)
  })

  it('does not start where something cannot be taken from it', () => {
    const scope = Object.create(null, { caches: { value: {}, configurable: false } })
    expect(() => sealScope(scope)).toThrow(/can still reach caches/)
  })
})
