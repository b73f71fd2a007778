// Many pieces as one.

/** A new array of all the bytes in their order. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let position = 0
  for (const piece of pieces) {
    out.set(piece, position)
    position += piece.length
  }
  return out
}
