// Pages of a long list: what is in sight is read first, and what comes next after it.

import { expect, it } from 'vitest'
import { planPages } from '../../src/state/plan-pages.ts'

const START = { first: 0, last: 0 }

it('reads what is in sight first, then ahead of the way one scrolls, then a little behind', () => {
  expect(planPages({ first: 10, last: 12 }, { first: 9, last: 11 }, 100)).toEqual([10, 11, 12, 13, 14, 15, 16, 9])
  expect(planPages({ first: 10, last: 12 }, { first: 11, last: 13 }, 100)).toEqual([12, 11, 10, 9, 8, 7, 6, 13])
})

it('reads little beyond what is in sight where one leapt there', () => {
  expect(planPages({ first: 10, last: 12 }, START, 100)).toEqual([10, 11, 12, 13, 9])
  expect(planPages({ first: 10, last: 12 }, { first: 60, last: 62 }, 100)).toEqual([12, 11, 10, 9, 13])
  expect(planPages({ first: 0, last: 2 }, START, 100)).toEqual([0, 1, 2, 3, 4, 5, 6])
})

it('reads no page that is not there', () => {
  expect(planPages({ first: 0, last: 1 }, START, 3)).toEqual([0, 1, 2])
  expect(planPages({ first: 3, last: 4 }, { first: 4, last: 4 }, 5)).toEqual([4, 3, 2, 1, 0])
  expect(planPages(START, START, 0)).toEqual([])
})
