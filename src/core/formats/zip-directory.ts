// Reads the central directory of a zip, and refuses one that lies: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.

import type { ByteSource } from './byte-source.ts'
import { FormatError } from './format-error.ts'
import { MOST_DEFLATE_EXPANDS } from './inflate.ts'

/** A file in the archive, as the directory has it. */
export interface ZipEntry {
  readonly name: string
  /** 0 is stored, 8 is deflated; others are listed, and refused when they are read. */
  readonly method: number
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
  /** Where its local header begins, and where the next entry's or the directory does: nothing of it may lie beyond. */
  readonly start: number
  limit: number
}

export const LOCAL_HEADER = 0x04034b50
export const LOCAL_HEADER_BYTES = 30
const CENTRAL_HEADER = 0x02014b50
const CENTRAL_HEADER_BYTES = 46
const END = 0x06054b50
const END_BYTES = 22
const END64 = 0x06064b50
const END64_BYTES = 56
const LOCATOR64 = 0x07064b50
const LOCATOR64_BYTES = 20
const LONGEST_COMMENT = 0xffff
const MOST_ENTRIES = 1 << 21
/** Encrypted, strongly encrypted, or with a masked directory. */
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000

/** The files by name, in the directory's order; folders are left out. Throws FormatError('zip', …). */
export async function readZipDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const { start, end, count } = await findDirectory(source)
  const bytes = await source.slice(start, end)
  const entries = new Map<string, ZipEntry>()
  const all: ZipEntry[] = []
  const cursor = { at: 0 }
  for (let i = 0; i < count; i++) {
    const entry = readEntry(bytes, cursor, start)
    all.push(entry)
    if (entry.name.endsWith('/')) continue
    if (entries.has(entry.name)) throw new FormatError('zip', `two entries are named ${JSON.stringify(entry.name)}`)
    entries.set(entry.name, entry)
  }
  if (cursor.at !== bytes.length) throw new FormatError('zip', `the directory holds more than ${count} entries`, start)
  refuseOverlaps(all, start)
  return entries
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A name is taken for UTF-8 where it could be, whatever its flag says; other code pages are shown as Latin-1. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  }
}

interface Directory {
  readonly start: number
  readonly end: number
  readonly count: number
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const tailStart = Math.max(0, source.byteLength - END_BYTES - LONGEST_COMMENT - LOCATOR64_BYTES)
  const view = viewOf(await source.slice(tailStart, source.byteLength))
  const endAt = findEnd(view)
  const count = view.getUint16(endAt + 10, true)
  const size = view.getUint32(endAt + 12, true)
  const start = view.getUint32(endAt + 16, true)
  const disks = view.getUint16(endAt + 4, true) | view.getUint16(endAt + 6, true)
  const hasLocator = endAt >= LOCATOR64_BYTES && view.getUint32(endAt - LOCATOR64_BYTES, true) === LOCATOR64
  const is64 = count === 0xffff || size === 0xffffffff || start === 0xffffffff
  if (!is64 && !hasLocator) {
    if (disks !== 0 || count !== view.getUint16(endAt + 8, true)) throw new FormatError('zip', 'is one part of several')
    return checkDirectory({ start, end: start + size, count }, tailStart + endAt)
  }
  if (!hasLocator) throw new FormatError('zip', 'its 64-bit end of directory is missing', tailStart + endAt)
  const end64At = Number(view.getBigUint64(endAt - LOCATOR64_BYTES + 8, true))
  const directory = await readEnd64(source, end64At, tailStart + endAt - LOCATOR64_BYTES)
  const agrees =
    (count === 0xffff || count === directory.count) &&
    (size === 0xffffffff || size === directory.end - directory.start) &&
    (start === 0xffffffff || start === directory.start)
  if (!agrees) throw new FormatError('zip', 'its two ends of directory disagree', end64At)
  return checkDirectory(directory, end64At)
}

/** The end record is the one whose comment fills the rest of the file; of two that do, neither is believed. */
function findEnd(view: DataView): number {
  let found = -1
  for (let at = view.byteLength - END_BYTES; at >= 0; at--) {
    if (view.getUint8(at) !== 0x50 || view.getUint32(at, true) !== END) continue
    if (at + END_BYTES + view.getUint16(at + 20, true) !== view.byteLength) continue
    if (found >= 0) throw new FormatError('zip', 'has two ends of directory')
    found = at
  }
  if (found < 0) throw new FormatError('zip', 'has no end of directory: it is no zip, or is cut short')
  return found
}

async function readEnd64(source: ByteSource, at: number, locatorAt: number): Promise<Directory> {
  if (at + END64_BYTES > locatorAt) throw new FormatError('zip', `a 64-bit end of directory at ${at}`, locatorAt)
  const view = viewOf(await source.slice(at, at + END64_BYTES))
  if (view.getUint32(0, true) !== END64) throw new FormatError('zip', 'no 64-bit end of directory', at)
  if (view.getUint32(16, true) !== 0 || view.getUint32(20, true) !== 0) {
    throw new FormatError('zip', 'is one part of several', at)
  }
  const start = Number(view.getBigUint64(48, true))
  return { start, end: start + Number(view.getBigUint64(40, true)), count: Number(view.getBigUint64(32, true)) }
}

function checkDirectory(directory: Directory, endAt: number): Directory {
  const { start, end, count } = directory
  if (end > endAt) throw new FormatError('zip', `a directory from ${start} to ${end} runs into its end`, endAt)
  if (count > MOST_ENTRIES || count * CENTRAL_HEADER_BYTES > end - start) {
    throw new FormatError('zip', `${count} entries in a directory of ${end - start} bytes`, endAt)
  }
  return directory
}

function readEntry(bytes: Uint8Array, cursor: { at: number }, directoryStart: number): ZipEntry {
  const { at } = cursor
  const fail = (detail: string): never => {
    throw new FormatError('zip', detail, directoryStart + at)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at)
  if (view.byteLength < CENTRAL_HEADER_BYTES || view.getUint32(0, true) !== CENTRAL_HEADER) {
    return fail('the directory is damaged')
  }
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.getUint16(offset, true))
  const extraAt = CENTRAL_HEADER_BYTES + (nameBytes ?? 0)
  const end = extraAt + (extraBytes ?? 0) + (commentBytes ?? 0)
  if (end > view.byteLength) return fail('the directory ends inside an entry')
  const name = decodeName(bytes.subarray(at + CENTRAL_HEADER_BYTES, at + extraAt))
  const wide = wideFields(view, extraAt, extraAt + (extraBytes ?? 0))
  const read32 = (offset: number) => {
    const value = view.getUint32(offset, true)
    return value === 0xffffffff ? (wide.shift() ?? fail(`${name}: a 64-bit size is missing`)) : value
  }
  // In this order the 64-bit fields stand: size, compressed size, start.
  const size = read32(24)
  const compressedSize = read32(20)
  const start = read32(42)
  const entry = { name, method: view.getUint16(10, true), crc: view.getUint32(16, true), compressedSize, size, start }
  if (view.getUint16(8, true) & ENCRYPTED) return fail(`${name}: is encrypted`)
  const possible = entry.method === 0 ? size === compressedSize : size <= compressedSize * MOST_DEFLATE_EXPANDS
  if (!possible) return fail(`${name}: ${compressedSize} bytes cannot hold ${size}`)
  if (start + LOCAL_HEADER_BYTES + compressedSize > directoryStart) return fail(`${name}: lies beyond the directory`)
  cursor.at = at + end
  return { ...entry, limit: directoryStart }
}

/** The 8-byte numbers of the extra field 1, which stand for those of the header that are all ones. */
function wideFields(view: DataView, start: number, end: number): number[] {
  for (let at = start; at + 4 <= end; ) {
    const next = at + 4 + view.getUint16(at + 2, true)
    if (next > end) break
    if (view.getUint16(at, true) === 1) {
      const count = Math.min(3, (next - at - 4) >> 3)
      return Array.from({ length: count }, (_, i) => Number(view.getBigUint64(at + 4 + 8 * i, true)))
    }
    at = next
  }
  return []
}

/** Entries that share bytes make a small file claim petabytes. */
function refuseOverlaps(entries: ZipEntry[], directoryStart: number): void {
  entries.sort((a, b) => a.start - b.start)
  for (const [i, entry] of entries.entries()) {
    entry.limit = entries[i + 1]?.start ?? directoryStart
    if (entry.start + LOCAL_HEADER_BYTES + entry.compressedSize > entry.limit) {
      throw new FormatError('zip', `${entry.name}: overlaps the next entry`, entry.start)
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
