// Reads a .npy array block of rows by block of rows, out of a file or a zip's entry, so that memory need not hold it.

import { sizeOf } from '../tensor/tensor.ts'
import type { ByteSource } from './byte-source.ts'
import { FormatError } from './format-error.ts'
import { checkNpyLength, NPY_HEADER_BYTES, type NpyArray, type NpyHeader, npyValues, parseNpyHeader } from './npy.ts'

const PIECE = 1 << 20
const LARGEST_ROW = 1 << 20

/** A file's bytes from its first to its last; call it again to read them again. */
export type Pieces = () => AsyncGenerator<Uint8Array, void>

export function sourcePieces(source: ByteSource): Pieces {
  return async function* () {
    for (let at = 0; at < source.byteLength; at += PIECE) {
      yield await source.slice(at, Math.min(at + PIECE, source.byteLength))
    }
  }
}

/** What the file says of its array; no more is read than that takes. Throws FormatError('npy', …) and what `pieces` throws. */
export async function readNpyHeader(pieces: Pieces): Promise<NpyHeader> {
  const reader = new PieceReader(pieces())
  try {
    return parseNpyHeader(await reader.peek(NPY_HEADER_BYTES))
  } finally {
    await reader.close()
  }
}

/**
 * Yields the array in blocks of `rowsPerBlock` rows, the last one shorter; a block's `dims` are the array's but for the
 * first. Throws FormatError('npy', …), for bytes that are too few or too many after the blocks.
 */
export async function* readNpyRows(pieces: Pieces, rowsPerBlock: number): AsyncGenerator<NpyArray, void> {
  const reader = new PieceReader(pieces())
  try {
    const header = parseNpyHeader(await reader.peek(NPY_HEADER_BYTES))
    const { dtype, dims, itemSize, dataStart } = header
    const [rows = 0, ...rest] = dims
    const rowBytes = sizeOf(rest) * itemSize
    if (dims.length === 0 || rowBytes === 0 || rowBytes > LARGEST_ROW) {
      throw new FormatError('npy', `[${dims.join(', ')}] has no rows of up to ${LARGEST_ROW} bytes`, 10)
    }
    await reader.take(dataStart)
    for (let row = 0; row < rows; row += rowsPerBlock) {
      const count = Math.min(rowsPerBlock, rows - row)
      const bytes = await reader.take(count * rowBytes)
      if (bytes.length < count * rowBytes) checkNpyLength(header, dataStart + row * rowBytes + bytes.length)
      yield { dtype, dims: [count, ...rest], data: npyValues(dtype, bytes) }
    }
    const more = await reader.take(1)
    if (more.length > 0) throw new FormatError('npy', `goes on after its ${rows} rows`)
  } finally {
    await reader.close()
  }
}

class PieceReader {
  private ahead: Uint8Array = new Uint8Array(0)

  constructor(private readonly pieces: AsyncGenerator<Uint8Array, void>) {}

  /** The next bytes, left in place: `count` of them, or all that there are. */
  async peek(count: number): Promise<Uint8Array> {
    if (this.ahead.length >= count) return this.ahead.subarray(0, count)
    const parts = [this.ahead]
    let length = this.ahead.length
    while (length < count) {
      const { done, value } = await this.pieces.next()
      if (done) break
      parts.push(value)
      length += value.length
    }
    this.ahead = new Uint8Array(length)
    let position = 0
    for (const part of parts) {
      this.ahead.set(part, position)
      position += part.length
    }
    return this.ahead.subarray(0, count)
  }

  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count)
    this.ahead = this.ahead.subarray(bytes.length)
    return bytes
  }

  async close(): Promise<void> {
    await this.pieces.return()
  }
}
