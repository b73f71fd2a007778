// Reads files from strangers by way of the parse worker: what comes back is data, and damage is a FormatError as everywhere.

import type { Recipe } from '../core/diffusion/recipe.ts'
import { FormatError } from '../core/formats/format-error.ts'
import { type PictureBounds, STYLE_PICTURE } from '../core/image/picture-bounds.ts'
import { inFolder } from '../core/library/backup.ts'
import type { ZipKind } from '../core/library/zip-kind.ts'
import { readPictures } from '../core/retrieval/style-database.ts'
import type { JobClient } from '../protocol/client.ts'
import { JobError } from '../protocol/errors.ts'
import type { ParseJobs } from '../protocol/parse-jobs.ts'
import type { WholeBackup } from './backup.ts'

/** How long a look at a single file may take: what reads longer is no honest one. */
const LONGEST_LOOK_MS = 20_000

/** Bytes of entries that one message carries, but for an entry that has more. */
const MESSAGE_BYTES = 8 << 20

/** Its databases' pictures are null where they are none, or larger than may be. */
export interface SealedArchive extends WholeBackup {
  /**
   * An entry piece by piece, one entry at a time. Damage shows as a FormatError at the end, after the pieces: drop what was made of
   * them then.
   */
  pieces(name: string): AsyncGenerator<Uint8Array, void, void>
  /** Lets go of the file. Never rejects. */
  close(): Promise<void>
}

export interface SealedParser {
  /** Opens a zip. Rejects, as what it gives does, with FormatError where it is damaged, and with JobError where the worker dies. */
  openArchive(file: Blob): Promise<SealedArchive>
  /** What a zip is; 'other' for whatever is none, or cannot be read. */
  kindOfZip(file: Blob): Promise<ZipKind>
  /** The names in a zip, folders left out; null for whatever is no zip, or cannot be read. */
  listZip(file: Blob): Promise<readonly string[] | null>
  /** The recipe that a PNG carries; null where there is none, or it cannot be read. */
  readRecipe(png: Blob): Promise<Recipe | null>
}

/** Stands for a picture that is there and may not be kept: whoever imports counts it. */
const UNFIT = new Uint8Array(0)

/**
 * @param createId a new one at each call
 * @param longestMs how long an archive may take with any one answer: one that takes longer is damaged. Files that a person hands over may
 * take as long as they wait
 */
export function createSealedParser(
  client: JobClient<ParseJobs>,
  createId: () => string,
  longestMs?: number,
): SealedParser {
  const look = () => ({ signal: AbortSignal.timeout(LONGEST_LOOK_MS) })
  const bounds = () => (longestMs === undefined ? {} : { signal: AbortSignal.timeout(longestMs) })
  const ask: JobClient<ParseJobs>['run'] = (name, input) => typed(client.run(name, input, bounds()))

  return {
    async openArchive(file) {
      const id = createId()
      const { entries: listed } = await ask('open-archive', { id, file })
      const entries = new Map(listed)
      const read = async (name: string) => (await readMany([name]))[0] as Uint8Array
      const readMany = async (names: readonly string[]) => {
        const found: Uint8Array[] = []
        for (const some of inMessages(names, entries)) {
          found.push(...(await ask('read-entries', { id, names: some })).entries)
        }
        return found
      }
      const readBounded = async (names: readonly string[], within: PictureBounds) => {
        const found: (Uint8Array | null)[] = []
        for (const some of inMessages(names, entries)) {
          found.push(...(await ask('read-pictures', { id, names: some, bounds: within })).pictures)
        }
        return found
      }
      return {
        ...{ entries, read, readMany, readPictures: readBounded },
        async *pieces(name) {
          await ask('open-entry', { id, name })
          for (;;) {
            const { piece } = await ask('next-piece', { id })
            if (piece === null) return
            yield piece
          }
        },
        readBackup: () => ask('read-backup', { id }),
        async readDatabase(folder) {
          const { description, embeddings } = await ask('read-database', { id, folder })
          const pictures = readPictures({
            entries: inFolder({ entries, read, readMany }, folder).entries,
            readMany: async (names) => {
              const inside = names.map((name) => folder + name)
              return (await readBounded(inside, STYLE_PICTURE)).map((bytes) => bytes ?? UNFIT)
            },
          })
          return { description, embeddings, ...pictures }
        },
        close: async () => void (await client.run('close-archive', { id }).catch(() => null)),
      }
    },
    kindOfZip: (file) =>
      client.run('kind-of-zip', { file }, look()).then(
        ({ kind }) => kind,
        () => 'other',
      ),
    async listZip(file) {
      const id = createId()
      const opened = await client.run('open-archive', { id, file }, look()).catch(() => null)
      await client.run('close-archive', { id }).catch(() => null)
      return opened?.entries.map(([name]) => name) ?? null
    },
    readRecipe: (png) =>
      client.run('read-recipe', { png }, look()).then(
        ({ recipe }) => recipe,
        () => null,
      ),
  }
}

/** Names by messages: as many in each as together have no more bytes than one is to carry, or a single larger one. */
function inMessages(names: readonly string[], sizes: ReadonlyMap<string, number>): readonly (readonly string[])[] {
  const messages: string[][] = []
  let bytes = 0
  for (const name of names) {
    const size = sizes.get(name) ?? 0
    const last = messages.at(-1)
    if (last !== undefined && bytes + size <= MESSAGE_BYTES) {
      last.push(name)
      bytes += size
    } else {
      messages.push([name])
      bytes = size
    }
  }
  return messages
}

async function typed<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof JobError && error.code === 'invalid-input') throw new FormatError('file', error.message)
    if (error instanceof JobError && error.code === 'cancelled') throw new FormatError('file', 'takes too long to read')
    throw error
  }
}
