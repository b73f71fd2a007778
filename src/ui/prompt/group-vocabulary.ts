// Sorts a model's vocabulary for a person to choose from: in groups by kind, singular and plural once.

import { kindOf, WORD_KINDS, type WordKind } from './word-kinds.ts'

export interface WordGroup {
  readonly kind: WordKind
  /** In alphabetical order, each once. */
  readonly words: readonly string[]
}

/** What an English plural may be the plural of. */
function singulars(word: string): readonly string[] {
  return [
    word.replace(/s$/, ''),
    word.replace(/es$/, ''),
    word.replace(/ies$/, 'y'),
    word.replace(/ves$/, 'f'),
    word.replace(/men$/, 'man'),
    word.replace(/i$/, 'us'),
  ].filter((candidate) => candidate !== word)
}

/** A plural that stands alone is what its singular is. */
function kindOfPlural(word: string): WordKind {
  return [word, ...singulars(word)].map(kindOf).find((kind) => kind !== 'other') ?? 'other'
}

/** Leaves out plurals whose singular is in the vocabulary too, and groups without words. */
export function groupVocabulary(vocabulary: readonly string[]): readonly WordGroup[] {
  const all = new Set(vocabulary)
  const once = [...all].filter((word) => !singulars(word).some((singular) => all.has(singular))).sort()
  return WORD_KINDS.map((kind) => ({ kind, words: once.filter((word) => kindOfPlural(word) === kind) })).filter(
    ({ words }) => words.length > 0,
  )
}

/** The prompt with the word at its end. */
export function appendWord(prompt: string, word: string): string {
  return prompt.trim() === '' ? word : `${prompt.trimEnd()} ${word}`
}
