// The bounded heap against a full sort.

import { expect, test } from 'vitest'
import { TopK } from '../../../src/core/retrieval/top-k.ts'
import { makeGoldenInput } from '../golden.ts'

test.each([1, 2, 3, 7, 20, 199, 200])('the best %i of 200 scores are those of a full sort', (k) => {
  const scores = [...makeGoldenInput('test.top-k', [200]).data]
  const best = new TopK(k)
  for (const [row, score] of scores.entries()) {
    best.offer(row, score)
  }
  const sorted = scores.map((score, row) => ({ row, score })).sort((a, b) => b.score - a.score)
  expect(best.list()).toEqual(sorted.slice(0, k))
})

test('equal scores go by row, whatever the order in which they came', () => {
  for (const order of [
    [0, 1, 2, 3, 4, 5],
    [5, 4, 3, 2, 1, 0],
    [3, 0, 5, 1, 4, 2],
  ]) {
    const best = new TopK(3)
    for (const row of order) {
      best.offer(row, 0.5)
    }
    expect(best.list().map(({ row }) => row)).toEqual([0, 1, 2])
  }
})

test('fewer offers than k are all kept', () => {
  const best = new TopK(10)
  best.offer(4, -1)
  best.offer(2, 3)
  expect(best.list()).toEqual([
    { row: 2, score: 3 },
    { row: 4, score: -1 },
  ])
})

test('none are kept with k 0', () => {
  const best = new TopK(0)
  best.offer(0, 1)
  expect(best.list()).toEqual([])
})
