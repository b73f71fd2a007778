// Whether the true k best are always on the shortlist, however the errors fall.

import { expect, test } from 'vitest'
import { Shortlist } from '../../../src/core/retrieval/search-shortlist.ts'
import { makeGoldenInput } from '../golden.ts'

const ERROR = 0.01

test.each([1, 2, 19, 200])('the true %i best of rows offered with errors are on it', (k) => {
  const scores = makeGoldenInput('shortlist.scores', [3000]).data
  const errors = makeGoldenInput('shortlist.errors', [3000]).data
  const shortlist = new Shortlist(k, ERROR)
  for (const [row, score] of scores.entries()) {
    shortlist.offer(row, score + ERROR * Math.sign(errors[row] ?? 0))
  }
  const rows = new Set(shortlist.rows())
  const best = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).slice(0, k)
  expect(best.every((row) => rows.has(row))).toBe(true)
  expect(rows.size).toBeLessThan(k + 120)
})

test('rows that have fallen behind are let go, though every row was once the best', () => {
  const shortlist = new Shortlist(3, ERROR)
  for (let row = 0; row < 10_000; row++) {
    shortlist.offer(row, row)
  }
  expect(shortlist.rows()).toEqual([9997, 9998, 9999])
})

test('all of many equal rows stay', () => {
  const shortlist = new Shortlist(3, ERROR)
  for (let row = 0; row < 5000; row++) {
    shortlist.offer(row, 0.5)
  }
  expect(shortlist.rows()).toHaveLength(5000)
})

test('a score that is no number is not taken, and none is where k is 0', () => {
  const shortlist = new Shortlist(2, ERROR)
  shortlist.offer(0, Number.NaN)
  expect(shortlist.rows()).toEqual([])
  const none = new Shortlist(0, ERROR)
  none.offer(0, 1)
  expect(none.rows()).toEqual([])
})
