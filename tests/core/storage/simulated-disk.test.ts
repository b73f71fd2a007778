// The simulated disk is a record disk, and fails, crashes and forgets as it is told to.

import { describe, expect, it } from 'vitest'
import { describeRecordDisk } from './conformance.ts'
import { Crash, createSimulatedDisk } from './simulated-disk.ts'

describeRecordDisk('simulated', async () => createSimulatedDisk())

describe('a simulated disk', () => {
  it('fails at one operation, with nothing done, and goes on', async () => {
    const disk = createSimulatedDisk({ failAt: 2 })
    await disk.commit({ put: [['a', 1]] }, 'strict')
    await expect(disk.commit({ put: [['b', 2]] }, 'strict')).rejects.toMatchObject({ code: 'storage-failed' })
    expect(await disk.keys('')).toEqual(['a'])
  })

  it.each([
    [false, ['a']],
    [true, ['a', 'b']],
  ])('crashes at an operation (after it: %s), and is dead until it is opened again', async (crashAfter, keys) => {
    const disk = createSimulatedDisk({ crashAt: 2, crashAfter })
    await disk.commit({ put: [['a', 1]] }, 'strict')
    await expect(disk.commit({ put: [['b', 2]] }, 'strict')).rejects.toThrow(Crash)
    await expect(disk.get('a')).rejects.toThrow(Crash)
    expect(await disk.reopen().keys('')).toEqual(keys)
  })

  it('loses relaxed batches from the newest back, and none before a strict one', async () => {
    const disk = createSimulatedDisk()
    await disk.commit({ put: [['a', 1]] }, 'relaxed')
    await disk.commit({ put: [['b', 1]] }, 'strict')
    await disk.commit({ put: [['c', 1]] }, 'relaxed')
    await disk.commit({ put: [['d', 1]] }, 'relaxed')
    expect(disk.atRisk).toBe(2)
    expect(await disk.reopen({ lost: 1 }).keys('')).toEqual(['a', 'b', 'c'])
    expect(await disk.reopen({ lost: 9 }).keys('')).toEqual(['a', 'b'])
  })

  it('is full at its quota, and takes deletes then', async () => {
    const disk = createSimulatedDisk({ quota: 100 })
    await disk.commit({ put: [['a', new Uint8Array(60)]] }, 'strict')
    const more = disk.commit({ put: [['b', new Uint8Array(60)]] }, 'strict')
    await expect(more).rejects.toMatchObject({ code: 'storage-full' })
    await disk.commit({ put: [['b', new Uint8Array(60)]], delete: ['a'] }, 'strict')
    expect(await disk.keys('')).toEqual(['b'])
  })
})
