// The content prompts: the same for every style and every way of asking, composed from what the renderings show.

import type { ShownContent } from './judge.ts'

export interface ContentPrompt {
  /** "a red house by the sea at night" */
  readonly text: string
  /** What a judge should find, by kind of question. */
  readonly asked: { readonly subject: string; readonly color: string; readonly time: string; readonly count: string }
  /** Of the noise that its pictures start from. */
  readonly seed: number
}

const FIRST_SEED = 1000

/**
 * The first `count` of an endless, fixed list. Each round goes through all subjects; times of day take turns; colours and places
 * are those in which the subject was rendered. A longer list begins with the shorter one.
 */
export function composePrompts({ subjects, times }: ShownContent, count: number): ContentPrompt[] {
  const names = Object.keys(subjects).sort((a, b) => hash(a) - hash(b) || (a < b ? -1 : 1))
  const hours = Object.keys(times).sort()
  return Array.from({ length: count }, (_, i) => {
    const round = Math.floor(i / names.length)
    const subject = pick(names, i)
    const { colors, places } = subjects[subject] ?? { colors: [''], places: [''] }
    const color = pick(colors, hash(`${subject} colour`) + round)
    // One further each time that the colours have had their turn, so that every colour comes to every place.
    const place = pick(places, hash(`${subject} place`) + round + Math.floor(round / colors.length))
    const time = pick(hours, (i % names.length) + round)
    return {
      text: `${withArticle(`${color} ${subject}`)} ${place} ${times[time]}`,
      asked: { subject, color, time, count: '1' },
      seed: FIRST_SEED + i,
    }
  })
}

/** The paper's other way to ask for a style: by its name, after the prompt. */
export function withPostfix(prompt: string, styleName: string): string {
  return `${prompt}, in the style of ${styleName.toLowerCase()}`
}

function withArticle(words: string): string {
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`
}

function pick(list: readonly string[], at: number): string {
  return list[at % list.length] ?? ''
}

/** FNV-1a, 32 bits, and a last mixing (MurmurHash3's): a fixed order that is nobody's choice. */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
