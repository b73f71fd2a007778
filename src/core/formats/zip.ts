// Reads zip archives of any size through a ByteSource, an entry at a time.

import type { ByteSource } from './byte-source.ts'
import { crc32 } from './crc32.ts'
import { FormatError } from './format-error.ts'
import { inflateRaw } from './inflate.ts'
import { decodeName, LOCAL_HEADER, LOCAL_HEADER_BYTES, readZipDirectory, type ZipEntry } from './zip-directory.ts'

/** What is read at once of a large entry. */
const PIECE = 1 << 20

export interface ZipArchive {
  /** Uncompressed sizes by name, in the archive's order; folders are left out. */
  readonly entries: ReadonlyMap<string, number>
  /** A whole entry, its CRC-32 checked; the bytes belong to the caller. Throws FormatError where it is missing or damaged. */
  read(name: string): Promise<Uint8Array>
  /** Several, in the order asked for, likewise: those that lie together are read from the source at once. */
  readMany(names: readonly string[]): Promise<Uint8Array[]>
  /**
   * Yields an entry piece by piece, so that memory need not hold it.
   * Damage shows as a FormatError at the end, after the pieces: drop what was made of them then.
   */
  pieces(name: string): AsyncGenerator<Uint8Array, void>
  /** A stored entry where it lies, its CRC-32 not checked, for a format that checks its own; others are read whole. */
  source(name: string): Promise<ByteSource>
}

/**
 * Reads the central directory. Throws FormatError('zip', …) where there is none, or it is damaged, encrypted, ambiguous, in
 * several parts, or claims what cannot be: entries that overlap, or that inflate beyond what DEFLATE can.
 */
export async function openZip(source: ByteSource): Promise<ZipArchive> {
  const files = await readZipDirectory(source)

  function find(name: string): ZipEntry {
    const entry = files.get(name)
    if (entry === undefined) throw new FormatError('zip', `has no entry ${JSON.stringify(name)}`)
    return entry
  }

  return {
    entries: new Map(Array.from(files, ([name, { size }]) => [name, size] as const)),
    read: async (name) => gather(find(name), entryPieces(source, find(name))),
    async readMany(names) {
      const found = new Map<string, Uint8Array>()
      for (const run of runsOf(names.map(find))) {
        const near = await windowOf(source, run)
        for (const entry of run) found.set(entry.name, await gather(entry, entryPieces(near, entry)))
      }
      return names.map((name) => found.get(name) as Uint8Array)
    },
    pieces: (name) => entryPieces(source, find(name)),
    async source(name) {
      const entry = find(name)
      if (entry.method !== 0) {
        const bytes = await gather(entry, entryPieces(source, entry))
        return { byteLength: bytes.length, slice: async (start, end) => bytes.slice(start, end) }
      }
      const { start } = await openEntry(source, entry)
      return { byteLength: entry.size, slice: (from, to) => source.slice(start + from, start + to) }
    },
  }
}

type Run = [ZipEntry, ...ZipEntry[]]

/** Entries in runs that each lie within a piece, or are one larger entry. */
function runsOf(entries: readonly ZipEntry[]): Run[] {
  const runs: Run[] = []
  for (const entry of entries.toSorted((a, b) => a.start - b.start)) {
    const run = runs.at(-1)
    if (run !== undefined && entry.limit - run[0].start <= PIECE) run.push(entry)
    else runs.push([entry])
  }
  return runs
}

/** The source as it is for an entry by itself, and in memory from the first of a run to the end of the last. */
async function windowOf(source: ByteSource, [first, ...others]: Run): Promise<ByteSource> {
  const last = others.at(-1)
  if (last === undefined) return source
  const bytes = await source.slice(first.start, last.limit)
  return {
    byteLength: source.byteLength,
    slice: async (start, end) => bytes.slice(start - first.start, end - first.start),
  }
}

/** Where the data begins, with what of it came along. Throws where the local header is not what the directory says. */
async function openEntry(source: ByteSource, entry: ZipEntry): Promise<{ start: number; head: Uint8Array }> {
  const head = await source.slice(
    entry.start,
    Math.min(entry.limit, entry.start + 1024 + 3 * entry.name.length + entry.compressedSize, entry.start + PIECE),
  )
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const fail = (): never => {
    throw new FormatError('zip', `${entry.name}: its own header is not what the directory says`, entry.start)
  }
  if (view.byteLength < LOCAL_HEADER_BYTES || view.getUint32(0, true) !== LOCAL_HEADER) return fail()
  const nameEnd = LOCAL_HEADER_BYTES + view.getUint16(26, true)
  const dataAt = nameEnd + view.getUint16(28, true)
  const name = decodeName(head.subarray(LOCAL_HEADER_BYTES, nameEnd))
  if (view.getUint16(8, true) !== entry.method || name !== entry.name) return fail()
  const start = entry.start + dataAt
  if (start + entry.compressedSize > entry.limit) return fail()
  return { start, head: head.subarray(dataAt, dataAt + entry.compressedSize) }
}

async function* entryPieces(source: ByteSource, entry: ZipEntry): AsyncGenerator<Uint8Array, void> {
  const { name, method, size } = entry
  if (method !== 0 && method !== 8) throw new FormatError('zip', `${name}: compression ${method} is not read`)
  let length = 0
  let crc = 0
  const data = dataPieces(source, entry)
  for await (const piece of method === 0 ? data : inflated(name, data)) {
    length += piece.length
    if (length > size) break
    crc = crc32(piece, crc)
    yield piece
  }
  if (length !== size) throw new FormatError('zip', `${name}: holds another number of bytes than ${size}`)
  if (crc !== entry.crc) throw new FormatError('zip', `${name}: its CRC-32 is wrong`)
}

async function* dataPieces(source: ByteSource, entry: ZipEntry): AsyncGenerator<Uint8Array, void> {
  const { start, head } = await openEntry(source, entry)
  if (head.length > 0) yield head
  const end = start + entry.compressedSize
  for (let at = start + head.length; at < end; at += PIECE) yield await source.slice(at, Math.min(at + PIECE, end))
}

async function* inflated(name: string, data: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* inflateRaw(data)
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError('zip', `${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Grows with what comes: an entry that claims a gigabyte and holds a kilobyte costs a kilobyte. */
async function gather(entry: ZipEntry, pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let bytes = allocate(entry, Math.min(entry.size, Math.max(PIECE, 4 * entry.compressedSize)))
  let position = 0
  for await (const piece of pieces) {
    if (position + piece.length > bytes.length) {
      const larger = allocate(entry, Math.min(entry.size, Math.max(2 * bytes.length, position + piece.length)))
      larger.set(bytes.subarray(0, position))
      bytes = larger
    }
    bytes.set(piece, position)
    position += piece.length
  }
  return bytes
}

function allocate({ name }: ZipEntry, byteLength: number): Uint8Array {
  try {
    return new Uint8Array(byteLength)
  } catch {
    throw new FormatError('zip', `${name}: ${byteLength} bytes are more than memory holds`)
  }
}
