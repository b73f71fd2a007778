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
import { findChunks, gatherRows, nameOfEmbeddings, nameOfItems, type ResidentRows } from './resident-rows.ts'

/** Chunks that are read in one go: 1.5 MiB of embeddings at 768 numbers. */
const AT_ONCE = 16
/** The disk reads on while the rows that it gave are looked at. */
const BATCHES_AHEAD = 3

/** Rows that can be read, and the record of the database that has no others in its chunks. */
export interface ReadableRows {
  readonly record: DatabaseRecord
  readonly items: readonly StoredItem[]
  /** Null where they were not asked for, or are too many to stay in memory. */
  readonly embeddings: ResidentRows | null
}

export interface RowsAsked {
  /** Whether embeddings are to stay in memory; where they do not, those of chunks that `isKnown` has are not read. */
  readonly embeddings: boolean
  /** The database's rows as they were read earlier: what is the same still is not read, and its arrays are taken over. */
  readonly before?: ReadableRows | null
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
  const before = asked.before?.record.clip.dim === clip.dim ? asked.before : null
  const known = lookUp(before, clip.dim)
  const gathered = asked.embeddings && canStay(disk, record) ? gather(disk, record, before) : null
  const items: StoredItem[] = []
  const damaged: string[] = []
  let isAsBefore = before?.items.length === countRows(record)

  async function readStored(entries: readonly ChunkEntry[]) {
    const keys = entries.flatMap((entry) => {
      const needsEmbeddings = gathered === null ? !asked.isKnown(entry) : known.embeddings(entry) === undefined
      return [
        ...(known.items(entry) === undefined ? [itemsKey(entry.id)] : []),
        ...(needsEmbeddings ? [embeddingsKey(entry.embeddings)] : []),
      ]
    })
    const stored = keys.length === 0 ? [] : await disk.getMany(keys)
    return { entries, stored: new Map(keys.map((key, i) => [key, stored[i]])) }
  }

  for await (const { entries, stored } of mapAhead(inBatches(chunks), BATCHES_AHEAD, readStored)) {
    for (const entry of entries) {
      const key = embeddingsKey(entry.embeddings)
      const rows = unlessDamaged(() => ({
        items: known.items(entry) ?? parseItems(stored.get(itemsKey(entry.id)), entry),
        embeddings: stored.has(key) ? parseEmbeddings(stored.get(key), entry, clip.dim) : known.embeddings(entry),
      }))
      if (rows === null) {
        damaged.push(entry.id)
        continue
      }
      asked.onWhole(entry)
      isAsBefore &&= rows.items === known.items(entry)
      if (rows.embeddings !== undefined) gathered?.put(entry, rows.embeddings)
      items.push(...rows.items)
    }
  }
  const same = isAsBefore && damaged.length === 0 && before !== null && isSameOrder(before.record.chunks, chunks)
  return { record, items: same ? before.items : items, embeddings: gathered?.rows ?? null, damaged }
}

/** Whether a database's embeddings stay in memory, or are read from the disk for each search. */
export function canStay({ residentBytes }: LibraryDisk, record: DatabaseRecord): boolean {
  return countRows(record) * record.clip.dim * Uint16Array.BYTES_PER_ELEMENT <= residentBytes
}

function gather(disk: LibraryDisk, { chunks, clip }: DatabaseRecord, before: ReadableRows | null) {
  return gatherRows(chunks, clip.dim, before?.embeddings ?? null, disk.partBytes)
}

interface KnownRows {
  readonly items: (entry: ChunkEntry) => readonly StoredItem[] | undefined
  readonly embeddings: (entry: ChunkEntry) => Uint16Array | undefined
}

function lookUp(before: ReadableRows | null, dim: number): KnownRows {
  const items = new Map<string, readonly StoredItem[]>()
  let start = 0
  for (const entry of before?.record.chunks ?? []) {
    items.set(nameOfItems(entry), before?.items.slice(start, start + entry.rows) ?? [])
    start += entry.rows
  }
  const embeddings = before?.embeddings ? findChunks(before.embeddings, dim) : new Map<string, Uint16Array>()
  return {
    items: (entry) => items.get(nameOfItems(entry)),
    embeddings: (entry) => embeddings.get(nameOfEmbeddings(entry)),
  }
}

function isSameOrder(a: readonly ChunkEntry[], b: readonly ChunkEntry[]): boolean {
  return a.length === b.length && a.every(({ id }, i) => id === b[i]?.id)
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
