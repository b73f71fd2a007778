// Writes zip archives of stored entries. The same files give the same bytes: no clock is read, nothing is compressed.

import { crc32 } from './crc32.ts'
import { joinBytes } from './join-bytes.ts'
import { centralHeader, endRecords, LONGEST_NAME, localHeader, type Measured } from './zip-records.ts'

/** A file to be written: its bytes or, where memory should not hold them all, how to read them piece by piece. */
export type ZipFile = readonly [name: string, bytes: Uint8Array | BytesInPieces]

/** Read twice, once for the checksum that stands before the bytes: both times they must be the same. */
export interface BytesInPieces {
  pieces(): AsyncIterable<Uint8Array>
}

/** The whole archive. Throws what `files` throws. */
export async function writeZip(files: Iterable<ZipFile>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  await streamZip(files, async (piece) => {
    pieces.push(piece)
  })
  return joinBytes(pieces)
}

/**
 * The same, handed to `write` piece by piece, so that memory need not hold it. Throws what `files` and `write` throw, and RangeError
 * where a file that comes in pieces is another the second time.
 */
export async function streamZip(
  files: Iterable<ZipFile> | AsyncIterable<ZipFile>,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  const directory: Uint8Array[] = []
  let position = 0
  const append = async (piece: Uint8Array) => {
    await write(piece)
    position += piece.length
  }
  for await (const [name, bytes] of files) {
    const measured = await measure(bytes)
    const entry = { name: new TextEncoder().encode(name), ...measured, start: position }
    if (entry.name.length > LONGEST_NAME) throw new RangeError(`zip: a name of ${entry.name.length} bytes`)
    directory.push(centralHeader(entry))
    await append(localHeader(entry))
    if (!(bytes instanceof Uint8Array)) await appendPieces(name, bytes, measured, append)
    else if (bytes.length > 0) await append(bytes)
  }
  const start = position
  for (const header of directory) await append(header)
  await append(endRecords(directory.length, start, position - start))
}

async function measure(bytes: ZipFile[1]): Promise<Measured> {
  if (bytes instanceof Uint8Array) return { crc: crc32(bytes), size: bytes.length }
  return passOver(bytes, async () => undefined)
}

async function appendPieces(
  name: string,
  bytes: BytesInPieces,
  { crc, size }: Measured,
  append: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  const written = await passOver(bytes, append)
  if (written.crc !== crc || written.size !== size) throw new RangeError(`zip: ${name} changed while it was written`)
}

async function passOver(bytes: BytesInPieces, take: (piece: Uint8Array) => Promise<void>): Promise<Measured> {
  let [crc, size] = [0, 0]
  for await (const piece of bytes.pieces()) {
    crc = crc32(piece, crc)
    size += piece.length
    if (piece.length > 0) await take(piece)
  }
  return { crc, size }
}
