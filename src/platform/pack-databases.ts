// A pack's style database files: fetched once and then kept, or read where they were installed.

import { bytesSource } from '../core/formats/byte-source.ts'
import type { PackFiles } from '../core/pack/inference.ts'
import type { OpenPack } from '../core/pack/open-pack.ts'
import type { PackParser } from '../core/pack/pack-parser.ts'
import type { StyleDatabase } from '../core/retrieval/style-database.ts'
import { blobSource } from './blob-source.ts'
import type { StyleStore } from './style-store.ts'

/**
 * Opens one of the pack's database files, verified. Rejects as the pack's `read` and `openStyleDatabase` do.
 * @param sha256 that which the manifest gives
 */
export type OpenDatabaseFile = (path: string, sha256: string) => Promise<StyleDatabase>

/** @param onNotKept is told why a database could not be stored, and will be fetched again on the next visit */
export function keptDatabases(
  { read }: Pick<OpenPack, 'read'>,
  parser: Pick<PackParser, 'openDatabase'>,
  store: StyleStore,
  onNotKept: (reason: string) => void,
): OpenDatabaseFile {
  return async (path, sha256) => {
    const { bytes, notKept } = await store.load(sha256, () => read(path))
    if (notKept !== null) onNotKept(notKept)
    return parser.openDatabase(bytesSource(bytes))
  }
}

/** Their pictures are read from the disk, so that no more than the rows stays in memory. */
export function installedDatabases(
  { read }: Pick<OpenPack, 'read'>,
  { parser, blob }: Pick<Required<PackFiles>, 'parser' | 'blob'>,
): OpenDatabaseFile {
  return async (path) => {
    await read(path)
    return parser.openDatabase(blobSource(await blob(path)))
  }
}
