// What every record disk does: run over the simulated one and over IndexedDB's.

import { describe, expect, it } from 'vitest'
import type { RecordDisk } from '../../../src/core/storage/record-disk.ts'

/** @param open an empty disk */
export function describeRecordDisk(name: string, open: () => Promise<RecordDisk>): void {
  describe(`a record disk: ${name}`, () => {
    it('has nothing under a key that was never put', async () => {
      const disk = await open()
      expect(await disk.get('a')).toBeUndefined()
      expect(await disk.getMany(['a', 'b'])).toEqual([undefined, undefined])
      expect(await disk.keys('')).toEqual([])
    })

    it.each(['strict', 'relaxed'] as const)(
      'gives back what a %s batch put, in the order asked for',
      async (durability) => {
        const disk = await open()
        const values = Uint16Array.of(1, 2, 3)
        await disk.commit(
          {
            put: [
              ['a', { version: 1, values }],
              ['b', null],
              ['c', 'text'],
            ],
          },
          durability,
        )
        expect(await disk.get('a')).toEqual({ version: 1, values })
        expect(await disk.getMany(['c', 'x', 'b', 'c'])).toEqual(['text', undefined, null, 'text'])
      },
    )

    it('keeps a copy, and gives copies', async () => {
      const disk = await open()
      const value = { list: [1] }
      await disk.commit({ put: [['a', value]] }, 'strict')
      value.list.push(2)
      const read = (await disk.get('a')) as typeof value
      read.list.push(3)
      expect(await disk.get('a')).toEqual({ list: [1] })
    })

    it('replaces and deletes in one batch', async () => {
      const disk = await open()
      await disk.commit(
        {
          put: [
            ['a', 1],
            ['b', 2],
            ['c', 3],
          ],
        },
        'strict',
      )
      await disk.commit(
        {
          put: [
            ['a', 4],
            ['d', 5],
          ],
          delete: ['b', 'not there'],
        },
        'strict',
      )
      expect(await disk.getMany(['a', 'b', 'c', 'd'])).toEqual([4, undefined, 3, 5])
    })

    it('lists keys by prefix in code-unit order, whatever characters they have', async () => {
      const disk = await open()
      const keys = [
        'a',
        'a/',
        'a/1',
        'a/10',
        'a/2',
        'a/\u00e9',
        'a/\ud83d\ude00',
        'a/\uffff',
        'a/\uffff\uffff',
        'a0',
        'b',
      ]
      await disk.commit({ put: keys.toReversed().map((key) => [key, key]) }, 'relaxed')
      expect(await disk.keys('a/')).toEqual(keys.slice(1, 9))
      expect(await disk.keys('a/1')).toEqual(['a/1', 'a/10'])
      expect(await disk.keys('a/\uffff')).toEqual(['a/\uffff', 'a/\uffff\uffff'])
      expect(await disk.keys('')).toEqual(keys)
      expect(await disk.keys('c')).toEqual([])
    })

    it('writes nothing of a batch of which a value cannot be stored', async () => {
      const disk = await open()
      await disk.commit({ put: [['a', 1]] }, 'strict')
      const batch = {
        put: [
          ['b', 2],
          ['c', () => 3],
        ] as const,
        delete: ['a'],
      }
      await expect(disk.commit(batch, 'strict')).rejects.toThrow()
      expect(await disk.keys('')).toEqual(['a'])
    })

    it('shows a batch whole or not at all to reads that run beside it', async () => {
      const disk = await open()
      const names = Array.from({ length: 40 }, (_, i) => `k${i}`)
      await disk.commit({ put: names.map((name) => [name, 0]) }, 'strict')
      const reads: Promise<readonly unknown[]>[] = []
      const writes: Promise<void>[] = []
      for (let round = 1; round <= 20; round++) {
        writes.push(disk.commit({ put: names.map((name) => [name, round]) }, round % 2 === 0 ? 'strict' : 'relaxed'))
        reads.push(disk.getMany(names))
      }
      await Promise.all(writes)
      for (const values of await Promise.all(reads)) expect(new Set(values).size).toBe(1)
    })

    it('takes an empty batch', async () => {
      const disk = await open()
      await disk.commit({}, 'strict')
      expect(await disk.keys('')).toEqual([])
    })
  })
}
