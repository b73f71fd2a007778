// Cuts a stream of bytes into the pieces of a file; none is handed on before its SHA-256 is right.

import type { Piece, PlannedFile } from './install-plan.ts'
import { SourceFailure, type SourceStream } from './install-source.ts'
import type { Sha256 } from './integrity.ts'

/**
 * Yields each piece that the stream holds with its bytes, which are overwritten when the next is asked for. Throws SourceFailure
 * where the stream is shorter or longer than it said, or not what the pieces are.
 *
 * @param pieces all of the file's
 * @param wanted the others are passed over
 */
export async function* readPieces(
  { path, pieces }: PlannedFile,
  { body, start, end }: SourceStream,
  wanted: (piece: Piece) => boolean,
  sha256: Sha256,
): AsyncGenerator<{ readonly piece: Piece; readonly bytes: Uint8Array }, void, void> {
  const coming = pieces.filter(({ offset, byteLength }) => offset >= start && offset + byteLength <= end)
  let position = start
  let at = 0
  let filled = 0
  let buffer = new Uint8Array(0)
  for await (const bytes of body) {
    if (position + bytes.byteLength > end) {
      throw new SourceFailure(`${path}: more bytes came than the ${end - start} asked for`, 'damage')
    }
    position += bytes.byteLength
    for (let taken = 0; taken < bytes.byteLength; ) {
      const piece = coming[at]
      if (piece === undefined) break
      if (buffer.byteLength < piece.byteLength) buffer = new Uint8Array(piece.byteLength)
      const part = bytes.subarray(taken, taken + piece.byteLength - filled)
      buffer.set(part, filled)
      filled += part.byteLength
      taken += part.byteLength
      if (filled < piece.byteLength) continue
      at++
      filled = 0
      if (!wanted(piece)) continue
      const whole = buffer.subarray(0, piece.byteLength)
      if ((await sha256(whole)) !== piece.sha256) throw new SourceFailure(describeDamage(path, piece), 'damage')
      yield { piece, bytes: whole }
    }
  }
  if (position < end) {
    throw new SourceFailure(`${path}: cut off after ${position} of ${end} bytes`, 'passing')
  }
}

export function describeDamage(path: string, { offset, byteLength }: Piece): string {
  return `${path}: bytes ${offset} to ${offset + byteLength} are not those that pack.json says`
}
