// A pack's files, wherever it lies: on the app's own server, or on this device.

import type { PackFiles } from '../core/pack/inference.ts'
import { installedPackFiles } from '../core/pack/installed-packs.ts'
import type { PackReference } from '../protocol/jobs.ts'
import { openFileDisk, PACKS_FOLDER } from './file-disk.ts'
import { fetchPackFiles } from './pack-files.ts'
import { sha256 } from './sha256.ts'

/** @param onProgress gets each file's path and bytes read so far */
export function filesOfPack(
  reference: PackReference,
  onProgress: (path: string, loaded: number) => void = () => {},
): PackFiles {
  if (reference.kind === 'url') return fetchPackFiles(reference.url, onProgress)
  const pick = (count: number) => Math.floor(Math.random() * count)
  const files = installedPackFiles(openFileDisk(PACKS_FOLDER), reference.id, sha256, pick)
  return {
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
