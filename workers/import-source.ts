// What an import is made from: files as the page sends them, and the handles that are kept to find them again.

import type { ImportFile } from '../src/core/library/import-files.ts'
import { blobSource } from '../src/platform/blob-source.ts'
import type { FileEntry } from '../src/protocol/library-jobs.ts'

export function toImportFiles(entries: readonly FileEntry[]): readonly ImportFile[] {
  return entries.map(({ path, file }) => ({
    name: path,
    open: async () => {
      if (file === null) throw new Error('the file could not be had')
      return blobSource(file instanceof Blob ? file : await file.getFile())
    },
  }))
}

/** The handles in an import's record; none where it is another's. */
export function readHandles(source: unknown): readonly FileSystemHandle[] {
  if (typeof source !== 'object' || source === null || !('handles' in source)) return []
  return Array.isArray(source.handles) ? source.handles : []
}
