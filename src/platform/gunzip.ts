// Unpacks gzip where there is gzip: some hosts unpack a .gz file on the way, others do not.

/** The bytes themselves, or what they unpack to where they begin with gzip's mark 1f 8b. */
export async function maybeGunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
