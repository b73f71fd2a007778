// Pages that were read are held up to a number of bytes: what was in sight the longest ago goes first, what is in sight never.

import { expect, it } from 'vitest'
import { createPageCache } from '../../src/state/page-cache.ts'

function setUp(mostBytes: number) {
  const gone: string[] = []
  const cache = createPageCache<string>({
    mostBytes,
    bytesOf: (value) => value.length,
    letGo: (value) => gone.push(value),
  })
  return { cache, gone, held: () => [...cache.pages().keys()].sort((a, b) => a - b) }
}

it('holds no more bytes than it may, and lets go of what was unseen the longest', () => {
  const { cache, gone, held } = setUp(30)
  for (let page = 0; page < 100; page++) {
    cache.see([page])
    cache.put(page, `page ${page} is here`.slice(0, 10))
    expect([...cache.pages().values()].join('').length).toBeLessThanOrEqual(30)
  }
  expect(held()).toEqual([97, 98, 99])
  expect(gone).toHaveLength(97)
})

it('keeps a page the longer, the later it was in sight', () => {
  const { cache, held } = setUp(30)
  for (const page of [1, 2, 3]) cache.put(page, '0123456789')
  cache.see([1])
  cache.see([50])
  cache.put(50, '0123456789')
  expect(held()).toEqual([1, 3, 50])
})

it('of pages that left sight together keeps those the longest that were wanted most', () => {
  const { cache, held } = setUp(30)
  for (const page of [1, 2, 3]) cache.put(page, '0123456789')
  cache.see([1, 2, 3])
  cache.see([9])
  cache.put(9, '0123456789')
  expect(held()).toEqual([1, 2, 9])
})

it('keeps what is in sight whatever it takes, and what has just been read', () => {
  const { cache, held } = setUp(15)
  cache.see([4, 5, 6])
  for (const page of [4, 5, 6, 7]) cache.put(page, '0123456789')
  expect(held()).toEqual([4, 5, 6, 7])
  cache.see([8])
  cache.put(8, '0123456789')
  expect(held()).toEqual([8])
})

it('frees what it lets go of, each value once', () => {
  const { cache, gone, held } = setUp(100)
  cache.put(1, 'old')
  cache.put(1, 'new')
  expect(gone).toEqual(['old'])
  cache.replaceAll((value) => `${value}!`)
  expect(gone).toEqual(['old'])
  cache.clear()
  cache.clear()
  expect(gone).toEqual(['old', 'new!'])
  expect(held()).toEqual([])
})
