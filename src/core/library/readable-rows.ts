// Reads a database's rows, items and embeddings together, each record once, and tells which chunks hold damaged ones.

import { parseEmbeddings, parseItems } from './checked-rows.ts'
import { countRows, type LibraryDisk } from './library-disk.ts'
import { mapAhead } from './map-ahead.ts'
import {
  type ChunkEntry,
  DamagedRecord,
  type DatabaseRecord,
  embeddingsKey,
  itemsKey,
  type StoredItem,
} from './records.ts'

/** Chunks that are read in one go: 1.5 MiB of embeddings at 768 numbers. */
const AT_ONCE = 16
/** The disk reads on while the rows that it gave are looked at. */
const BATCHES_AHEAD = 3

/** Rows that can be read, and the record of the database that has no others in its chunks. */
export interface ReadableRows {
  readonly record: DatabaseRecord
  readonly items: readonly StoredItem[]
  /** Float16 bits, [rows, dim]; null where they were not asked for. */
  readonly embeddings: Uint16Array | null
}

export interface RowsAsked {
  /** Whether embeddings are wanted; where they are not, those of chunks that `isKnown` has are not read. */
  readonly embeddings: boolean
  readonly isKnown: (entry: ChunkEntry) => boolean
  /** Told of each chunk of which all items and embeddings are as they were written. */
  readonly onWhole: (entry: ChunkEntry) => void
}

/** The rows of whole chunks, in order, and the ids of the others. */
export async function readRows(
  disk: LibraryDisk,
  record: DatabaseRecord,
  asked: RowsAsked,
): Promise<ReadableRows & { readonly damaged: readonly string[] }> {
  const { chunks, clip } = record
  const items: StoredItem[] = []
  const embeddings = asked.embeddings ? new Uint16Array(countRows(record) * clip.dim) : null
  const damaged: string[] = []

  async function readStored(entries: readonly ChunkEntry[]) {
    const wanted = entries.filter((entry) => asked.embeddings || !asked.isKnown(entry))
    const stored = await disk.getMany([
      ...entries.map(({ id }) => itemsKey(id)),
      ...wanted.map((entry) => embeddingsKey(entry.embeddings)),
    ])
    const values = new Map(wanted.map((entry, i) => [entry, { stored: stored[entries.length + i] }]))
    return entries.map((entry, i) => ({ entry, items: stored[i], embeddings: values.get(entry) ?? null }))
  }

  for await (const batch of mapAhead(inBatches(chunks), BATCHES_AHEAD, readStored)) {
    for (const { entry, ...stored } of batch) {
      const rows = unlessDamaged(() => ({
        items: parseItems(stored.items, entry),
        embeddings: stored.embeddings && parseEmbeddings(stored.embeddings.stored, entry, clip.dim),
      }))
      if (rows === null) {
        damaged.push(entry.id)
        continue
      }
      asked.onWhole(entry)
      if (rows.embeddings !== null) embeddings?.set(rows.embeddings, items.length * clip.dim)
      items.push(...rows.items)
    }
  }
  return { record, items, embeddings, damaged }
}

/** Null where `read` meets a damaged record. */
export function unlessDamaged<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof DamagedRecord) return null
    /* v8 ignore next -- @preserve: parsing throws nothing else; a bug of its own is not to look like damage */
    throw error
  }
}

async function* inBatches(chunks: readonly ChunkEntry[]): AsyncGenerator<readonly ChunkEntry[]> {
  for (let start = 0; start < chunks.length; start += AT_ONCE) yield chunks.slice(start, start + AT_ONCE)
}
