import { describe, expect, it } from 'vitest'
import { mapAhead } from '../../../src/core/library/map-ahead.ts'

async function* count(to: number, closed: string[] = []) {
  try {
    for (let i = 0; i < to; i++) yield i
  } finally {
    closed.push('closed')
  }
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** A task that ends when it is told to. */
function createTasks() {
  const ends: (() => void)[] = []
  let [running, most] = [0, 0]
  return {
    ends,
    most: () => most,
    running: () => running,
    start: async (item: number) => {
      most = Math.max(most, ++running)
      await new Promise<void>((resolve) => {
        ends[item] = resolve
      })
      running--
      return 10 * item
    },
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('working ahead', () => {
  it('gives results in order, however long each takes, a few under way at once', async () => {
    const tasks = createTasks()
    const result = gather(mapAhead(count(4), 2, tasks.start))
    await settled()
    tasks.ends[1]?.()
    await settled()
    expect(tasks.ends).toHaveLength(2)
    tasks.ends[0]?.()
    await settled()
    for (const last of [3, 2]) tasks.ends[last]?.()
    expect(await result).toEqual([0, 10, 20, 30])
    expect(tasks.most()).toBe(2)
  })

  it('waits for what is under way and closes its source when it is ended early', async () => {
    const tasks = createTasks()
    const closed: string[] = []
    const mapped = mapAhead(count(9, closed), 3, tasks.start)
    const first = mapped.next()
    await settled()
    tasks.ends[0]?.()
    await first
    const ended = mapped.return()
    await settled()
    expect(closed).toEqual([])
    for (const item of [1, 2]) tasks.ends[item]?.()
    await ended
    expect([tasks.running(), closed]).toEqual([0, ['closed']])
  })

  it('rejects with what a task rejects with, when its turn comes', async () => {
    const mapped = mapAhead(count(5), 2, async (item) => {
      if (item === 1) throw new RangeError('one')
      return item
    })
    expect((await mapped.next()).value).toBe(0)
    await expect(mapped.next()).rejects.toThrow('one')
  })
})
