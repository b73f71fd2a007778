// The files of an import one by one: zips, known by their first bytes, are opened and count as folders.

import type { ByteSource } from '../formats/byte-source.ts'
import type { PictureArchive, PictureReader } from '../image/picture-reader.ts'
import type { PictureFile } from '../image/read-picture.ts'
import { SkippedFile } from '../image/skip-reason.ts'
import { isSystemPath } from './system-files.ts'

/** A file as the importer sees it. */
export interface ImportFile {
  /** Where it lay, with slashes: display text, never a key. */
  readonly name: string
  /** Where it is a zip and not all of it is meant: the folder in it whose own files are, '' for those in none. */
  readonly folder?: string | undefined
  /** Called when its turn comes. Rejects with SkippedFile, or with whatever reading it fails with. */
  open(): Promise<ByteSource>
}

/** A file or an entry of a zip, and how many there are in all as far as is known. */
export interface CountedFile {
  /** Where it lay, as an ImportFile's. */
  readonly name: string
  /** Called when its turn comes. Rejects with SkippedFile. */
  read(): Promise<PictureFile>
  readonly total: number
}

/**
 * Yields every file, in order, but for what systems leave in zips. A zip that cannot be opened is yielded itself, as a file that cannot be read. The archives
 * stay open until what is returned with the files is called: their entries may be read after the last one was yielded.
 */
export function expandZips(
  files: readonly ImportFile[],
  reader: PictureReader,
): { readonly files: AsyncGenerator<CountedFile, void>; closeArchives(): Promise<void> } {
  const archives: PictureArchive[] = []
  return {
    files: expand(files, reader, archives),
    async closeArchives() {
      for (const archive of archives.splice(0)) await archive.close()
    },
  }
}

async function* expand(
  files: readonly ImportFile[],
  reader: PictureReader,
  archives: PictureArchive[],
): AsyncGenerator<CountedFile, void> {
  let total = files.length
  for (const { name, folder, open } of files) {
    const zip = await openIfZip(open)
    if (zip === null) {
      yield { name, total, read: async () => reader.readPicture(await readable(open)) }
      continue
    }
    const opened = await reader.openArchive(zip).catch((reason: unknown) => ({ reason }))
    if ('reason' in opened) {
      yield { name, total, read: () => Promise.reject(opened.reason) }
      continue
    }
    archives.push(opened)
    const meant = Array.from(opened.entries.keys()).filter((entry) => isMeant(entry, folder))
    total += meant.length - 1
    for (const entry of meant) {
      yield { name: `${name}/${entry}`, total, read: () => opened.readPicture(entry) }
    }
  }
}

function isMeant(entry: string, folder: string | undefined): boolean {
  if (isSystemPath(entry)) return false
  return folder === undefined || folderOf(entry) === folder
}

/** The folder that a path ends in, '' for none. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Null where the file is no zip, or cannot even be opened: the importer will find out why. */
async function openIfZip(open: ImportFile['open']): Promise<ByteSource | null> {
  try {
    const source = await readable(open)
    const [p, k, third, fourth] = await source.slice(0, Math.min(4, source.byteLength))
    // A local header, or the end record of an empty archive.
    return p === 0x50 && k === 0x4b && ((third === 3 && fourth === 4) || (third === 5 && fourth === 6)) ? source : null
  } catch {
    return null
  }
}

/** The file's bytes; whatever they fail with, if it is not said already, is that the file cannot be read. */
async function readable(open: ImportFile['open']): Promise<ByteSource> {
  const orUnreadable = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await task()
    } catch (error) {
      throw error instanceof SkippedFile ? error : new SkippedFile('unreadable', String(error))
    }
  }
  const source = await orUnreadable(open)
  return { ...source, slice: (start, end) => orUnreadable(() => source.slice(start, end)) }
}
