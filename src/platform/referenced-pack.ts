// A pack's files, wherever it lies: on the app's own server, or on this device.

import type { PackFiles } from '../core/pack/inference.ts'
import { installedPackFiles } from '../core/pack/installed-packs.ts'
import type { PackParsers, StylesParser } from '../core/pack/pack-parser.ts'
import type { PackReference } from '../protocol/jobs.ts'
import { openFileDisk, PACKS_FOLDER } from './file-disk.ts'
import { fetchPackFiles } from './pack-files.ts'
import { sha256 } from './sha256.ts'

/** @param onProgress gets each file's path and bytes read so far */
export function filesOfPack<Parser extends Pick<StylesParser, 'parseManifest'>>(
  reference: PackReference,
  parsers: PackParsers<Parser>,
  onProgress: (path: string, loaded: number) => void = () => {},
): PackFiles<Parser> {
  if (reference.kind === 'url') return fetchPackFiles(reference.url, parsers.own, onProgress)
  const pick = (count: number) => Math.floor(Math.random() * count)
  const files = installedPackFiles(
    { disk: openFileDisk(PACKS_FOLDER), sha256, parser: parsers.sealed },
    reference.id,
    pick,
  )
  return {
    ...files,
    read: async (path) => {
      const bytes = await files.read(path)
      onProgress(path, bytes.byteLength)
      return bytes
    },
    blob: async (path) => {
      const blob = await files.blob(path)
      onProgress(path, blob.size)
      return blob
    },
  }
}
