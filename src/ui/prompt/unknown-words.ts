// Finds the words of a prompt that a model with a fixed vocabulary never learned.

/** A word, or an emoji as one sees it: joined ones, coloured ones and flags are one each. */
const WORDS =
  /[\p{Letter}\p{Number}'’-]+|\p{Regional_Indicator}{2}|\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic})*/gu

function splitWords(text: string): readonly string[] {
  return text.toLowerCase().match(WORDS) ?? []
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
