// Lists a folder's files for an import, to its ends, in the order in which the page takes them.

import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { ByteSource } from '../src/core/formats/byte-source.ts'
import { openZip } from '../src/core/formats/zip.ts'
import { SkippedFile } from '../src/core/image/skip-reason.ts'
import type { ImportFile } from '../src/core/library/import-files.ts'
import { openBriefly } from './file-source.ts'

/** Numbers in names count as numbers: 2 before 10. */
const ORDER = new Intl.Collator('en', { numeric: true })

export interface WalkedFile extends ImportFile {
  readonly path: string
}

/**
 * Files below a folder, named by their way from it; or the file itself. Links to folders are not followed. A folder inside that
 * cannot be read is listed as a file that cannot be. Throws as node:fs does for `source` itself.
 */
export async function walkFiles(source: string): Promise<readonly WalkedFile[]> {
  if (!(await stat(source)).isDirectory()) return [walkedFile(source, basename(resolve(source)))]
  const files: WalkedFile[] = []
  for await (const file of walkFolder(source, '', await readdir(source, { withFileTypes: true }))) files.push(file)
  return files
}

async function* walkFolder(folder: string, above: string, entries: readonly Dirent[]): AsyncGenerator<WalkedFile> {
  for (const entry of entries.toSorted((a, b) => ORDER.compare(a.name, b.name))) {
    const [path, name] = [join(folder, entry.name), `${above}${entry.name}`]
    const inside = entry.isDirectory() ? await readdir(path, { withFileTypes: true }).catch(() => null) : null
    if (inside === null) yield walkedFile(path, name)
    else yield* walkFolder(path, `${name}/`, inside)
  }
}

function walkedFile(path: string, name: string): WalkedFile {
  const open = async () => {
    // A pipe or a device would never end.
    if (!(await stat(path)).isFile()) throw new SkippedFile('unreadable', 'no file')
    const source = await openBriefly(path)
    // Of the small pictures in one, no style is to be made.
    if (await isStyleDatabase(source)) throw new SkippedFile('not-a-picture', 'a style database')
    return source
  }
  return { path, name, open }
}

async function isStyleDatabase(source: ByteSource): Promise<boolean> {
  const [p, k] = await source.slice(0, Math.min(2, source.byteLength))
  if (p !== 0x50 || k !== 0x4b) return false
  const zip = await openZip(source).catch(() => null)
  return zip?.entries.has('database.json') ?? false
}
