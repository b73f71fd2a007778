// The bodies of the parse worker's jobs: they see the bytes they are handed and nothing else.

import { extractRecipe } from '../src/core/formats/png-metadata.ts'
import { findEmbeddings } from '../src/core/library/import-embeddings.ts'
import { blobSource } from '../src/platform/blob-source.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { NamedFile, ParseJobs } from '../src/protocol/parse-jobs.ts'

/** No picture with a recipe is larger. */
const LARGEST_PNG = 256 << 20

export const parseJobs: JobHandlers<ParseJobs> = {
  // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
  async *'read-recipe'({ png }) {
    if (png.size > LARGEST_PNG) throw new JobError('invalid-input', `a PNG of ${png.size} bytes`)
    return { recipe: extractRecipe(new Uint8Array(await png.arrayBuffer())) }
  },

  async *'find-embeddings'({ files, dim }) {
    const { collections, refused } = await findEmbeddings(files.map(toImportFile), dim)
    return {
      found: collections.map(({ name, rows }) => ({ name, rows, dim })),
      refused: refused.map(({ name, error }) => ({ name, detail: error.message })),
    }
  },

  async *'read-embeddings'({ files, dim, index }) {
    const { collections } = await findEmbeddings(files.map(toImportFile), dim)
    const collection = collections[index]
    if (collection === undefined) throw new JobError('invalid-input', `no collection ${index}`)
    return yield* collection.batches()
  },
}

function toImportFile({ path, file }: NamedFile) {
  return { name: path, open: async () => blobSource(file) }
}
