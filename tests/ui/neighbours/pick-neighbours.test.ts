// Which neighbours the page lists: a picture's own as long as they fit what is asked, else those that the words find.

import { expect, it } from 'vitest'
import { DEFAULT_SETTINGS, type Recipe } from '../../../src/core/diffusion/recipe.ts'
import { INITIAL_STATE, NO_STEERING, type Picture } from '../../../src/state/app-state.ts'
import type { Placement, PlacingQuestion } from '../../../src/state/constellation-state.ts'
import { countListed, pickNeighbours } from '../../../src/ui/neighbours/pick-neighbours.ts'

const question: PlacingQuestion = { prompt: 'a red house', styleId: 'ink', k: 2, steering: NO_STEERING }
const found = { id: 'found', score: 0.5, caption: '', url: null, row: 3 }
const used = { id: 'used', score: 0.4, caption: '', url: null }
const placement: Placement = { question, x: 0, y: 0, cut: null, neighbours: [found] }
const recipe: Recipe = {
  ...DEFAULT_SETTINGS,
  version: 1,
  prompt: 'a red house',
  k: 2,
  databaseId: 'ink',
  databaseHash: '',
  neighbourIds: ['used'],
  packId: '',
  packHash: '',
}
const picture = (change: Partial<Picture> = {}): Picture => ({
  source: 'made',
  entryId: '1',
  url: '',
  recipe,
  neighbours: [used],
  run: null,
  ...change,
})
const state = { ...INITIAL_STATE, styleId: 'ink' }

it('lists what the words find before the first picture', () => {
  expect(pickNeighbours(state, question, placement)).toEqual({
    kind: 'foreseen',
    neighbours: [found],
    styleId: 'ink',
  })
})

const boat = { id: 'boat', name: 'boat.png', clipId: 'c', embedding: '3c00' }

it('lists a picture’s own neighbours while the page would ask the same again', () => {
  const withPicture = { ...state, picture: picture() }
  expect(pickNeighbours(withPicture, question, placement)).toMatchObject({ kind: 'used', neighbours: [used] })
  for (const other of [
    { ...question, prompt: 'a boat' },
    { ...question, k: 3 },
    { ...question, steering: { ...NO_STEERING, pins: ['x'] } },
    { ...question, steering: { ...NO_STEERING, added: [boat] } },
    { ...question, steering: { ...NO_STEERING, query: boat } },
    { ...question, steering: { ...NO_STEERING, toward: { share: 0.3, pictures: [{ id: 'x', weight: 1 }] } } },
    { ...question, steering: { ...NO_STEERING, mix: [{ databaseId: 'tile', weight: 1 }] } },
  ]) {
    expect(pickNeighbours(withPicture, other, placement)).toMatchObject({ kind: 'foreseen' })
  }
})

it('lists what the words find for a picture whose neighbours are not known', () => {
  const exhibit = { ...state, picture: picture({ source: 'exhibit', neighbours: [] }) }
  expect(pickNeighbours(exhibit, question, placement)).toMatchObject({ kind: 'foreseen', neighbours: [found] })
})

it('never shows what was found in another style', () => {
  const elsewhere = { ...question, styleId: 'tile' }
  expect(pickNeighbours({ ...state, styleId: 'tile' }, elsewhere, placement)).toMatchObject({ neighbours: [] })
  expect(pickNeighbours(state, null, placement)).toMatchObject({ kind: 'used', neighbours: [] })
})

it('counts neighbours by why they are there: a pinned one was not found, and a given one lies nowhere', () => {
  const own = { ...used, databaseId: 'ink' }
  const neighbours = [own, { ...own, id: 'other' }, { ...used, databaseId: 'oil' }, { ...used, isGiven: true }]
  const steering = { ...NO_STEERING, pins: ['other'] }
  expect(countListed({ neighbours, styleId: 'ink' }, steering)).toEqual({ own: 1, mixed: 1, pinned: 1, added: 1 })
  const mixedPin = { ...NO_STEERING, pins: [{ databaseId: 'oil', id: 'used' }] }
  expect(countListed({ neighbours, styleId: 'ink' }, mixedPin)).toEqual({ own: 2, mixed: 0, pinned: 1, added: 1 })
})

it('counts a picture of an earlier app as given where its steering has it alone', () => {
  const given = { id: 'used', name: '', clipId: '', embedding: '' }
  const steering = { ...NO_STEERING, added: [given] }
  expect(countListed({ neighbours: [used, found], styleId: 'ink' }, steering)).toMatchObject({ own: 1, added: 1 })
  expect(countListed({ neighbours: [used, found], styleId: 'ink' })).toMatchObject({ own: 2, added: 0 })
})
