// Which pages of a long list are to be read, and in which order.

/** Pages read before they are in sight: beyond the edge that one scrolls to, and beyond the other. */
const AHEAD = 4
const BEHIND = 1
/** Whoever leaps may leap again: pages that were not to be seen would hold up those that are. */
const AFTER_LEAP = 1

/** Rows in sight, as pages: the first and the last of them. */
export interface PagesInSight {
  readonly first: number
  readonly last: number
}

/**
 * The pages in sight, then those that will be next, nearest first.
 *
 * @param before what was in sight before: where it lies tells which way one scrolls, and whether one leapt
 * @param count of all pages
 */
export function planPages(sight: PagesInSight, before: PagesInSight, count: number): readonly number[] {
  const isBack = sight.first < before.first
  const isLeap = sight.first > before.last + AHEAD || sight.last < before.first - AHEAD
  const far = isLeap ? AFTER_LEAP : AHEAD
  const [below, above] = isBack ? [BEHIND, far] : [far, BEHIND]
  const after = Array.from({ length: below }, (_, i) => sight.last + 1 + i)
  const ahead = Array.from({ length: above }, (_, i) => sight.first - 1 - i)
  const seen = Array.from({ length: sight.last - sight.first + 1 }, (_, i) => sight.first + i)
  const planned = [...(isBack ? seen.reverse() : seen), ...(isBack ? [...ahead, ...after] : [...after, ...ahead])]
  return planned.filter((page) => page >= 0 && page < count)
}
