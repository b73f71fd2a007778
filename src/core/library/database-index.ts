// A database's rows as an index: over arrays in memory or, where those would be too large, over the disk.

import { createFlatIndex, type NamedIndex } from '../retrieval/flat-index.ts'
import { createStreamedIndex } from '../retrieval/streamed-index.ts'
import type { OpenDatabase } from './library.ts'

/** Rejects as the database's own calls do, and with RangeError where a row has no direction; so do the index's calls. */
export async function indexDatabase(
  database: Pick<OpenDatabase, 'summary' | 'items' | 'embeddingParts' | 'embeddingChunks' | 'embedding'>,
): Promise<NamedIndex> {
  const { dim } = database.summary.clip
  const ids = database.items.map(({ id }) => id)
  const parts = await database.embeddingParts()
  if (parts !== null) return createFlatIndex(parts, dim, ids)
  return createStreamedIndex({ dim, ids, chunks: database.embeddingChunks, read: database.embedding })
}
