// Makes names that come with files harmless to show: they are text, and never keys or paths.

const LONGEST = 200

/** C0, DEL and C1; zero-width and directional marks, embeddings, overrides and isolates; the byte order mark; lone surrogates. */
const UNSEEN = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu

/** In NFC, without control and direction characters, of at most 200 characters; white space is one space. */
export function displayName(text: string): string {
  const cut = text
    .slice(0, 4 * LONGEST)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(UNSEEN, '')
    .normalize('NFC')
    .trim()
  return Array.from(cut).slice(0, LONGEST).join('')
}

/** The last part of a path, without its extension; the path itself stays for lists of what was skipped. */
export function captionOf(path: string): string {
  const last = path.split('/').at(-1) ?? ''
  return displayName(last.replace(/(?<=.)\.[A-Za-z0-9]{1,5}$/, ''))
}
