// The library worker's long jobs: pictures in, databases in, and embedding again for another CLIP.

import { FormatError } from '../src/core/formats/format-error.ts'
import { SkippedFile } from '../src/core/image/skip-reason.ts'
import { isSmallWebp } from '../src/core/image/small-webp.ts'
import { displayName } from '../src/core/library/display-name.ts'
import { type ImportProgress, importPictures } from '../src/core/library/import-pictures.ts'
import type { PackClip } from '../src/platform/pack-clip.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { FileEntry, ImportEvent, LibraryJobs } from '../src/protocol/library-jobs.ts'
import { tellLatest } from '../src/protocol/progress.ts'
import { readSource, toImportFiles, toSource } from './import-source.ts'
import { describeLibrary, type LibraryJobParts, type OpenedLibrary, requireName } from './opened-library.ts'
import { toWebp } from './webp.ts'

type ImportJobs = Pick<
  JobHandlers<LibraryJobs>,
  | 'library-keep-import'
  | 'library-pause-import'
  | 'import-files'
  | 'import-images'
  | 'library-import-file'
  | 'library-reembed'
>

const THUMBNAIL_SIDE = 96
/** Pictures that are embedded again at once: a batch grows as an import's does, so that a cancel is heard with a large CLIP too. */
const FEWEST_AT_ONCE = 2
const MOST_AT_ONCE = 16
const GROW_BELOW_MS = 500

export interface ImportWork {
  readonly jobs: ImportJobs
  /** Lets go of an import that waits in this tab: others may take it up then. */
  stopWaiting(importId: string): Promise<void>
}

/** @param forget called when a database is no longer what it was */
export function createImportJobs(
  parts: LibraryJobParts,
  requireOpen: () => OpenedLibrary,
  forget: () => void,
): ImportWork {
  /** Rejects with SkippedFile where a kept picture is none that may be decoded: earlier apps took in whatever a file held. */
  async function prepareKept(image: Uint8Array, clip: PackClip): Promise<Float32Array> {
    if (!isSmallWebp(image)) throw new SkippedFile('too-many-pixels', 'a kept picture is none, or too large')
    return parts.prepareBlob(toWebp(image), clip.description)
  }

  /** Null where the browser cannot read the picture any more. */
  async function embedKept(image: Uint8Array, clip: PackClip): Promise<Float32Array | null> {
    const pixels = await prepareKept(image, clip).catch((error: unknown) => {
      if (error instanceof SkippedFile) return null
      throw error
    })
    const [embedding] = pixels === null ? [] : await (await clip.imageTower()).embed([pixels])
    return embedding !== undefined && hasDirection(embedding) ? embedding : null
  }

  /** Imports of this tab that wait for their turn, and how they are let go of: no tab offers them meanwhile. */
  const waiting = new Map<string, () => Promise<void>>()

  async function stopWaiting(importId: string): Promise<void> {
    const leave = waiting.get(importId)
    waiting.delete(importId)
    await leave?.()
  }

  let ahead: { readonly batch: string; readonly files: FileEntry[] } | null = null

  function takeAhead(batch: string | null): readonly FileEntry[] {
    if (batch === null) return []
    if (ahead?.batch !== batch) throw new JobError('worker-died', 'the files that were sent ahead are gone')
    const { files } = ahead
    ahead = null
    return files
  }

  const jobs: ImportJobs = {
    async *'library-keep-import'({ importId, databaseId, name, total, handles, within }) {
      const { library } = requireOpen()
      waiting.set(importId, await enter((task) => library.whileImporting(importId, task)))
      try {
        await library.saveImport({
          ...{ version: 1, id: importId, databaseId, name: displayName(name), source: toSource({ handles, within }) },
          ...{ total, done: 0, added: 0, duplicates: 0, skipped: [] },
        })
      } catch (error) {
        await stopWaiting(importId)
        throw error
      }
      return null
    },

    // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
    async *'library-pause-import'({ importId }) {
      await stopWaiting(importId)
      return null
    },

    // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
    async *'import-files'({ batch, files }) {
      if (ahead?.batch !== batch) ahead = { batch, files: [] }
      ahead.files.push(...files)
      return { count: ahead.files.length }
    },

    async *'import-images'({ databaseId, name, files, batch, handles, importId }) {
      const { library, clip } = requireOpen()
      const all = [...takeAhead(batch), ...files]
      if (importId !== null) await stopWaiting(importId)
      const unfinished = (await library.imports()).find(({ id }) => id === importId) ?? null
      if (importId !== null && unfinished === null) {
        throw new JobError('invalid-input', 'that import has ended, or goes on elsewhere')
      }
      const request = {
        importId: importId ?? parts.createId(),
        unfinished,
        databaseId,
        name: requireName(name),
        files: toImportFiles(all),
        source: toSource({ handles, within: readSource(unfinished?.source).within }),
      }
      const leave = await enter((task) => library.whileImporting(request.importId, task))
      const run = importPictures(
        {
          library,
          clip: clip.description,
          thumbnailSide: THUMBNAIL_SIDE,
          reader: parts.pictures,
          decode: parts.createDecoder({ clip: clip.description, thumbnailSide: THUMBNAIL_SIDE }),
          tower: { embed: async (pictures) => (await clip.imageTower()).embed(pictures) },
          sha256: parts.sha256,
          now: parts.now,
        },
        request,
      )
      try {
        for (;;) {
          const { done, value } = await run.next()
          if (done) return value
          if (value.kind === 'added') forget()
          yield toEvent(value)
        }
      } finally {
        try {
          await run.return(undefined as never)
        } finally {
          forget()
          await leave()
        }
      }
    },

    async *'library-import-file'({ file }) {
      const { library } = requireOpen()
      const archive = await parts.parser.openArchive(file).catch(asDamagedFile)
      const importing = tellLatest<{ done: number; total: number }, { id: string }>(async (tell) =>
        library.importDatabase(await archive.readDatabase(''), (done, total) => tell({ done, total })),
      )
      try {
        for (;;) {
          const { done, value } = await importing.next()
          if (done) return { databaseId: value.id }
          yield { kind: 'progress', ...value }
        }
      } catch (error) {
        return asDamagedFile(error)
      } finally {
        await archive.close()
      }
    },

    async *'library-reembed'({ databaseId }) {
      const { library, clip } = requireOpen()
      const { description } = clip
      const { clip: own, rows, reembedding, damage } = await library.find(databaseId)
      const total = (own.id === description.id ? 0 : rows) + (damage?.kept ?? 0)
      let done = reembedding?.clip.id === description.id ? reembedding.rows : 0
      let batch = FEWEST_AT_ONCE
      yield { kind: 'progress', done, total }
      for await (const { chunkId, images } of library.chunksToReembed(databaseId, description)) {
        const embeddings: Float32Array[] = []
        while (embeddings.length < images.length) {
          const some = images.slice(embeddings.length, embeddings.length + batch)
          const startedAt = parts.now()
          const pixels = await Promise.all(some.map((image) => prepareKept(image, clip))).catch(asDamage)
          embeddings.push(...(await (await clip.imageTower()).embed(pixels)))
          if (parts.now() - startedAt < GROW_BELOW_MS) batch = Math.min(MOST_AT_ONCE, 2 * batch)
          if (embeddings.length < images.length) yield { kind: 'progress', done: done + embeddings.length, total }
        }
        done = rows - (await library.replaceEmbeddings(databaseId, description, chunkId, embeddings))
        yield { kind: 'progress', done, total }
      }
      for await (const { chunkId, images } of library.chunksSetAside(databaseId, description)) {
        const embeddings: (Float32Array | null)[] = []
        for (const image of images) {
          embeddings.push(image && (await embedKept(image, clip)))
          if (image !== null) yield { kind: 'progress', done: ++done, total }
        }
        await library.putBack(databaseId, description, chunkId, embeddings)
      }
      forget()
      return describeLibrary(requireOpen())
    },
  }
  return { jobs, stopWaiting }
}

/** Whether a row of numbers can be scaled to unit length. */
function hasDirection(embedding: Float32Array): boolean {
  const length = Math.hypot(...embedding)
  return length > 0 && length < Number.POSITIVE_INFINITY
}

function toEvent(event: ImportProgress): ImportEvent {
  return event.kind === 'added' ? { ...event, thumbnails: event.thumbnails.map(toWebp) } : event
}

function asDamagedFile(error: unknown): never {
  if (error instanceof FormatError) throw new JobError('database-damaged', error.message)
  throw error
}

function asDamage(error: unknown): never {
  if (error instanceof SkippedFile) throw new JobError('database-damaged', 'a kept picture is damaged', error.message)
  throw error
}

/** Goes into what `hold` guards, and gives the way out; rejects where `hold` does not let it in. */
function enter(hold: (task: () => Promise<void>) => Promise<void>): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    let leave = () => {}
    const untilLeft = new Promise<void>((done) => {
      leave = done
    })
    const held = hold(() => {
      resolve(async () => {
        leave()
        await held
      })
      return untilLeft
    })
    held.catch(reject)
  })
}
