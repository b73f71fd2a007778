// Tells a style database file from a zip of pictures.

import { openZip } from '../core/formats/zip.ts'
import { blobSource } from './blob-source.ts'

/** Reads the archive's directory only. False for whatever is no zip. */
export async function isDatabaseFile(file: Blob): Promise<boolean> {
  try {
    const { entries } = await openZip(blobSource(file))
    return entries.has('database.json') && entries.has('embeddings.npy')
  } catch {
    return false
  }
}
