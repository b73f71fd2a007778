// A vocabulary as a person chooses from it.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { appendWord, groupVocabulary } from '../../src/ui/prompt/group-vocabulary.ts'

test('words stand under what they are, singular and plural once', () => {
  expect(
    groupVocabulary(
      'a apples apple by cacti cactus churches church daisies daisy dawn glass huge lake of red snowmen snowman watercolour'.split(
        ' ',
      ),
    ),
  ).toEqual([
    { kind: 'subjects', words: ['apple', 'cactus', 'church', 'daisy', 'snowman'] },
    { kind: 'colours', words: ['red'] },
    { kind: 'moments', words: ['dawn'] },
    { kind: 'places', words: ['lake'] },
    { kind: 'amounts', words: ['huge'] },
    { kind: 'styles', words: ['glass', 'watercolour'] },
    { kind: 'other', words: ['a', 'by', 'of'] },
  ])
})

test('a plural without its singular stays, under what that is, and an unheard-of word is somewhere', () => {
  expect(groupVocabulary(['dunes', 'wolves', 'woods', 'zither'])).toEqual([
    { kind: 'subjects', words: ['wolves'] },
    { kind: 'places', words: ['dunes', 'woods'] },
    { kind: 'other', words: ['zither'] },
  ])
})

/** Words that join others. */
const SMALL_WORDS = new Set(
  `a above across among an and at behind beneath beside beyond burning by from front in layer near of on one over steam
  the to under with`.split(/\s+/),
)

test('of the built-in model’s words none but the small ones is left unsorted', () => {
  const file = new URL('../../public/packs/kindred-mini/pack.json', import.meta.url)
  const { clip } = JSON.parse(readFileSync(file, 'utf8'))
  const groups = groupVocabulary(clip.vocabulary)
  const other = groups.find(({ kind }) => kind === 'other')?.words ?? []
  expect(groups).toHaveLength(7)
  expect(other.filter((word) => !SMALL_WORDS.has(word))).toEqual([])
})

test('a word is written at the end, with one space before it', () => {
  expect(appendWord('', 'boat')).toBe('boat')
  expect(appendWord('a blue', 'boat')).toBe('a blue boat')
  expect(appendWord('a blue  ', 'boat')).toBe('a blue boat')
})
