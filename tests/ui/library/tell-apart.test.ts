// Styles of one name, told apart.

import { expect, it } from 'vitest'
import { tellApart } from '../../../src/ui/library/tell-apart.ts'

it('numbers styles of one name from the second on, and leaves the others as they are', () => {
  const named = ['city', 'sea', 'city', 'city'].map((name, at) => ({ id: `${at}`, name }))
  expect([...tellApart(named)]).toEqual([
    ['0', 'city'],
    ['1', 'sea'],
    ['2', 'city (2)'],
    ['3', 'city (3)'],
  ])
})
