// Writes zip archives of stored entries. The same files give the same bytes: no clock is read, nothing is compressed.

import { crc32 } from './crc32.ts'
import { joinBytes } from './join-bytes.ts'

/** 1 January 1980, the first day that a zip can name. */
const DATE = 0x0021
/** Names are UTF-8. */
const FLAGS = 0x0800
const MOST_32 = 0xffffffff
const MOST_16 = 0xffff

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
    if (entry.name.length > MOST_16) throw new RangeError(`zip: a name of ${entry.name.length} bytes`)
    directory.push(centralHeader(entry))
    await append(localHeader(entry))
    if (!(bytes instanceof Uint8Array)) await appendPieces(name, bytes, measured, append)
    else if (bytes.length > 0) await append(bytes)
  }
  const start = position
  for (const header of directory) await append(header)
  await append(endRecords(directory.length, start, position - start))
}

interface Measured {
  readonly crc: number
  readonly size: number
}

interface Entry extends Measured {
  readonly name: Uint8Array
  readonly start: number
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

type Field = readonly [width: 2 | 4 | 8, value: number]

/** Numbers by their width in bytes, little-endian; then bytes as they are. */
function record(fields: readonly Field[], ...tail: Uint8Array[]): Uint8Array {
  const length = fields.reduce((sum, [width]) => sum + width, 0)
  const out = new Uint8Array(tail.reduce((sum, bytes) => sum + bytes.length, length))
  const view = new DataView(out.buffer)
  let at = 0
  for (const [width, value] of fields) {
    if (width === 2) view.setUint16(at, value, true)
    else if (width === 4) view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += width
  }
  for (const bytes of tail) {
    out.set(bytes, at)
    at += bytes.length
  }
  return out
}

/** The extra field 1: what does not fit 32 bits, in the order in which the header has them. */
function wideExtra(values: readonly number[]): Uint8Array {
  if (values.length === 0) return new Uint8Array(0)
  /* v8 ignore next -- @preserve: it takes an archive of more than four GiB */
  return record([[2, 1], [2, 8 * values.length], ...values.map((value) => [8, value] as const)])
}

/** What the local and the central header have in common, in their order: stored, no clock, sizes, lengths. */
function commonFields(crc: number, size32: number, name: Uint8Array, extra: Uint8Array): readonly Field[] {
  return [
    [2, FLAGS],
    [2, 0],
    [2, 0],
    [2, DATE],
    [4, crc],
    [4, size32],
    [4, size32],
    [2, name.length],
    [2, extra.length],
  ]
}

function localHeader({ name, crc, size }: Entry): Uint8Array {
  const isWide = size >= MOST_32
  const extra = wideExtra(isWide ? [size, size] : [])
  return record(
    [[4, 0x04034b50], [2, isWide ? 45 : 20], ...commonFields(crc, isWide ? MOST_32 : size, name, extra)],
    name,
    extra,
  )
}

function centralHeader({ name, crc, size, start }: Entry): Uint8Array {
  const wide = [...(size >= MOST_32 ? [size, size] : []), ...(start >= MOST_32 ? [start] : [])]
  const extra = wideExtra(wide)
  const version = wide.length > 0 ? 45 : 20
  return record(
    [
      [4, 0x02014b50],
      [2, version],
      [2, version],
      ...commonFields(crc, Math.min(size, MOST_32), name, extra),
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, Math.min(start, MOST_32)],
    ],
    name,
    extra,
  )
}

function endRecords(count: number, start: number, size: number): Uint8Array {
  const end = record([
    [4, 0x06054b50],
    [4, 0],
    [2, Math.min(count, MOST_16)],
    [2, Math.min(count, MOST_16)],
    [4, Math.min(size, MOST_32)],
    [4, Math.min(start, MOST_32)],
    [2, 0],
  ])
  if (count < MOST_16 && size < MOST_32 && start < MOST_32) return end
  const end64 = record([
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, start],
  ])
  const locator = record([
    [4, 0x07064b50],
    [4, 0],
    [8, start + size],
    [4, 1],
  ])
  return record([], end64, locator, end)
}
