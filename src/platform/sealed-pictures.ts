// Looks at pictures and zips of them by way of the parse worker, so that no thread that reaches storage parses them.

import type { ByteSource } from '../core/formats/byte-source.ts'
import type { PictureReader } from '../core/image/picture-reader.ts'
import { MOST_FILE_BYTES } from '../core/image/read-picture.ts'
import { SkippedFile } from '../core/image/skip-reason.ts'
import type { JobClient } from '../protocol/client.ts'
import { JobError } from '../protocol/errors.ts'
import type { ParseJobs, UnfitPicture } from '../protocol/parse-jobs.ts'

/** A picture may have to be read to its end, and the first one waits for the worker to start. */
const LONGEST_LOOK_MS = 60_000

/** @param createId a new one at each call */
export function createSealedPictures(client: JobClient<ParseJobs>, createId: () => string): PictureReader {
  const run: JobClient<ParseJobs>['run'] = (name, input) =>
    client.run(name, input, { signal: AbortSignal.timeout(LONGEST_LOOK_MS) })

  return {
    async readPicture(source) {
      const file = source.blob ?? (await copyToBlob(source))
      // A file that ends the worker takes the look at another with it, which is looked at again.
      const look = () => run('look-at-picture', { file })
      const { header } = await orSkip(look().catch((error) => (isDeath(error) ? look() : Promise.reject(error))))
      return { header, bytes: await source.slice(0, source.byteLength) }
    },

    async openArchive(source) {
      const id = createId()
      const file = source.blob ?? (await copyToBlob(source))
      const { entries } = await run('open-archive', { id, file }).catch(asArchiveDamage)
      return {
        entries: new Map(entries),
        // A worker that was ended has lost the archive: what is left of it cannot be read.
        async readPicture(name) {
          const { header, bytes } = await orSkip(run('read-picture', { id, name }).catch(asArchiveDamage))
          return { header, bytes }
        },
        close: async () => void (await client.run('close-archive', { id }).catch(() => null)),
      }
    },
  }
}

/** Of a file that is larger than any picture or zip entry, what shows that it is none. */
async function copyToBlob(source: ByteSource): Promise<Blob> {
  if (source.byteLength > MOST_FILE_BYTES) throw new SkippedFile('too-large', `${source.byteLength} bytes`)
  return new Blob([(await source.slice(0, source.byteLength)) as Uint8Array<ArrayBuffer>])
}

async function orSkip<T extends { readonly fit: true }>(looking: Promise<T | UnfitPicture>): Promise<T> {
  const look = await looking.catch((error: unknown) => {
    if (isDeath(error)) throw new SkippedFile('damaged', 'it ended the worker that looked at it')
    if (error instanceof JobError && error.code === 'cancelled')
      throw new SkippedFile('too-slow', 'not looked at in time')
    throw error
  })
  if (!look.fit) throw new SkippedFile(look.reason, look.detail)
  return look
}

function isDeath(error: unknown): boolean {
  return error instanceof JobError && error.code === 'worker-died'
}

function asArchiveDamage(error: unknown): never {
  if (!(error instanceof JobError)) throw error
  if (error.code === 'invalid-input' || error.code === 'worker-died')
    throw new SkippedFile('zip-damaged', error.message)
  if (error.code === 'internal') throw new SkippedFile('unreadable', `${error.message}: ${error.detail}`)
  throw error
}
