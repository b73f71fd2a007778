// A job that waits for callbacks: what it tells meanwhile, and how it ends.

import { expect, it } from 'vitest'
import { tellLatest } from '../../src/protocol/progress.ts'

it('tells what came since it was last asked, the latest only, and then the result', async () => {
  let tell: (event: number) => void = () => {}
  let finish: (result: string) => void = () => {}
  const job = tellLatest<number, string>((callback) => {
    tell = callback
    return new Promise((resolve) => {
      finish = resolve
    })
  })
  const first = job.next()
  tell(1)
  expect(await first).toEqual({ done: false, value: 1 })
  tell(2)
  tell(3)
  expect(await job.next()).toEqual({ done: false, value: 3 })
  tell(4)
  finish('done')
  expect(await job.next()).toEqual({ done: false, value: 4 })
  expect(await job.next()).toEqual({ done: true, value: 'done' })
})

it('ends with the error of what it waits for', async () => {
  const job = tellLatest<never, never>(async () => {
    throw new Error('cut off')
  })
  await expect(job.next()).rejects.toThrow('cut off')
})
