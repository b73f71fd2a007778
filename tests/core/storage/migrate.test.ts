// Migrations: in order, each whole or not at all, and none of what a newer app wrote.

import { describe, expect, it } from 'vitest'
import { type Migration, migrate } from '../../../src/core/storage/migrate.ts'
import type { RecordDisk } from '../../../src/core/storage/record-disk.ts'
import { createSimulatedDisk } from './simulated-disk.ts'

const versionsOf = (disk: RecordDisk) => ({
  read: async () => ((await disk.get('head')) as { version: number }).version,
  put: async (version: number) => ['head', { ...((await disk.get('head')) as object), version }] as const,
})

/** 1 to 2: names become lower case. 2 to 3: each moves under a key of its own. */
const steps: readonly Migration[] = [
  async (disk) => {
    const keys = await disk.keys('name/')
    const names = await disk.getMany(keys)
    return { put: keys.map((key, i) => [key, String(names[i]).toLowerCase()]) }
  },
  async (disk) => {
    const keys = await disk.keys('name/')
    const names = await disk.getMany(keys)
    return { put: keys.map((key, i) => [`by/${names[i]}`, key]), delete: keys }
  },
]

async function start(version = 1) {
  const disk = createSimulatedDisk()
  await disk.commit(
    {
      put: [
        ['head', { version, other: 7 }],
        ['name/1', 'ADA'],
        ['name/2', 'BOB'],
      ],
    },
    'strict',
  )
  return disk
}

const states = [
  { head: { version: 1, other: 7 }, 'name/1': 'ADA', 'name/2': 'BOB' },
  { head: { version: 2, other: 7 }, 'name/1': 'ada', 'name/2': 'bob' },
  { head: { version: 3, other: 7 }, 'by/ada': 'name/1', 'by/bob': 'name/2' },
]

describe('migrations', () => {
  it('run in order, once', async () => {
    const disk = await start()
    await migrate(disk, versionsOf(disk), steps)
    expect(Object.fromEntries(disk.records)).toEqual(states[2])
    const { operations } = disk
    await migrate(disk, versionsOf(disk), steps)
    expect(Object.fromEntries(disk.records)).toEqual(states[2])
    expect(disk.operations - operations).toBe(1)
    expect(Object.fromEntries(disk.reopen({ lost: 9 }).records)).toEqual(states[2])
  })

  it('may only delete', async () => {
    const disk = await start(3)
    await migrate(disk, versionsOf(disk), [...steps, async () => ({ delete: ['name/1', 'name/2'] })])
    expect(Object.fromEntries(disk.records)).toEqual({ head: { version: 4, other: 7 } })
  })

  it.each([{ crashAfter: false }, { crashAfter: true }])('are never half done: %o', async ({ crashAfter }) => {
    const rehearsal = (await start()).reopen()
    await migrate(rehearsal, versionsOf(rehearsal), steps)
    for (let at = 1; at <= rehearsal.operations; at++) {
      for (const faults of [{ crashAt: at, crashAfter }, { failAt: at }]) {
        const disk = (await start()).reopen(faults)
        await expect(migrate(disk, versionsOf(disk), steps)).rejects.toThrow()
        const again = disk.reopen({ lost: 9 })
        expect(states).toContainEqual(Object.fromEntries(again.records))
        await migrate(again, versionsOf(again), steps)
        expect(Object.fromEntries(again.records)).toEqual(states[2])
      }
    }
  })

  it('leave what a newer app wrote', async () => {
    const disk = await start(9)
    await migrate(disk, versionsOf(disk), steps)
    expect(Object.fromEntries(disk.records)).toEqual({ ...states[0], head: { version: 9, other: 7 } })
  })
})
