// The files that systems leave in folders beside a person's own: no import counts or lists them.

const NAMES = new Set(['thumbs.db', 'desktop.ini', '__macosx'])

/** Whether a file's or folder's name is that of something that a system keeps there, or hides: `.DS_Store`, `Thumbs.db`, `__MACOSX`. */
export function isSystemName(name: string): boolean {
  return NAMES.has(name.toLowerCase()) || (name.startsWith('.') && name !== '.' && name !== '..')
}

/** Whether any part of a path, with slashes, has such a name. */
export function isSystemPath(path: string): boolean {
  return path.split('/').some(isSystemName)
}
