// Reads pictures and zips of them in the thread that it is called in: the parse worker's.

import type { ByteSource } from '../formats/byte-source.ts'
import { FormatError } from '../formats/format-error.ts'
import { openZip, type ZipArchive } from '../formats/zip.ts'
import type { PictureReader } from './picture-reader.ts'
import { MOST_FILE_BYTES, type PictureFile, readPicture } from './read-picture.ts'
import { SkippedFile } from './skip-reason.ts'

/** Reads with no thread between: for tools, tests, and the thread that is between. */
export const pictureReader: PictureReader = {
  readPicture: (source) => named(() => readPicture(source)),
  async openArchive(source) {
    const zip = await named(() => openZip(source))
    return { entries: zip.entries, readPicture: (name) => readEntry(zip, name), close: async () => {} }
  },
}

/** A picture in a zip. Rejects with SkippedFile, as a PictureArchive does. */
export function readEntry(zip: ZipArchive, name: string): Promise<PictureFile> {
  return named(async () => {
    const byteLength = zip.entries.get(name) ?? 0
    if (byteLength > MOST_FILE_BYTES) throw new SkippedFile('too-large', `${byteLength} bytes`)
    return readPicture(entrySource(byteLength, () => zip.read(name)))
  })
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

/** Damage that is none of the picture's is its archive's; what else goes wrong is that the bytes could not be had. */
async function named<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof SkippedFile) throw error
    throw error instanceof FormatError
      ? new SkippedFile('zip-damaged', error.message)
      : new SkippedFile('unreadable', String(error))
  }
}
