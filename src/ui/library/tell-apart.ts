// What styles are called where they are listed side by side by their names alone.

import { strings } from '../strings.ts'

/**
 * The names by id: from the second of one name on, each with its number among those.
 * @param styles all of them, always in the same order, so that one is called alike wherever it is listed
 */
export function tellApart(
  styles: readonly { readonly id: string; readonly name: string }[],
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  const names = new Map<string, string>()
  for (const { id, name } of styles) {
    const number = (counts.get(name) ?? 0) + 1
    counts.set(name, number)
    names.set(id, number === 1 ? name : strings.library.numbered(name, number))
  }
  return names
}
