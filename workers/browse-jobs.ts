// The library worker's jobs that look into a database: windows of rows, single pictures, search, and the file to save.

import { writeEmbedding } from '../src/core/diffusion/given-picture.ts'
import type { NeighbourIndex } from '../src/core/diffusion/model-parts.ts'
import type { DrawnSheet } from '../src/core/image/picture-sheet.ts'
import { SkippedFile } from '../src/core/image/skip-reason.ts'
import { indexDatabase } from '../src/core/library/database-index.ts'
import type { OpenDatabase } from '../src/core/library/library.ts'
import { StorageError } from '../src/core/storage/storage-error.ts'
import { blobSource } from '../src/platform/blob-source.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { LibraryItem, LibraryJobs } from '../src/protocol/library-jobs.ts'
import { nextMacrotask } from '../src/protocol/next-macrotask.ts'
import { unlessAborted } from '../src/protocol/unless-aborted.ts'
import type { LibraryJobParts, OpenedLibrary } from './opened-library.ts'
import { toWebp } from './webp.ts'

type BrowseJobs = Pick<
  JobHandlers<LibraryJobs>,
  | 'library-items'
  | 'library-item-ids'
  | 'library-look-over'
  | 'library-put-away'
  | 'library-image'
  | 'library-search'
  | 'read-picture'
  | 'library-export'
>

export interface Browsing {
  readonly jobs: BrowseJobs
  /** To be called after every change: the database at hand is opened anew when it is next asked for. */
  forget(): void
}

const THUMBNAIL_SIDE = 96
/** Of a picture's SHA-256, what names it. */
const ID_DIGITS = 16

/** One database stays open from job to job: a person looks at one at a time. */
export function createBrowseJobs(
  {
    pictures,
    createDecoder,
    sheets,
    sha256,
  }: Pick<LibraryJobParts, 'pictures' | 'createDecoder' | 'sheets' | 'sha256'>,
  requireOpen: () => OpenedLibrary,
): Browsing {
  let atHand: { readonly id: string; readonly database: Promise<OpenDatabase> } | null = null
  const indices = new WeakMap<OpenDatabase, Promise<NeighbourIndex>>()

  function take(id: string): Promise<OpenDatabase> {
    if (atHand?.id !== id) atHand = { id, database: requireOpen().library.openDatabase(id) }
    return atHand.database
  }

  function forget(): void {
    atHand = null
  }

  /** Runs `task`, and once more where the database has changed since it was opened. */
  async function reading<T>(id: string, signal: AbortSignal, task: (database: OpenDatabase) => Promise<T>): Promise<T> {
    const open = () => unlessAborted(signal, take(id))
    try {
      return await task(await open())
    } catch (error) {
      // A reader that is not wanted any more says nothing of the database, which stays at hand.
      if (error instanceof JobError && error.code === 'cancelled') throw error
      forget()
      if (!(error instanceof StorageError) || error.code !== 'database-missing') throw error
      return task(await open())
    }
  }

  function indexOf(database: OpenDatabase): Promise<NeighbourIndex> {
    const index = indices.get(database) ?? indexDatabase(database)
    indices.set(database, index)
    return index
  }

  async function embedQuery(query: { text: string } | { image: Blob }): Promise<Float32Array> {
    const { clip } = requireOpen()
    if ('text' in query) {
      if (query.text.trim() === '') throw new JobError('invalid-input', 'there is nothing to search for')
      return (await (await clip.textEncoder()).encodeText(query.text)).embedding
    }
    return (await readGiven(query.image)).embedding
  }

  /** A picture from outside is looked at as one of an import is. */
  async function readGiven(image: Blob) {
    const { clip } = requireOpen()
    try {
      const file = await pictures.readPicture(blobSource(image))
      const { pixels, thumbnail } = await createDecoder({ clip: clip.description, thumbnailSide: THUMBNAIL_SIDE })(file)
      const [embedding] = await (await clip.imageTower()).embed([pixels])
      const length = Math.hypot(...(embedding ?? []))
      if (embedding === undefined || !(length > 0 && length < Number.POSITIVE_INFINITY)) {
        throw new SkippedFile('damaged', 'CLIP sees nothing in it')
      }
      return { file, embedding, thumbnail, clipId: clip.description.id }
    } catch (error) {
      if (error instanceof SkippedFile) throw new JobError('invalid-input', 'the picture cannot be read', error.reason)
      throw error
    }
  }

  // biome-ignore-start lint/correctness/useYield: jobs with nothing to tell before their end
  const jobs: BrowseJobs = {
    async *'library-items'({ databaseId, from, count }, signal) {
      const { library } = requireOpen()
      sheets.prepare()
      // Another tab may change the database in between.
      const { items, thumbnails, rows } = await library.readRows(databaseId, from, count).catch((error: unknown) => {
        if (!(error instanceof StorageError) || error.code !== 'database-missing') throw error
        return library.readRows(databaseId, from, count)
      })
      const { sheet, places } = await sheets.draw(thumbnails, signal)
      return { items: items.map((item, i) => toShown(item, places[i])), sheet, rows }
    },

    async *'library-item-ids'({ databaseId, from, count }, signal) {
      return reading(databaseId, signal, async ({ items }) => ({
        ids: items.slice(from, from + count).map(({ id }) => id),
      }))
    },

    async *'library-look-over'({ databaseId }) {
      const { summary } = await requireOpen().library.openDatabase(databaseId)
      if (summary.damage !== null) forget()
      return { damage: summary.damage }
    },

    async *'library-put-away'() {
      forget()
      return null
    },

    async *'library-image'({ databaseId, itemId }, signal) {
      sheets.prepare()
      return reading(databaseId, signal, async (database) => {
        const row = database.items.findIndex(({ id }) => id === itemId)
        const item = database.items[row]
        // It may have come since the database was opened, or have gone.
        if (item === undefined) throw new StorageError('database-missing', 'that row is not there any more', itemId)
        const { width, height } = item
        const draw = async (bytes: Uint8Array | null) => (bytes && (await sheets.drawPicture(bytes, signal)))?.bitmap
        const large = await draw(await database.image(row))
        if (large) return { picture: large, kept: 'picture', width, height }
        const small = await draw(await database.thumbnail(row))
        return { picture: small ?? null, kept: small ? 'thumbnail' : 'nothing', width, height }
      })
    },

    async *'library-search'({ databaseId, query, count }, signal) {
      const vector = await embedQuery(query)
      signal.throwIfAborted()
      const pause = async () => {
        await nextMacrotask()
        signal.throwIfAborted()
      }
      return reading(databaseId, signal, async (database) => {
        const { clip } = database.summary
        if (clip.id !== requireOpen().clip.description.id) {
          throw new JobError('database-other-clip', 'the database was made with another CLIP', clip.id)
        }
        // Once begun it is made to its end, for the next search: whoever waits for it need not.
        const index = await unlessAborted(signal, indexOf(database))
        const found = await index.search(vector, count, { pause })
        const { sheet, places } = await sheets.draw(await database.thumbnails(found.map(({ row }) => row)), signal)
        const items = found.map(({ row, score }, i) => ({ ...toShown(database.items[row], places[i]), row, score }))
        return { items, sheet }
      })
    },

    async *'read-picture'({ image }) {
      const { file, embedding, thumbnail, clipId } = await readGiven(image)
      const id = (await sha256(file.bytes)).slice(0, ID_DIGITS)
      return { id, clipId, embedding: writeEmbedding(embedding), thumbnail: thumbnail && toWebp(thumbnail) }
    },

    async *'library-export'({ databaseId }) {
      const { library } = requireOpen()
      const { name } = await library.find(databaseId)
      const pieces: Blob[] = []
      // Each piece becomes a Blob at once: browsers keep those out of the heap.
      await library.exportDatabase(databaseId, async (piece) => {
        pieces.push(new Blob([piece as Uint8Array<ArrayBuffer>]))
      })
      return { file: new Blob(pieces, { type: 'application/zip' }), name: `${toFileName(name)}.zip` }
    },
  }
  // biome-ignore-end lint/correctness/useYield: as above

  return { jobs, forget }
}

function toShown(
  { id, caption }: Pick<LibraryItem, 'id' | 'caption'> = { id: '', caption: '' },
  place: DrawnSheet<ImageBitmap>['places'][number] = null,
): LibraryItem {
  return { id, caption, place }
}

/** A name that every file system takes: no path, no device, no hidden file. */
function toFileName(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N} _-]+/gu, '').trim()
  return plain === '' || /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? 'style' : plain.slice(0, 80)
}
