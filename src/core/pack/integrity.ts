// Nothing of a pack counts before its length and SHA-256 are those that pack.json gives.

import { FormatError } from '../formats/format-error.ts'
import type { PackFiles } from './inference.ts'
import type { PackManifest } from './manifest.ts'

/** SHA-256 in lower-case hexadecimal; the platform has it. */
export type Sha256 = (bytes: Uint8Array) => Promise<string>

/** Throws FormatError('pack', …), naming the file, where `bytes` are not what the manifest says of `path`. */
export async function verifyFile(
  manifest: PackManifest,
  path: string,
  bytes: Uint8Array,
  sha256: Sha256,
): Promise<void> {
  const expected = Object.hasOwn(manifest.files, path) ? manifest.files[path] : undefined
  if (!expected) throw new FormatError('pack', `${path}: pack.json does not list it`)
  if (bytes.byteLength !== expected.byteLength) {
    throw new FormatError('pack', `${path}: ${bytes.byteLength} bytes, not ${expected.byteLength}`)
  }
  const found = await sha256(bytes)
  if (found !== expected.sha256) throw new FormatError('pack', `${path}: SHA-256 is ${found}, not ${expected.sha256}`)
}

/** Reads a file of the pack and verifies it. Throws FormatError('pack', …) where it is missing or altered. */
export async function readVerified(
  files: Pick<PackFiles, 'read'>,
  manifest: PackManifest,
  path: string,
  sha256: Sha256,
): Promise<Uint8Array> {
  const bytes = await files.read(path)
  await verifyFile(manifest, path, bytes, sha256)
  return bytes
}
