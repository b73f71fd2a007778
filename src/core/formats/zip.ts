// Reads zip archives of any size through a ByteSource, an entry at a time, and writes stored ones.

import {
  configure,
  type Entry,
  Reader,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  Writer,
  ZipReader,
  ZipWriter,
} from '@zip.js/zip.js/lib/zip-core-native.js'
import type { ByteSource } from './byte-source.ts'
import { FormatError } from './format-error.ts'

configure({ useWebWorkers: false, chunkSize: 1 << 20 })

/** Deflate cannot expand a byte to more than this many: an entry that claims more is damaged or hostile. */
const MOST_DEFLATE_EXPANDS = 1032

export interface ZipArchive {
  /** Uncompressed sizes by name, in the archive's order; folders are left out. */
  readonly entries: ReadonlyMap<string, number>
  /** A whole entry, its CRC-32 checked. Throws FormatError where it is missing or damaged. */
  read(name: string): Promise<Uint8Array>
  /**
   * Hands an entry to `onChunk` piece by piece, so that memory need not hold it.
   * Damage shows as a FormatError at the end, after the pieces: drop what was made of them then.
   */
  stream(name: string, onChunk: (chunk: Uint8Array) => void): Promise<void>
}

/** Reads the central directory. Throws FormatError('zip', …) where there is none or it is damaged, encrypted or ambiguous. */
export async function openZip(source: ByteSource): Promise<ZipArchive> {
  const list = await wrapped('directory', () => new ZipReader(new SourceReader(source)).getEntries())
  const files = new Map<string, Entry>()
  for (const entry of list) {
    if (entry.directory) continue
    if (files.has(entry.filename))
      throw new FormatError('zip', `two entries are named ${JSON.stringify(entry.filename)}`)
    checkSize(entry, source.byteLength)
    files.set(entry.filename, entry)
  }

  async function stream(name: string, onChunk: (chunk: Uint8Array) => void): Promise<void> {
    const entry = files.get(name)
    if (!entry || entry.directory) throw new FormatError('zip', `has no entry ${JSON.stringify(name)}`)
    let length = 0
    const sink = new ChunkWriter((chunk) => {
      length += chunk.byteLength
      if (length > entry.uncompressedSize) throw new RangeError('longer than its directory says')
      onChunk(chunk)
    })
    await wrapped(name, () => entry.getData(sink, { checkCrc32: true }))
    if (length !== entry.uncompressedSize) {
      throw new FormatError('zip', `${name}: ${length} bytes, but the directory says ${entry.uncompressedSize}`)
    }
  }

  async function read(name: string): Promise<Uint8Array> {
    const bytes = new Uint8Array(files.get(name)?.uncompressedSize ?? 0)
    let position = 0
    await stream(name, (chunk) => {
      bytes.set(chunk, position)
      position += chunk.byteLength
    })
    return bytes
  }

  const entries = new Map(Array.from(files, ([name, entry]) => [name, entry.uncompressedSize] as const))
  return { entries, read, stream }
}

/** Writes an archive without compression. The same files give the same bytes: no clock is read. */
export async function writeZip(files: Iterable<readonly [name: string, bytes: Uint8Array]>): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    level: 0,
    dataDescriptor: false,
    extendedTimestamp: false,
    lastModDate: new Date(1980, 0, 1),
  })
  for (const [name, bytes] of files) await writer.add(name, new Uint8ArrayReader(bytes))
  return (await writer.close()) as Uint8Array
}

function checkSize(entry: Entry, sourceLength: number): void {
  const stored = entry.compressionMethod === 0
  const most = stored ? entry.compressedSize : entry.compressedSize * MOST_DEFLATE_EXPANDS
  if (entry.compressedSize > sourceLength || entry.uncompressedSize > most) {
    throw new FormatError('zip', `${entry.filename}: cannot hold ${entry.uncompressedSize} bytes`)
  }
}

async function wrapped<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError('zip', `${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

class SourceReader extends Reader<ByteSource> {
  override size: number

  constructor(private readonly source: ByteSource) {
    super(source)
    this.size = source.byteLength
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const start = Math.min(index, this.size)
    return this.source.slice(start, Math.min(start + length, this.size))
  }
}

class ChunkWriter extends Writer<null> {
  constructor(private readonly onChunk: (chunk: Uint8Array) => void) {
    super()
  }

  override async writeUint8Array(chunk: Uint8Array): Promise<void> {
    this.onChunk(chunk)
  }

  override async getData(): Promise<null> {
    return null
  }
}
