import { describe, expect, it } from 'vitest'
import { createHandoff } from '../../../src/core/library/handoff.ts'

describe('a handoff', () => {
  it('gives each batch on in order, and says of each when it has been dealt with', async () => {
    const handoff = createHandoff<number>()
    const told: string[] = []
    const taking = (async () => {
      for await (const batch of handoff.taken()) told.push(`took ${batch}`)
      told.push('took all')
    })()
    for (const batch of [1, 2, 3]) {
      await handoff.give(batch)
      told.push(`gave ${batch}`)
    }
    handoff.end()
    await taking
    expect(told).toEqual(['took 1', 'gave 1', 'took 2', 'gave 2', 'took 3', 'gave 3', 'took all'])
  })

  it('ends both sides with the reason of the one that fails', async () => {
    const handoff = createHandoff<number>()
    const taking = (async () => {
      for await (const batch of handoff.taken()) handoff.fail(new Error(`no room for ${batch}`))
    })()
    const giving = handoff.give(7)
    await expect(giving).rejects.toThrow('no room for 7')
    await expect(taking).rejects.toThrow('no room for 7')
    await expect(handoff.give(8)).rejects.toThrow('no room for 7')
  })

  it('takes no second batch while one is being dealt with, and none after the end', async () => {
    const handoff = createHandoff<number>()
    void handoff.give(1)
    await expect(handoff.give(2)).rejects.toThrow('not the time')
    handoff.end()
    const taken = handoff.taken()
    expect((await taken.next()).value).toBe(1)
    expect((await taken.next()).done).toBe(true)
    await expect(handoff.give(3)).rejects.toThrow('not the time')
  })
})
