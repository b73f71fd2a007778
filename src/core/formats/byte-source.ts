// The one seam for reading bytes: a parser asks for slices and does not know whether a Blob, a file or memory answers.

export interface ByteSource {
  readonly byteLength: number
  /** Bytes `start` (inclusive) to `end` (exclusive, at most `byteLength`); the caller owns the copy. */
  slice(start: number, end: number): Promise<Uint8Array>
  /** The same bytes, where they lie in a Blob: that goes to another thread without being copied. */
  readonly blob?: Blob
}

/** A source over bytes that are already in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    // Not bytes.slice: on a Node Buffer that is a view.
    slice: async (start, end) => new Uint8Array(bytes.subarray(start, end)),
  }
}
