// Reads a pack's files for those who use them as they lie: verified, and looked through where a runtime or a library parses them.

import type { PackFiles } from './inference.ts'
import { readVerified, type Sha256 } from './integrity.ts'
import type { PackManifest } from './manifest.ts'

/** Any file that the manifest lists. Rejects with FormatError where it is missing, altered, or not what its name says. */
export async function readChecked(
  files: PackFiles,
  manifest: PackManifest,
  path: string,
  sha256: Sha256,
): Promise<Uint8Array> {
  const bytes = await readVerified(files, manifest, path, sha256)
  // CLIP's towers hold their weights themselves.
  if (path.endsWith('.onnx')) return files.parser.checkGraph(bytes, [])
  if (path.endsWith('.json')) return files.parser.checkClipFile(path, bytes)
  return bytes
}
