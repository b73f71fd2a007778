// Parts what was dropped into what styles are made of and what is something else: models' folders, and zips that are no pictures.

import type { FileEntry } from '../protocol/library-jobs.ts'
import type { FileFinder } from './file-finder.ts'
import type { Offer } from './library-state.ts'

type OfferOf<Kind> = Extract<Offer, { readonly kind: Kind }>

export interface SortedZips {
  readonly rest: readonly FileEntry[]
  readonly databaseFiles: readonly { readonly path: string; readonly file: File }[]
  /** What a person is to be asked about, and the file that it is of. */
  readonly asides: readonly { readonly offer: OfferOf<'backup' | 'pack-zip'>; readonly entry: FileEntry }[]
}

/** A folder with a pack.json is a model's, all that is below it too. A pack.json by itself is no folder. */
export function splitPacks(entries: readonly FileEntry[]): {
  readonly rest: readonly FileEntry[]
  readonly packs: readonly OfferOf<'pack'>[]
} {
  const manifests = entries.filter(({ path }) => lastName(path) === 'pack.json')
  const roots = new Set(manifests.map(({ path }) => path.slice(0, -'pack.json'.length)))
  const rest: FileEntry[] = []
  const byRoot = new Map<string, FileEntry[]>()
  for (const entry of entries) {
    const root = outermost(entry.path, roots)
    const files = root === null ? rest : (byRoot.get(root) ?? [])
    files.push(entry)
    if (root !== null) byRoot.set(root, files)
  }
  const packs: OfferOf<'pack'>[] = []
  for (const [root, files] of byRoot) {
    if (files.length > 1) packs.push({ kind: 'pack', name: lastName(root.slice(0, -1)), files })
    else rest.push(...files)
  }
  return { rest, packs }
}

/** Style database files are taken as they are. Zips are few, and known by their ending before they are looked into. */
export async function sortZips(
  entries: readonly FileEntry[],
  { kindOfZip }: Pick<FileFinder, 'kindOfZip'>,
): Promise<SortedZips> {
  const rest: FileEntry[] = []
  const databaseFiles: { readonly path: string; readonly file: File }[] = []
  const asides: SortedZips['asides'][number][] = []
  for (const entry of entries) {
    const file = await readZip(entry)
    const kind = file === null ? 'other' : await kindOfZip(file)
    if (file === null || kind === 'other') rest.push(entry)
    else if (kind === 'style-database') databaseFiles.push({ path: entry.path, file })
    else {
      const name = lastName(entry.path)
      asides.push({ offer: { kind: kind === 'pack' ? 'pack-zip' : 'backup', name, file }, entry })
    }
  }
  return { rest, databaseFiles, asides }
}

/** Null for what is no zip by its name, or has gone meanwhile: the import will list it. */
export async function readZip({ path, file }: FileEntry): Promise<File | null> {
  if (!/\.zip$/i.test(path) || file === null) return null
  return 'getFile' in file ? file.getFile().catch(() => null) : file
}

/** Of the folders that a file lies in, '' or with a slash at the end, the outermost that is one of these. */
function outermost(path: string, roots: ReadonlySet<string>): string | null {
  if (roots.size === 0) return null
  for (let end = 0; ; ) {
    const folder = path.slice(0, end)
    if (roots.has(folder)) return folder
    const next = path.indexOf('/', end)
    if (next === -1) return null
    end = next + 1
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
