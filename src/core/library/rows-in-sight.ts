// Where rows lie among a database's chunks, so that those in sight can be read without the others.

import type { ChunkEntry } from './records.ts'

/** The chunks that hold the rows from `from` on, `count` of them, and the row with which the first of those chunks begins. */
export function chunksAt(
  chunks: readonly ChunkEntry[],
  from: number,
  count: number,
): { readonly start: number; readonly inside: readonly ChunkEntry[] } {
  let start = 0
  let end = 0
  const inside: ChunkEntry[] = []
  for (const entry of chunks) {
    if (end >= from + count) break
    if (end + entry.rows <= from) start = end + entry.rows
    else inside.push(entry)
    end += entry.rows
  }
  return { start, inside }
}
