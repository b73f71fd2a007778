// Where a pack lies in a zip of it.

import { isSystemPath } from '../library/system-files.ts'

/** The path of its pack.json: at the top, or in one folder, as systems make a zip of a folder. Null where there is none. */
export function findPackJson(names: Iterable<string>): string | null {
  for (const name of names) if (/^([^/]+\/)?pack\.json$/.test(name) && !isSystemPath(name)) return name
  return null
}
