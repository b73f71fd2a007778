// The library worker's jobs on rows without pictures: one waits for them and keeps them, the other brings them.

import { createHandoff, type Handoff } from '../src/core/library/handoff.ts'
import type { NewRow } from '../src/core/library/library.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { LibraryJobs } from '../src/protocol/library-jobs.ts'
import type { EmbeddingRows } from '../src/protocol/parse-jobs.ts'
import { type OpenedLibrary, requireName } from './opened-library.ts'

type RowJobs = Pick<JobHandlers<LibraryJobs>, 'library-import-rows' | 'library-add-rows'>

export function createRowJobs(requireOpen: () => OpenedLibrary): RowJobs {
  const arriving = new Map<string, Handoff<EmbeddingRows>>()

  // biome-ignore-start lint/correctness/useYield: jobs with nothing to tell before their end
  return {
    async *'library-import-rows'({ importId, name }, signal) {
      const { library, clip } = requireOpen()
      const rows = createHandoff<EmbeddingRows>()
      const onAbort = () => rows.fail(signal.reason)
      arriving.set(importId, rows)
      signal.addEventListener('abort', onAbort)
      try {
        const { id, dim } = clip.description
        const made = await library.importRows(
          { name: requireName(name), clip: { id, dim } },
          toNewRows(rows.taken(), dim),
        )
        return { databaseId: made.id }
      } catch (error) {
        rows.fail(error)
        throw error
      } finally {
        signal.removeEventListener('abort', onAbort)
        arriving.delete(importId)
      }
    },

    async *'library-add-rows'({ importId, rows }) {
      const handoff = arriving.get(importId)
      if (handoff === undefined) throw new JobError('cancelled', 'that import has ended')
      if (rows === null) handoff.end()
      else await handoff.give(rows)
      return null
    },
  }
  // biome-ignore-end lint/correctness/useYield: as above
}

async function* toNewRows(batches: AsyncIterable<EmbeddingRows>, dim: number): AsyncGenerator<readonly NewRow[], void> {
  for await (const { items, embeddings } of batches) {
    yield items.map(({ id, caption }, row) => ({
      ...{ id, caption, sha256: null, width: 0, height: 0, thumbnail: null, image: null },
      embedding: embeddings.subarray(row * dim, (row + 1) * dim),
    }))
  }
}
