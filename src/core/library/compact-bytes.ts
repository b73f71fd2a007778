// Bytes ready to be stored: a view would be stored with all of the buffer that it looks into.

/** The same bytes where they fill their buffer, else a copy. */
export function compactBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
}
