// Cuts a quotation to a length that a sentence can bear.

/** Letters that a sentence quotes at most. */
export const QUOTED = 80

/** The text, or its first words up to `most` characters with an ellipsis; a word longer than that is cut through. */
export function shorten(text: string, most: number): string {
  const letters = [...text]
  if (letters.length <= most) return text
  const start = letters.slice(0, most).join('')
  const lastSpace = start.lastIndexOf(' ')
  return `${(lastSpace > most / 2 ? start.slice(0, lastSpace) : start).trimEnd()} …`
}
