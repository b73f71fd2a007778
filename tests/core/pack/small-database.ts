// A style database of a few rows, for the packs of tests.

import { writeStyleDatabase } from '../../../src/core/retrieval/style-database.ts'

export const CLIP_ID = 'c'.repeat(64)

interface Given {
  readonly id: string
  readonly name?: string
  readonly heldOut?: boolean
  readonly clipId?: string
  /** By row. */
  readonly thumbnails: readonly (Uint8Array | null)[]
}

export async function makeDatabase({ id, name = id, heldOut = false, clipId = CLIP_ID, thumbnails }: Given) {
  return writeStyleDatabase({
    description: {
      id,
      name,
      description: '',
      heldOut,
      clip: { id: clipId, dim: 2 },
      thumbnail: { type: 'image/webp', side: 64 },
      items: thumbnails.map((_, row) => ({ id: `row-${row}`, caption: '' })),
    },
    embeddings: thumbnails.map(() => Float32Array.of(1, 0)),
    thumbnails,
  })
}
