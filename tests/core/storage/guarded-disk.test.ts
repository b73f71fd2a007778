// Records that are kept twice: what is read is what was written, whichever copy is damaged, and no room is no reason to fail.

import { expect, it } from 'vitest'
import { createGuardedDisk } from '../../../src/core/storage/guarded-disk.ts'
import { flipBit } from '../library/flip-bit.ts'
import { describeRecordDisk } from './conformance.ts'
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.ts'

const RECORD = { version: 1, name: 'a style', chunks: [{ id: 'c1', rows: 64 }] }

const guard = (disk: SimulatedDisk) => createGuardedDisk(disk, (key) => key.startsWith('guarded/'))

async function setUp() {
  const disk = createSimulatedDisk()
  const put = [
    ['guarded/a', RECORD],
    ['plain', RECORD],
  ] as const
  await guard(disk).commit({ put }, 'strict')
  return disk
}

describeRecordDisk('guarded', async () => createGuardedDisk(createSimulatedDisk(), () => true))

it('reads every flipped bit of either copy as it was written', async () => {
  const disk = await setUp()
  for (const key of ['guarded/a', 'spare/guarded/a']) {
    for (let bit = 0; bit < 400; bit++) {
      const damaged = disk.reopen()
      await damaged.commit({ put: [[key, flipBit(damaged.records.get(key), bit)]] }, 'strict')
      expect(await guard(damaged).get('guarded/a'), `bit ${bit} of ${key}`).toEqual(RECORD)
    }
  }
})

it('keeps others once, as they are', async () => {
  const disk = await setUp()
  expect([...disk.records.keys()].sort()).toEqual(['guarded/a', 'plain', 'spare/guarded/a'])
  expect(disk.records.get('plain')).toEqual(RECORD)
})

it('takes what an app of before wrote over a record, and not the copy that it left', async () => {
  const disk = await setUp()
  await disk.commit({ put: [['guarded/a', { ...RECORD, name: 'of before' }]] }, 'strict')
  expect(await guard(disk).get('guarded/a')).toEqual({ ...RECORD, name: 'of before' })
  await disk.commit({ delete: ['guarded/a'] }, 'strict')
  expect(await guard(disk).get('guarded/a')).toBeUndefined()
  expect(await guard(disk).keys('')).toEqual(['plain'])
})

it('deletes both copies', async () => {
  const disk = await setUp()
  await guard(disk).commit({ delete: ['guarded/a'] }, 'strict')
  expect([...disk.records.keys()]).toEqual(['plain'])
})

it.each(['guarded/a', 'spare/guarded/a'])(
  'writes both anew where %s is damaged, gone or without a checksum',
  async (key) => {
    const whole = (await setUp()).records
    const damages = [flipBit(whole.get(key), 3), ...(key === 'guarded/a' ? [RECORD] : [undefined, RECORD])]
    for (const value of damages) {
      const disk = await setUp()
      await disk.commit(value === undefined ? { delete: [key] } : { put: [[key, value]] }, 'strict')
      await guard(disk).renew(['guarded/a', 'plain', 'guarded/none'])
      expect(new Map([...disk.records].toSorted())).toEqual(new Map([...whole].toSorted()))
    }
  },
)

it('writes anew each of several whose copies are whole and differ, as the first of them has it', async () => {
  const disk = createSimulatedDisk()
  const [a, b] = ['guarded/a', 'guarded/b']
  const records = (name: string) => [a, b].map((key) => [key, { ...RECORD, name: `${name} of ${key}` }] as const)
  await guard(disk).commit({ put: records('before') }, 'strict')
  const before = new Map(disk.records)
  await guard(disk).commit({ put: records('after') }, 'strict')
  const after = structuredClone(disk.records)
  for (const key of [a, b]) {
    await disk.commit({ put: [[`spare/${key}`, before.get(`spare/${key}`)]] }, 'strict')
    await guard(disk).renew([a, b])
    expect(disk.records).toEqual(after)
  }
})

it('leaves both copies where neither is as it was written, and writes nothing where both are', async () => {
  const disk = await setUp()
  const { operations } = disk
  await guard(disk).renew(['guarded/a'])
  expect(disk.operations).toBe(operations + 1)
  for (const key of ['guarded/a', 'spare/guarded/a']) {
    await disk.commit({ put: [[key, flipBit(disk.records.get(key), 9)]] }, 'strict')
  }
  const before = structuredClone(disk.records)
  await guard(disk).renew(['guarded/a'])
  expect(disk.records).toEqual(before)
})

it('writes a record once where there is no room for two, and no copy of before is read for it', async () => {
  const full = await setUp()
  const disk = full.reopen({ quota: full.bytes })
  const larger = { ...RECORD, name: 'a style of a name that is longer' }
  await guard(disk).commit({ put: [['guarded/a', larger]] }, 'strict')
  expect(await guard(disk).get('guarded/a')).toEqual(larger)
  expect(disk.records.has('spare/guarded/a')).toBe(false)
  const { operations } = disk
  await expect(guard(disk).commit({ put: [['plain', { text: 'x'.repeat(999) }]] }, 'strict')).rejects.toMatchObject({
    code: 'storage-full',
  })
  expect(disk.operations).toBe(operations + 1)
})
