// What an import is made from: files as the page sends them, and the handles that are kept to find them again.

import type { ImportFile } from '../src/core/library/import-files.ts'
import { blobSource } from '../src/platform/blob-source.ts'
import type { FileEntry, PausedImport } from '../src/protocol/library-jobs.ts'

export function toImportFiles(entries: readonly FileEntry[]): readonly ImportFile[] {
  return entries.map(({ path, file, folder }) => ({
    name: path,
    folder,
    open: async () => {
      if (file === null) throw new Error('the file could not be had')
      return blobSource(file instanceof Blob ? file : await file.getFile())
    },
  }))
}

type Kept = Pick<PausedImport, 'handles' | 'within'>

/** What an import's record keeps. Versions of before know `handles` alone: of one folder of many, those would lead them to all. */
export function toSource({ handles, within }: Kept): unknown {
  return within === null ? { handles } : { handles: [], part: { handles, within } }
}

/** What is kept in an import's record; no handles where it is another's. */
export function readSource(source: unknown): Kept {
  const { handles, part } = asRecord(source)
  const { handles: ofAll, within } = asRecord(part)
  if (typeof within === 'string') return { handles: listOf(ofAll), within }
  return { handles: listOf(handles), within: null }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function listOf(value: unknown): readonly FileSystemHandle[] {
  return Array.isArray(value) ? value : []
}
