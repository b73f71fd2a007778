// What the library worker's jobs work on, and how it is told to the page.

import type { PictureReader } from '../src/core/image/picture-reader.ts'
import type { PictureFile } from '../src/core/image/read-picture.ts'
import type { ClipPreprocess } from '../src/core/image/resize.ts'
import { isSmallWebp } from '../src/core/image/small-webp.ts'
import { displayName } from '../src/core/library/display-name.ts'
import type { PreparedPicture } from '../src/core/library/import-pictures.ts'
import type { Library } from '../src/core/library/library.ts'
import { sketchRows } from '../src/core/library/sketch-rows.ts'
import type { DecoderOptions } from '../src/platform/image-decoder.ts'
import type { PackClip } from '../src/platform/pack-clip.ts'
import type { SealedParser } from '../src/platform/sealed-parser.ts'
import type { SheetDrawer } from '../src/platform/sealed-sheets.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { PackReference } from '../src/protocol/jobs.ts'
import type { LibraryState } from '../src/protocol/library-jobs.ts'
import { readSource } from './import-source.ts'
import { toWebp } from './webp.ts'

/** What the jobs are built on; a test passes others than the browser's. */
export interface LibraryJobParts {
  /** `onOthersChange` is called when another tab or worker wrote. */
  readonly openLibrary: (onOthersChange: () => void) => Library
  readonly openClip: (pack: PackReference) => Promise<PackClip>
  /** Reads database files where there is neither network nor storage. */
  readonly parser: Pick<SealedParser, 'openArchive'>
  /** Looks at pictures there too. */
  readonly pictures: PictureReader
  readonly createDecoder: (options: DecoderOptions) => (picture: PictureFile) => Promise<PreparedPicture>
  /** A picture as CLIP's input. Rejects with SkippedFile where it cannot be decoded. */
  readonly prepareBlob: (blob: Blob, clip: ClipPreprocess) => Promise<Float32Array>
  /** Decodes stored thumbnails there: they may have come in a file from elsewhere. */
  readonly sheets: SheetDrawer
  readonly sha256: (bytes: Uint8Array) => Promise<string>
  readonly createId: () => string
  /** Milliseconds; any start. */
  readonly now: () => number
}

/** What every job but the first works on. */
export interface OpenedLibrary {
  readonly library: Library
  readonly clip: PackClip
  /** Drawings of rows without pictures, by database and revision. */
  readonly sketches: Map<string, { readonly revision: number; readonly drawing: Blob }>
}

const COVER = 4
/** Chunks of rows whose drawing is a cover. */
const SKETCHED_CHUNKS = 4

export function requireName(name: string): string {
  const shown = displayName(name)
  if (shown === '') throw new JobError('invalid-input', 'the database needs a name')
  return shown
}

export async function describeLibrary({ library, clip, sketches }: OpenedLibrary): Promise<LibraryState> {
  const databases = await library.list()
  const removed = await library.listRemoved()
  const imports = await library.imports()
  const { id, dim } = clip.description

  async function coverOf(id: string) {
    const thumbnails = (await library.cover(id, COVER)).filter(isSmallWebp)
    if (thumbnails.length > 0) return { hasPictures: true, cover: thumbnails.map(toWebp) }
    const { rows, revision, clip } = await library.find(id)
    if (rows === 0) return { hasPictures: true, cover: [] }
    const known = sketches.get(id)
    if (known?.revision === revision) return { hasPictures: false, cover: [known.drawing] }
    // One style's damage, of which opening it tells, must not hide the others.
    const sample = await library.sample(id, SKETCHED_CHUNKS).catch(() => new Uint16Array())
    if (sample.length === 0) return { hasPictures: false, cover: [] }
    const drawing = new Blob([sketchRows(sample, clip.dim)], { type: 'image/svg+xml' })
    sketches.set(id, { revision, drawing })
    return { hasPictures: false, cover: [drawing] }
  }

  return {
    clip: { id, dim },
    databases: await Promise.all(
      databases.map(async ({ id, name, rows, images, bytes, clip: { id: clipId }, reembedding, readOnly, damage }) => ({
        ...{ id, name, rows, images, bytes, clipId, readOnly, damage },
        reembedded: reembedding?.clip.id === clip.description.id ? reembedding.rows : 0,
        clipMatches: clipId === clip.description.id,
        ...(await coverOf(id)),
      })),
    ),
    removed: removed.map(({ id, name }) => ({ id, name })),
    imports: imports.map(({ id, databaseId, name, total, done, added, duplicates, source }) => ({
      ...{ id, databaseId, added },
      name: databases.find((database) => database.id === databaseId)?.name ?? name,
      total: total ?? done,
      skipped: Math.max(0, done - added - duplicates),
      ...readSource(source),
    })),
  }
}
