// Which words of a prompt the page warns about.

import { expect, test } from 'vitest'
import { findUnknownWords } from '../../src/ui/prompt/unknown-words.ts'

const VOCABULARY = ['a', 'red', 'house', 'by', 'the', 'sea', 'hot-air', 'balloon', 'palm tree']

test('a prompt of known words has none, whatever its case and punctuation', () => {
  expect(findUnknownWords('A red house, by the sea!', VOCABULARY)).toEqual([])
})

test('each unknown word is named once, in the prompt’s order', () => {
  expect(findUnknownWords('the elephant by a red zebra, elephant', VOCABULARY)).toEqual(['elephant', 'zebra'])
})

test('parts of entries count: hyphens and several words', () => {
  expect(findUnknownWords('hot-air balloon, hot air, palm, tree', VOCABULARY)).toEqual([])
})

test('a hyphenated word is unknown when one of its parts is', () => {
  expect(findUnknownWords('a red-striped house', VOCABULARY)).toEqual(['red-striped'])
})

test('words of other scripts are words', () => {
  expect(findUnknownWords('a maison élégante 家', VOCABULARY)).toEqual(['maison', 'élégante', '家'])
})

test('an open vocabulary has no unknown words', () => {
  expect(findUnknownWords('an elephant', [])).toEqual([])
})

test('an emoji is a word that the model does not know, a joined one and a flag each as a whole', () => {
  expect(findUnknownWords('a red house 🦄 by 👩‍🎨, 👍🏽 🇫🇷 the sea', VOCABULARY)).toEqual(['🦄', '👩‍🎨', '👍🏽', '🇫🇷'])
})
