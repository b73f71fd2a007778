// Embeddings that stay in memory: in parts of bounded size, which a database opened anew takes over where their chunks are the same.

import type { ChunkEntry } from './records.ts'

/** All rows of a database, in order. */
export interface ResidentRows {
  /** Of each part, the chunks that lie in it one after the other. */
  readonly chunks: readonly (readonly ChunkEntry[])[]
  /** Of each part, float16 bits, [rows, dim]. Not to be written to. */
  readonly values: readonly Uint16Array[]
}

/** Rows on their way into memory: each chunk that is not there yet is to be put. */
export interface GatheredRows {
  readonly rows: ResidentRows
  /** Copies a chunk's embeddings to their place, unless they lie there already. */
  put(entry: ChunkEntry, values: Uint16Array): void
}

/** Names a chunk's embeddings as they are: a chunk only ever grows, and other embeddings have another id. */
export function nameOfEmbeddings({ embeddings, rows }: ChunkEntry): string {
  return `${embeddings} ${rows}`
}

/** Names a chunk's items as they are: with every new caption it has one more edit. */
export function nameOfItems({ id, rows, edits = 0 }: ChunkEntry): string {
  return `${id} ${rows} ${edits}`
}

/**
 * Lays chunks out in parts. A part of `before` whose chunks follow one another still is taken over as it is, unless it is not half
 * full and others come after it: so that rows appended a few at a time do not become a part each time.
 *
 * @param partBytes how large a part gets at most, but for a chunk that is larger
 * @returns `before` itself among the rows where nothing changed
 */
export function gatherRows(
  chunks: readonly ChunkEntry[],
  dim: number,
  before: ResidentRows | null,
  partBytes: number,
): GatheredRows {
  const rowsAPart = Math.max(1, Math.floor(partBytes / (dim * Uint16Array.BYTES_PER_ELEMENT)))
  const plan = planParts(chunks, before, rowsAPart)
  const isAsBefore = plan.length === before?.values.length && plan.every(({ values }) => values !== null)
  const places = new Map<string, Uint16Array>()
  const parts = plan.map(({ entries, values }) => values ?? layOut(entries, dim, places))
  return {
    rows: isAsBefore && before !== null ? before : { chunks: plan.map(({ entries }) => entries), values: parts },
    put: (entry, values) => places.get(nameOfEmbeddings(entry))?.set(values),
  }
}

/** Where each chunk's embeddings lie. */
export function findChunks(rows: ResidentRows, dim: number): ReadonlyMap<string, Uint16Array> {
  const places = new Map<string, Uint16Array>()
  for (const [part, entries] of rows.chunks.entries()) placeChunks(entries, rows.values[part], dim, places)
  return places
}

interface PlannedPart {
  readonly entries: readonly ChunkEntry[]
  /** Null where it is to be made. */
  readonly values: Uint16Array | null
}

function planParts(
  chunks: readonly ChunkEntry[],
  before: ResidentRows | null,
  rowsAPart: number,
): readonly PlannedPart[] {
  const byFirst = new Map(before?.chunks.map((entries, part) => [entries[0] && nameOfEmbeddings(entries[0]), part]))
  const plan: PlannedPart[] = []
  let open: ChunkEntry[] = []
  const close = () => {
    if (open.length > 0) plan.push({ entries: open, values: null })
    open = []
  }
  for (let at = 0; at < chunks.length; ) {
    const entry = chunks[at] as ChunkEntry
    const part = byFirst.get(nameOfEmbeddings(entry))
    const known = part === undefined ? undefined : before?.chunks[part]
    const values = part === undefined ? undefined : before?.values[part]
    if (known !== undefined && values !== undefined && isSameRun(known, chunks, at)) {
      if (at + known.length === chunks.length || 2 * rowsOf(known) >= rowsAPart) {
        close()
        plan.push({ entries: known, values })
        at += known.length
        continue
      }
    }
    if (rowsOf(open) + entry.rows > rowsAPart) close()
    open.push(entry)
    at++
  }
  close()
  return plan
}

function isSameRun(known: readonly ChunkEntry[], chunks: readonly ChunkEntry[], at: number): boolean {
  return known.every((entry, i) => {
    const other = chunks[at + i]
    return other !== undefined && nameOfEmbeddings(entry) === nameOfEmbeddings(other)
  })
}

function layOut(entries: readonly ChunkEntry[], dim: number, places: Map<string, Uint16Array>): Uint16Array {
  const values = new Uint16Array(rowsOf(entries) * dim)
  placeChunks(entries, values, dim, places)
  return values
}

function placeChunks(
  entries: readonly ChunkEntry[],
  values: Uint16Array | undefined,
  dim: number,
  places: Map<string, Uint16Array>,
): void {
  let start = 0
  for (const entry of entries) {
    const end = start + entry.rows * dim
    if (values !== undefined) places.set(nameOfEmbeddings(entry), values.subarray(start, end))
    start = end
  }
}

function rowsOf(entries: readonly ChunkEntry[]): number {
  return entries.reduce((sum, { rows }) => sum + rows, 0)
}
