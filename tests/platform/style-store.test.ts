// Database files are fetched once, and never read half: every interruption and alteration ends in a fresh fetch.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createStyleStore } from '../../src/platform/style-store.ts'
import { memoryRecords } from './records.ts'

const hash = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const file = Uint8Array.from({ length: 9 * 1024 * 1024 }, (_, i) => (i * 31 + (i >> 12)) & 0xff)
const sha256 = await hash(file)

function setUp() {
  const records = memoryRecords()
  let fetched = 0
  const fetchFile = async () => {
    fetched++
    return file.slice()
  }
  return { records, store: createStyleStore(records, hash), fetchFile, fetchedCount: () => fetched }
}

const isFile = async (bytes: Uint8Array) => (await hash(bytes)) === sha256

describe('a style database', () => {
  it('is fetched at the first visit and read from storage at the second', async () => {
    const { store, records, fetchFile, fetchedCount } = setUp()
    expect(await store.load(sha256, fetchFile)).toMatchObject({ notKept: null })
    const again = await createStyleStore(records, hash).load(sha256, fetchFile)
    expect(fetchedCount()).toBe(1)
    expect(await isFile(again.bytes)).toBe(true)
  })

  it('is fetched anew under another hash, as a new pack gives it', async () => {
    const { store, fetchFile } = setUp()
    await store.load(sha256, fetchFile)
    const other = Uint8Array.of(1, 2, 3)
    expect([...(await store.load(await hash(other), async () => other)).bytes]).toEqual([1, 2, 3])
  })

  it('is whole wherever writing or reading it is interrupted', async () => {
    for (let failFrom = 1; failFrom <= 8; failFrom++) {
      const { store, records, fetchFile, fetchedCount } = setUp()
      records.failFrom = failFrom
      const first = await store.load(sha256, fetchFile)
      expect(await isFile(first.bytes)).toBe(true)
      const kept = first.notKept === null
      expect(kept, `interrupted at call ${failFrom}`).toBe(records.records.has(`commit:${sha256}`))
      records.failFrom = Number.POSITIVE_INFINITY
      const second = await store.load(sha256, fetchFile)
      expect(await isFile(second.bytes)).toBe(true)
      expect(fetchedCount()).toBe(kept ? 1 : 2)
    }
  })

  it('says why it could not be kept', async () => {
    const { store, records, fetchFile } = setUp()
    records.failFrom = 1
    expect((await store.load(sha256, fetchFile)).notKept).toContain('QuotaExceededError')
  })

  it.each([
    ['a chunk is missing', (records: Map<string, unknown>) => records.delete(`chunk:${sha256}:4194304`)],
    [
      'a chunk is altered',
      (records: Map<string, unknown>) => ((records.get(`chunk:${sha256}:0`) as Uint8Array)[9] = 77),
    ],
    ['a chunk is too long', (records: Map<string, unknown>) => records.set(`chunk:${sha256}:8388608`, file)],
    [
      'the commit has another version',
      (records: Map<string, unknown>) => records.set(`commit:${sha256}`, { version: 2 }),
    ],
    [
      'the commit has no length',
      (records: Map<string, unknown>) => records.set(`commit:${sha256}`, { version: 1, sha256 }),
    ],
  ])('is fetched anew where %s', async (_, damage) => {
    const { store, records, fetchFile, fetchedCount } = setUp()
    await store.load(sha256, fetchFile)
    damage(records.records)
    expect(await isFile((await store.load(sha256, fetchFile)).bytes)).toBe(true)
    expect(fetchedCount()).toBe(2)
    await store.load(sha256, fetchFile)
    expect(fetchedCount()).toBe(2)
  })

  it('goes when no pack names it any more, remains of interrupted writes included', async () => {
    const { store, records, fetchFile } = setUp()
    await store.load(sha256, fetchFile)
    records.records.set('chunk:0123:0', new Uint8Array(4))
    await store.sweep(new Set([sha256]))
    expect([...records.records.keys()].every((key) => key.includes(sha256))).toBe(true)
    await store.sweep(new Set())
    expect(records.records.size).toBe(0)
  })
})
