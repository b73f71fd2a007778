// Web Locks as the writer's lock: one at a time over all tabs, and a tab's locks end with it.

import { expect, it } from 'vitest'
import { createWriterLock } from '../../src/platform/writer-lock.ts'
import { createLockManager } from './lock-manager.ts'

it('lets one writer in at a time, in the order in which they came', async () => {
  const locks = createLockManager()
  const tabs = [createWriterLock(locks, 'test'), createWriterLock(locks, 'test')]
  let writing = 0
  const order: number[] = []
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      tabs[i % 2]?.write(async () => {
        expect(++writing).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        order.push(i)
        writing--
      }),
    ),
  )
  expect(order).toEqual(Array.from({ length: 40 }, (_, i) => i))
})

it('goes on after a writer that failed, and hands on what it failed with', async () => {
  const lock = createWriterLock(createLockManager(), 'test')
  await expect(lock.write(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
  expect(await lock.write(async () => 'next')).toBe('next')
})

it('shows a held name as busy everywhere, refuses it to others, and lets them write meanwhile', async () => {
  const locks = createLockManager()
  const [one, two] = [createWriterLock(locks, 'test'), createWriterLock(locks, 'test')]
  await one.hold('import/1', async () => {
    expect(await two.busy()).toEqual(new Set(['import/1']))
    await expect(two.hold('import/1', async () => 1)).rejects.toMatchObject({ code: 'storage-failed' })
    expect(await two.write(async () => 'written')).toBe('written')
    expect(await createWriterLock(locks, 'other').busy()).toEqual(new Set())
  })
  expect(await two.busy()).toEqual(new Set())
  expect(await two.hold('import/1', async () => 1)).toBe(1)
})

it('passes the lock of a tab that dies on to the next', async () => {
  const locks = createLockManager()
  const never = createWriterLock(locks.tab('dying'), 'test').write(() => new Promise<void>(() => undefined))
  never.catch(() => undefined)
  const next = createWriterLock(locks, 'test').write(async () => 'mine now')
  locks.close('dying')
  expect(await next).toBe('mine now')
})
