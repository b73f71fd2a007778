// The bodies of the parse worker's jobs: they see the bytes they are handed and nothing else.

import { extractRecipe } from '../src/core/formats/png-metadata.ts'
import { openZip, type ZipArchive } from '../src/core/formats/zip.ts'
import { drawPicture, type PicturePainter } from '../src/core/image/large-picture.ts'
import { drawSheet, type PictureSize, type SheetPainter } from '../src/core/image/picture-sheet.ts'
import { readBounded } from '../src/core/image/read-bounded.ts'
import { pictureReader, readEntry } from '../src/core/image/read-strangers.ts'
import { SkippedFile } from '../src/core/image/skip-reason.ts'
import { inFolder } from '../src/core/library/backup.ts'
import { type EmbeddingCollection, findEmbeddings } from '../src/core/library/import-embeddings.ts'
import { kindOfZip } from '../src/core/library/zip-kind.ts'
import { readStyleDatabase } from '../src/core/retrieval/style-database.ts'
import { readBackup } from '../src/platform/backup-contents.ts'
import { blobSource } from '../src/platform/blob-source.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { NamedFile, ParseJobs, UnfitPicture } from '../src/protocol/parse-jobs.ts'
import { packParseJobs } from './pack-parse-jobs.ts'

/** No picture with a recipe is larger. */
const LARGEST_PNG = 256 << 20

/** @param painter what decodes pictures whose headers were read */
export function createParseJobs<Picture extends PictureSize>(
  painter: SheetPainter<Picture, ImageBitmap> & PicturePainter<Picture, ImageBitmap>,
): JobHandlers<ParseJobs> {
  let batches: ReturnType<EmbeddingCollection['batches']> | null = null
  const archives = new Map<string, ZipArchive>()
  /** Of each archive, the entry that is being read piece by piece. */
  const streams = new Map<string, ReturnType<ZipArchive['pieces']>>()

  function find(id: string): ZipArchive {
    const archive = archives.get(id)
    if (archive === undefined) throw new JobError('internal', `no archive is open under ${id}`)
    return archive
  }

  return {
    ...packParseJobs,
    // biome-ignore-start lint/correctness/useYield: jobs with nothing to tell before their end
    async *'open-archive'({ id, file }) {
      const archive = await openZip(blobSource(file))
      archives.set(id, archive)
      return { entries: [...archive.entries] }
    },

    async *'read-entries'({ id, names }) {
      return { entries: await find(id).readMany(names) }
    },

    async *'read-database'({ id, folder }) {
      const { description, embeddings } = await readStyleDatabase(inFolder(find(id), folder))
      return { description, embeddings }
    },

    async *'read-picture'({ id, name }) {
      const archive = find(id)
      return orUnfit(async () => ({ fit: true, ...(await readEntry(archive, name)) }))
    },

    async *'read-pictures'({ id, names, bounds }) {
      return { pictures: await readBounded(find(id), names, bounds) }
    },

    async *'read-backup'({ id }) {
      return readBackup(find(id))
    },

    async *'open-entry'({ id, name }) {
      await streams.get(id)?.return()
      streams.set(id, find(id).pieces(name))
      return null
    },

    async *'next-piece'({ id }) {
      const { done, value } = (await streams.get(id)?.next()) ?? { done: true }
      // A copy: the entry may have more of it to give.
      return { piece: done || value === undefined ? null : value.slice() }
    },

    async *'close-archive'({ id }) {
      await streams.get(id)?.return()
      streams.delete(id)
      archives.delete(id)
      return null
    },

    async *'look-at-picture'({ file }) {
      return orUnfit(async () => ({ fit: true, header: (await pictureReader.readPicture(blobSource(file))).header }))
    },

    async *'draw-sheet'({ pictures }, signal) {
      return drawSheet(pictures, painter, () => signal.throwIfAborted())
    },

    async *'draw-picture'({ picture }) {
      return { drawn: await drawPicture(picture, painter) }
    },

    async *'kind-of-zip'({ file }) {
      return { kind: await kindOfZip(await openZip(blobSource(file))) }
    },

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

    async *'open-embeddings'({ files, dim, index }) {
      const { collections } = await findEmbeddings(files.map(toImportFile), dim)
      const collection = collections[index]
      if (collection === undefined) throw new JobError('invalid-input', `no collection ${index}`)
      await batches?.return({ rows: 0, withoutDirection: 0 })
      batches = collection.batches()
      return null
    },

    async *'next-embeddings'() {
      if (batches === null) throw new JobError('internal', 'no embeddings are open')
      const { done, value } = await batches.next()
      return done ? { done: true, ...value } : { done: false, ...value }
    },
    // biome-ignore-end lint/correctness/useYield: as above
  }
}

async function orUnfit<T>(
  look: () => Promise<T & { readonly fit: true }>,
): Promise<(T & { fit: true }) | UnfitPicture> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof SkippedFile) return { fit: false, reason: error.reason, detail: error.detail }
    throw error
  }
}

function toImportFile({ path, file }: NamedFile) {
  return { name: path, open: async () => blobSource(file) }
}
