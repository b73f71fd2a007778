// The names under which packs lie on disk: hashes only, so that nothing that a pack says of itself becomes a name.

/** What a file on disk is for, of the pack with this id: the SHA-256 of its pack.json. */
export type StoredName =
  /** pack.json: 'pack' of an installed pack, 'part' of one that is still being installed. */
  | { readonly id: string; readonly kind: 'pack' | 'part' }
  /** 'done': which pieces are there, a byte each; 'from': where the pack comes from, as JSON. */
  | { readonly id: string; readonly kind: 'done' | 'from' }
  | { readonly id: string; readonly kind: 'data'; readonly sha256: string }

const HASH = '[0-9a-f]{64}'
const NAME = new RegExp(`^(${HASH})\\.(?:(pack|part|done|from)|(${HASH}))$`)

export function isPackId(text: string): boolean {
  return new RegExp(`^${HASH}$`).test(text)
}

export function nameOf(id: string, kind: 'pack' | 'part' | 'done' | 'from'): string {
  return `${id}.${kind}`
}

export function dataName(id: string, sha256: string): string {
  return `${id}.${sha256}`
}

/** Null where the name is none that an install writes. */
export function parseStoredName(name: string): StoredName | null {
  const [, id, kind, sha256] = NAME.exec(name) ?? []
  if (id === undefined) return null
  if (sha256 !== undefined) return { id, kind: 'data', sha256 }
  return { id, kind: kind as 'pack' | 'part' | 'done' | 'from' }
}
