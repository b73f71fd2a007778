// Finds the words of a prompt that a model with a fixed vocabulary never learned.

const SEPARATORS = /[^\p{Letter}\p{Number}'’-]+/u

function splitWords(text: string): string[] {
  return text.toLowerCase().split(SEPARATORS).filter(Boolean)
}

/** Each unknown word once, in the prompt's order; none where the vocabulary is empty, that is, open. */
export function findUnknownWords(prompt: string, vocabulary: readonly string[]): string[] {
  if (vocabulary.length === 0) return []
  const known = new Set(
    vocabulary.flatMap((entry) => [...splitWords(entry), ...splitWords(entry.replaceAll('-', ' '))]),
  )
  const isKnown = (word: string) =>
    known.has(word) || word.split('-').every((part) => part === '' || known.has(part) || /^\d+$/.test(part))
  return [...new Set(splitWords(prompt))].filter((word) => !isKnown(word))
}
