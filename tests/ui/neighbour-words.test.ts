import { describe, expect, it } from 'vitest'
import { nameOfStyle } from '../../src/ui/name-of-style.ts'
import { strings } from '../../src/ui/strings.ts'

const { explained, foreseen, score, scoreLabel } = strings.neighbours
const words = { by: 'words', isMoved: false } as const
const city = { style: 'city', of: { rows: 11, hasPictures: true }, isMixed: false }

describe('what is said of neighbours', () => {
  it('counts them in the style alone, where no other is searched', () => {
    expect(foreseen({ found: 11, added: 0 }, city, words)).toBe('Of 11 pictures in city, your words find these 11.')
    expect(explained({ found: 11, added: 0 }, city, words)).toMatch(
      /^The 11 nearest to your words, of 11 pictures in city\. /,
    )
  })

  it('claims no more of a style than it has, where others are mixed in or pictures are added', () => {
    const mixed = { ...city, isMixed: true }
    expect(foreseen({ found: 19, added: 1 }, mixed, words)).toBe(
      'Of 11 pictures in city and of what is mixed in, your words find these 19, beside 1 that you added.',
    )
    expect(explained({ found: 19, added: 0 }, mixed, words)).toMatch(
      /^The 19 nearest to your words, of 11 pictures in city and of what is mixed in\. /,
    )
    expect(foreseen({ found: 1, added: 0 }, { ...mixed, of: null }, words)).toBe(
      'In city and in what is mixed in, your words find this picture.',
    )
  })

  it('has no negative zero among the scores', () => {
    expect([-0.001, 0.001, -0.01].map(score)).toEqual(['0.00', '0.00', '-0.01'])
    expect(scoreLabel(-0.001)).toBe('similarity 0.00')
  })
})

it('a style is called by its name; a person’s own that is not there by words, another by its id', () => {
  const styles = [{ id: 'user:1', name: 'Beach' }]
  expect(nameOfStyle(styles, 'user:1')).toBe('Beach')
  expect(nameOfStyle(styles, 'user:2')).toBe('a style of yours that is empty or gone')
  expect(nameOfStyle(styles, 'oil')).toBe('oil')
})
