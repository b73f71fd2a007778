// Parses what an installed pack holds by way of the parse worker, with the errors that parsing it here would throw.

import type { ByteSource } from '../core/formats/byte-source.ts'
import { FormatError } from '../core/formats/format-error.ts'
import type { PackParser } from '../core/pack/pack-parser.ts'
import type { StyleDatabase, StyleDatabasePictures } from '../core/retrieval/style-database.ts'
import type { JobClient } from '../protocol/client.ts'
import { JobError } from '../protocol/errors.ts'
import type { PackParseJobs } from '../protocol/pack-parse-jobs.ts'
import type { ParseJobs } from '../protocol/parse-jobs.ts'
import { createSealedParser } from './sealed-parser.ts'

/** How long a file may take: CLIP's largest towers take seconds on a slow machine. */
const LONGEST_READ_MS = 60_000

/**
 * What takes too long is refused with JobError('pack-damaged'), and a database with FormatError. Where the worker is lost all reject
 * with JobError('worker-died'); a database is opened anew then when its pictures are next asked for.
 *
 * @param createId a new one at each call
 */
export function createSealedPackParser(
  client: JobClient<ParseJobs>,
  createId: () => string,
  longestMs = LONGEST_READ_MS,
): PackParser {
  const archives = createSealedParser(client, createId, longestMs)

  async function run<Name extends keyof PackParseJobs>(
    name: Name,
    input: PackParseJobs[Name]['input'],
    given: Uint8Array | null,
  ): Promise<PackParseJobs[Name]['output']> {
    const signal = AbortSignal.timeout(longestMs)
    const transfer = given === null ? [] : [given.buffer as ArrayBuffer]
    return client.run(name, input, { signal, transfer }).catch(throwAsIfParsedHere)
  }

  return {
    parseManifest: async (bytes) => (await run('read-manifest', { bytes }, null)).manifest,
    checkGraph: async (graph, locations) => (await run('check-graph', { graph, locations }, graph)).graph,
    checkClipFile: async (path, bytes) => (await run('check-clip-file', { path, bytes }, bytes)).bytes,
    readTensors: (shard) => run('read-tensors', { shard }, shard),
    openDatabase: (source) => openDatabase(source, archives),
    parseCovers: async (zip, ids) => new Map((await run('read-covers', { zip, ids }, zip)).covers),
  }
}

async function openDatabase(
  source: ByteSource,
  archives: ReturnType<typeof createSealedParser>,
): Promise<StyleDatabase> {
  const file = source.blob ?? new Blob([(await source.slice(0, source.byteLength)) as Uint8Array<ArrayBuffer>])
  const open = async () => (await archives.openArchive(file)).readDatabase('')
  const { description, embeddings, thumbnails, images } = await open()
  let pictures: StyleDatabasePictures = { thumbnails, images }

  const read = (which: keyof StyleDatabasePictures) => async (rows: readonly number[]) => {
    try {
      return await pictures[which](rows)
    } catch (error) {
      if (!isLoss(error)) throw error
      const again = await open()
      pictures = { thumbnails: again.thumbnails, images: again.images }
      return pictures[which](rows)
    }
  }
  return { description, embeddings, thumbnails: read('thumbnails'), images: read('images') }
}

/** The worker that had the archive open was ended, now or earlier. */
function isLoss(error: unknown): boolean {
  return error instanceof JobError && (error.code === 'worker-died' || error.code === 'internal')
}

function throwAsIfParsedHere(error: unknown): never {
  if (!(error instanceof JobError)) throw error
  if (error.code === 'cancelled') throw new JobError('pack-damaged', 'a file of the pack takes too long to read')
  if (error.code === 'internal' && error.detail.startsWith('RangeError')) throw new RangeError(error.detail)
  if (error.code !== 'invalid-input') throw error
  const [format = 'pack', ...rest] = error.message.split(': ')
  throw new FormatError(format, rest.join(': '))
}
