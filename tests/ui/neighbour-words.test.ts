import { describe, expect, it } from 'vitest'
import { nameOfStyle } from '../../src/ui/name-of-style.ts'
import { strings } from '../../src/ui/strings.ts'

const { explained, foreseen, onlyChosen, score, scoreLabel } = strings.neighbours
const words = { by: 'words', isMoved: false } as const
const city = { style: 'city', of: { rows: 11, hasPictures: true } }
const counts = { own: 0, mixed: 0, pinned: 0, added: 0 }

describe('what is said of neighbours', () => {
  it('counts them in the style alone, where no other is searched', () => {
    expect(foreseen({ ...counts, own: 11 }, city, words)).toBe('Of 11 pictures in city, your words find these 11.')
    expect(explained({ ...counts, own: 11 }, city, words)).toBe(
      'The 11 nearest to your words, of 11 pictures in city. The model looks at them while it paints.',
    )
    expect(foreseen({ ...counts, own: 1 }, { ...city, of: null }, words)).toBe('In city, your words find this picture.')
  })

  it('counts those of the style, of what is mixed in and of a person’s own choice apart', () => {
    const apart = { own: 11, mixed: 8, pinned: 0, added: 1 }
    expect(foreseen(apart, city, words)).toBe(
      'Of 11 pictures in city, your words find these 11, and 8 in what is mixed in, beside 1 that you added.',
    )
    expect(explained({ ...apart, pinned: 2 }, city, words)).toMatch(
      /^The 11 nearest to your words, of 11 pictures in city, and 8 of what is mixed in, beside 2 that you pinned and 1 that you added\. /,
    )
  })

  it('names the style for none that lie elsewhere', () => {
    expect(foreseen({ ...counts, mixed: 1 }, city, words)).toBe('In what is mixed in, your words find this picture.')
    expect(explained({ ...counts, mixed: 3 }, city, words)).toMatch(
      /^The 3 nearest to your words, of what is mixed in\. /,
    )
    expect(onlyChosen({ ...counts, pinned: 2 })).toBe('Only those that you chose: 2 that you pinned.')
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
