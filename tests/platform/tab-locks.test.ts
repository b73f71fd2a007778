// What locks tell: which builds run, and when nobody is at work.

import { expect, it } from 'vitest'
import { buildLock, buildsInUse, busyLock, createLockHolder } from '../../src/platform/tab-locks.ts'

const SCOPE = 'https://example.test/app/'

it('reads the builds in use from the locks that are held, and from those of this app alone', () => {
  const held = [buildLock(SCOPE, 'b1'), buildLock(SCOPE, 'b2'), busyLock(SCOPE), 'kindred-build /elsewhere/ b3']
  expect([...buildsInUse(SCOPE, { held: held.map((name) => ({ name })) })]).toEqual(['b1', 'b2'])
  expect(buildsInUse(SCOPE, {}).size).toBe(0)
})

it('holds its lock once while there is something to hold it for, and again after it let go', async () => {
  const open: string[] = []
  const requested: string[] = []
  const locks = {
    async request(name: string, options: unknown, task?: () => Promise<void>) {
      requested.push(`${name} ${JSON.stringify(options)}`)
      open.push(name)
      await task?.()
      open.splice(open.indexOf(name), 1)
    },
  } as unknown as Pick<LockManager, 'request'>
  const holder = createLockHolder(locks, 'busy')
  holder.set(false)
  holder.set(true)
  holder.set(true)
  expect(open).toEqual(['busy'])
  holder.set(false)
  await Promise.resolve()
  await Promise.resolve()
  expect(open).toEqual([])
  holder.set(true)
  expect(requested).toEqual(['busy {"mode":"shared"}', 'busy {"mode":"shared"}'])
})
