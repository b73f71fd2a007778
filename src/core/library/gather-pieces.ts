// Gathers small writes into large ones: a file of 100,000 entries should not become as many pieces.

const PIECE_BYTES = 4 * 1024 * 1024

export interface Pieces {
  /** The bytes are copied. */
  write(bytes: Uint8Array): Promise<void>
  /** Writes what is left. */
  end(): Promise<void>
}

/** @param write gets pieces of at most 4 MiB, but for bytes that came as one; they are its own */
export function gatherPieces(write: (piece: Uint8Array) => Promise<void>): Pieces {
  const waiting = new Uint8Array(PIECE_BYTES)
  let filled = 0
  const end = async () => {
    if (filled === 0) return
    const piece = waiting.slice(0, filled)
    filled = 0
    await write(piece)
  }
  return {
    async write(bytes) {
      if (filled + bytes.byteLength > PIECE_BYTES) await end()
      if (bytes.byteLength > PIECE_BYTES) {
        await write(new Uint8Array(bytes))
        return
      }
      waiting.set(bytes, filled)
      filled += bytes.byteLength
    },
    end,
  }
}
