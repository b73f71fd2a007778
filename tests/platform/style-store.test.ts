// Database files are fetched once, and never read half: every interruption and alteration ends in a fresh fetch.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RecordBatch } from '../../src/core/storage/record-disk.ts'
import { createStyleStore } from '../../src/platform/style-store.ts'
import { createSimulatedDisk, type Faults, type SimulatedDisk } from '../core/storage/simulated-disk.ts'

const hash = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const file = Uint8Array.from({ length: 9 * 1024 * 1024 }, (_, i) => (i * 31 + (i >> 12)) & 0xff)
const sha256 = await hash(file)

function setUp(disk: SimulatedDisk = createSimulatedDisk()) {
  let fetched = 0
  const fetchFile = async () => {
    fetched++
    return file.slice()
  }
  return { disk, store: createStyleStore(disk, hash), fetchFile, fetchedCount: () => fetched }
}

const isFile = async (bytes: Uint8Array) => (await hash(bytes)) === sha256

describe('a style database', () => {
  it('is fetched at the first visit and read from storage at the second', async () => {
    const { store, disk, fetchFile, fetchedCount } = setUp()
    expect(await store.load(sha256, fetchFile)).toMatchObject({ notKept: null })
    const again = await createStyleStore(disk, hash).load(sha256, fetchFile)
    expect(fetchedCount()).toBe(1)
    expect(await isFile(again.bytes)).toBe(true)
  })

  it('is fetched anew under another hash, as a new pack gives it', async () => {
    const { store, fetchFile } = setUp()
    await store.load(sha256, fetchFile)
    const other = Uint8Array.of(1, 2, 3)
    expect([...(await store.load(await hash(other), async () => other)).bytes]).toEqual([1, 2, 3])
  })

  it.each(['failAt', 'fullFrom', 'crashAt'] as const)(
    'is whole wherever writing or reading it ends (%s)',
    async (fault) => {
      for (let at = 1; at <= 8; at++) {
        const { store, disk, fetchFile } = setUp(createSimulatedDisk({ [fault]: at } satisfies Faults))
        const first = await store.load(sha256, fetchFile)
        expect(await isFile(first.bytes)).toBe(true)
        const kept = first.notKept === null
        expect(kept, `at operation ${at}`).toBe(disk.records.has(`commit:${sha256}`))
        const next = setUp(disk.reopen())
        expect(await isFile((await next.store.load(sha256, next.fetchFile)).bytes)).toBe(true)
        expect(next.fetchedCount()).toBe(kept ? 0 : 1)
      }
    },
  )

  it('is whole after a power loss that takes any number of the last batches', async () => {
    const { store, disk, fetchFile } = setUp()
    await store.load(sha256, fetchFile)
    expect(disk.atRisk).toBeGreaterThan(3)
    for (let lost = 0; lost <= disk.atRisk; lost++) {
      const next = setUp(disk.reopen({ lost }))
      expect(await isFile((await next.store.load(sha256, next.fetchFile)).bytes)).toBe(true)
      expect(next.fetchedCount()).toBe(lost === 0 ? 0 : 1)
    }
  })

  it('says why it could not be kept', async () => {
    const { store, fetchFile } = setUp(createSimulatedDisk({ quota: 1000 }))
    expect((await store.load(sha256, fetchFile)).notKept).toContain('StorageError')
  })

  it.each([
    ['a chunk is missing', { delete: [`chunk:${sha256}:4194304`] }],
    ['a chunk is altered', { put: [[`chunk:${sha256}:0`, file.slice(1, 4194305)]] }],
    ['a chunk is too long', { put: [[`chunk:${sha256}:8388608`, file]] }],
    ['the commit has another version', { put: [[`commit:${sha256}`, { version: 2 }]] }],
    ['the commit has no length', { put: [[`commit:${sha256}`, { version: 1, sha256 }]] }],
  ] as [string, RecordBatch][])('is fetched anew where %s', async (_, damage) => {
    const { store, disk, fetchFile, fetchedCount } = setUp()
    await store.load(sha256, fetchFile)
    await disk.commit(damage, 'strict')
    expect(await isFile((await store.load(sha256, fetchFile)).bytes)).toBe(true)
    expect(fetchedCount()).toBe(2)
    await store.load(sha256, fetchFile)
    expect(fetchedCount()).toBe(2)
  })

  it('goes when no pack names it any more, remains of interrupted writes included', async () => {
    const { store, disk, fetchFile } = setUp()
    await store.load(sha256, fetchFile)
    await disk.commit({ put: [['chunk:0123:0', new Uint8Array(4)]] }, 'strict')
    await store.sweep(new Set([sha256]))
    expect([...disk.records.keys()].every((key) => key.includes(sha256))).toBe(true)
    await store.sweep(new Set())
    expect(disk.records.size).toBe(0)
  })
})
