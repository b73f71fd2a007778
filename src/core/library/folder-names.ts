// Short names for folders that show side by side: a folder's own, and of those that share it as much of the path as tells them apart.

/**
 * Names by path; a zip counts as a folder, without its ending.
 * @param fallback for what lies in no folder
 */
export function nameFolders(paths: readonly string[], fallback: string): ReadonlyMap<string, string> {
  // By how many have an end: that of one path alone tells it from all others.
  const counts = new Map<string, number>()
  for (const path of paths) for (const end of endsOf(path)) counts.set(end, (counts.get(end) ?? 0) + 1)
  return new Map(
    paths.map((path) => [path, path === '' ? fallback : (endsOf(path).find((end) => counts.get(end) === 1) ?? path)]),
  )
}

/** Shortest first. */
function endsOf(path: string): readonly string[] {
  const names = path.replace(/\.zip$/i, '').split('/')
  return names.map((_, i) => names.slice(names.length - 1 - i).join('/'))
}
