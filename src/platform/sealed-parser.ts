// Reads files from strangers by way of the parse worker: what comes back is data, and damage is a FormatError as everywhere.

import type { Recipe } from '../core/diffusion/recipe.ts'
import { FormatError } from '../core/formats/format-error.ts'
import { inFolder } from '../core/library/backup.ts'
import type { BackupArchive } from '../core/library/library.ts'
import { readPictures } from '../core/retrieval/style-database.ts'
import type { JobClient } from '../protocol/client.ts'
import { JobError } from '../protocol/errors.ts'
import type { ParseJobs } from '../protocol/parse-jobs.ts'

/** How long a look at a single file may take: what reads longer is no honest one. */
const LONGEST_LOOK_MS = 20_000

export interface SealedArchive extends BackupArchive {
  /** Lets go of the file. Never rejects. */
  close(): Promise<void>
}

export interface SealedParser {
  /** Opens a zip. Rejects, as what it gives does, with FormatError where it is damaged, and with JobError where the worker dies. */
  openArchive(file: Blob): Promise<SealedArchive>
  /** False for whatever is no zip, or cannot be read. */
  isDatabaseFile(file: Blob): Promise<boolean>
  /** The recipe that a PNG carries; null where there is none, or it cannot be read. */
  readRecipe(png: Blob): Promise<Recipe | null>
}

/** @param createId a new one at each call */
export function createSealedParser(client: JobClient<ParseJobs>, createId: () => string): SealedParser {
  const look = () => ({ signal: AbortSignal.timeout(LONGEST_LOOK_MS) })

  return {
    async openArchive(file) {
      const id = createId()
      const { entries: listed } = await typed(client.run('open-archive', { id, file }))
      const entries = new Map(listed)
      const read = async (name: string) => (await typed(client.run('read-entry', { id, name }))).bytes
      return {
        entries,
        read,
        async readDatabase(folder) {
          const { description, embeddings } = await typed(client.run('read-database', { id, folder }))
          return { description, embeddings, ...readPictures(inFolder({ entries, read }, folder)) }
        },
        close: async () => void (await client.run('close-archive', { id }).catch(() => null)),
      }
    },
    isDatabaseFile: (file) =>
      client.run('is-database', { file }, look()).then(
        ({ isDatabase }) => isDatabase,
        () => false,
      ),
    readRecipe: (png) =>
      client.run('read-recipe', { png }, look()).then(
        ({ recipe }) => recipe,
        () => null,
      ),
  }
}

async function typed<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof JobError && error.code === 'invalid-input') throw new FormatError('file', error.message)
    throw error
  }
}
