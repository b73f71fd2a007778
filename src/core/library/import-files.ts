// The files of an import one by one: zips, known by their first bytes, are opened and count as folders.

import type { ByteSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { openZip } from '../formats/zip.ts'
import { MOST_FILE_BYTES } from '../image/read-picture.ts'
import { SkippedFile } from '../image/skip-reason.ts'

/** A file as the importer sees it. */
export interface ImportFile {
  /** Where it lay, with slashes: display text, never a key. */
  readonly name: string
  /** Called when its turn comes. Rejects with SkippedFile, or with whatever reading it fails with. */
  open(): Promise<ByteSource>
}

/** A file, and how many there are in all as far as is known. */
export interface CountedFile {
  readonly file: ImportFile
  readonly total: number
}

/** Yields every file, in order. A zip that cannot be opened is yielded itself, as a file that cannot be read. */
export async function* expandZips(files: readonly ImportFile[]): AsyncGenerator<CountedFile, void> {
  let total = files.length
  for (const file of files) {
    const inside = await listIfZip(file)
    if (inside === null) {
      yield { file, total }
      continue
    }
    total += inside.length - 1
    for (const entry of inside) yield { file: entry, total }
  }
}

/** Null where the file is no zip, or cannot even be opened: the importer will find out why. */
async function listIfZip(file: ImportFile): Promise<readonly ImportFile[] | null> {
  let source: ByteSource
  try {
    source = await file.open()
    const [p, k, third, fourth] = await source.slice(0, Math.min(4, source.byteLength))
    // A local header, or the end record of an empty archive.
    if (p !== 0x50 || k !== 0x4b || !((third === 3 && fourth === 4) || (third === 5 && fourth === 6))) return null
  } catch {
    return null
  }
  try {
    const zip = await openZip(source)
    return Array.from(zip.entries, ([name, byteLength]) => ({
      name: `${file.name}/${name}`,
      open: async () => {
        if (byteLength > MOST_FILE_BYTES) throw new SkippedFile('too-large', `${byteLength} bytes`)
        return entrySource(byteLength, () => asZipDamage(() => zip.read(name)))
      },
    }))
  } catch (error) {
    const reason = error instanceof FormatError ? new SkippedFile('zip-damaged', error.message) : error
    return [{ name: file.name, open: () => Promise.reject(reason) }]
  }
}

/** An entry is inflated whole at its first slice. */
function entrySource(byteLength: number, read: () => Promise<Uint8Array>): ByteSource {
  let bytes: Promise<Uint8Array> | null = null
  return {
    byteLength,
    async slice(start, end) {
      bytes ??= read()
      return (await bytes).slice(start, end)
    },
  }
}

async function asZipDamage<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw error instanceof FormatError ? new SkippedFile('zip-damaged', error.message) : error
  }
}
