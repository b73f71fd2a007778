// Files and blobs as byte sources: read a slice at a time, from the disk where they lie there.

import type { ByteSource } from '../core/formats/byte-source.ts'

export function blobSource(blob: Blob): ByteSource {
  return {
    byteLength: blob.size,
    blob,
    slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  }
}
