// Makes rows of picture files: read, refuse or decode, embed in batches, and append, with exact tallies all along.

import type { ImageTower } from '../image/image-tower.ts'
import type { PictureReader } from '../image/picture-reader.ts'
import type { PictureFile } from '../image/read-picture.ts'
import { SkippedFile, type SkipReason } from '../image/skip-reason.ts'
import { StorageError } from '../storage/storage-error.ts'
import { captionOf, displayName } from './display-name.ts'
import { type CountedFile, expandZips, type ImportFile } from './import-files.ts'
import { createPace, type Pace } from './import-rate.ts'
import type { Appended, ClipIdentity, ImportRecord, Library, NewRow, Progress } from './library.ts'
import { mapAhead } from './map-ahead.ts'

/** What is left of a picture once it is decoded: nothing here grows with its size. */
export interface PreparedPicture {
  /** The image tower's input, [3, side, side]. */
  readonly pixels: Float32Array
  /** WebP; null where the browser writes none. */
  readonly thumbnail: Uint8Array | null
  readonly image: Uint8Array | null
  /** Pixels, turned as the file says. */
  readonly width: number
  readonly height: number
}

export interface ImportParts {
  readonly library: Pick<Library, 'create' | 'find' | 'appendRows' | 'knownHashes' | 'saveImport' | 'endImport'>
  readonly clip: ClipIdentity
  readonly thumbnailSide: number
  readonly reader: PictureReader
  /** Rejects with SkippedFile for a picture that cannot be decoded. At most two run at once. */
  readonly decode: (picture: PictureFile) => Promise<PreparedPicture>
  readonly tower: ImageTower
  readonly sha256: (bytes: Uint8Array) => Promise<string>
  /** Milliseconds; any start. */
  readonly now: () => number
}

export interface ImportRequest {
  readonly importId: string
  /** As it was kept: by an earlier run, or while it waited for its turn. Null for a new one. */
  readonly unfinished: ImportRecord | null
  /** Null for a new database, made when there is a row for it. */
  readonly databaseId: string | null
  readonly name: string
  readonly files: readonly ImportFile[]
  /** How to find the files again: kept with the import. */
  readonly source: unknown
}

/** Counts of files: those done are added, duplicates or skipped. */
export interface ImportTally {
  readonly done: number
  /** Grows where a zip turns out to hold many. */
  readonly total: number
  /** New rows; after going on, with those of before. */
  readonly added: number
  /** Files whose bytes the database already has as a row. */
  readonly duplicates: number
  readonly skipped: number
}

export interface SkippedEntry {
  /** Where the file lay, made harmless to show. */
  readonly name: string
  readonly reason: SkipReason
}

export type ImportProgress =
  | ({ readonly kind: 'progress' } & ImportTally & Pace)
  | { readonly kind: 'added'; readonly databaseId: string; readonly thumbnails: readonly Uint8Array[] }
  | ({ readonly kind: 'skipped' } & SkippedEntry)

export interface Imported {
  readonly databaseId: string | null
  readonly added: number
  readonly duplicates: number
  readonly skipped: readonly SkippedEntry[]
}

const DECODES_AT_ONCE = 2
const MOST_BATCH = 16
/** A batch grows while one takes less than this, so that a cancel is soon heard on slow machines too. */
const GROW_BELOW_MS = 500
const TELL_EVERY_MS = 100
/** Of the skipped files, how many an unfinished import's record names. */
const MOST_NAMED = 100

/** A file's fate before it is embedded. */
type Outcome =
  | { readonly kind: 'picture'; readonly name: string; readonly sha256: string; readonly picture: PreparedPicture }
  | { readonly kind: 'known' }
  | ({ readonly kind: 'skipped' } & SkippedEntry)

/**
 * Imports files in their order. Rows count once they are safely kept; ended early (by `return`), those are kept, and so is
 * the import's record, by which another run with the same id and files goes on: what is a row is not decoded again.
 * Rejects with StorageError, or with what the image tower rejects with; the rows of before are kept then too.
 */
export async function* importPictures(
  parts: ImportParts,
  request: ImportRequest,
): AsyncGenerator<ImportProgress, Imported, void> {
  const { library, tower, now } = parts
  const { importId, unfinished, name, source } = request
  const { files, closeArchives } = expandZips(request.files, parts.reader)
  let databaseId = unfinished?.databaseId ?? request.databaseId
  const known = databaseId === null ? new Set<string>() : await readHashes(parts, databaseId)
  const skipped: SkippedEntry[] = []
  const pace = createPace(now)
  let [total, added, duplicates] = [request.files.length, 0, 0]
  /** Rows that an earlier run of this import made: their files are not duplicates when they come again. */
  let earlier = unfinished?.added ?? 0
  let waiting: (Outcome & { kind: 'picture' })[] = []
  let [batch, toldAt, isOver] = [Math.ceil(MOST_BATCH / 4), Number.NEGATIVE_INFINITY, false]

  const isKept = () => unfinished !== null || databaseId !== null
  const tally = (): ImportTally => {
    return { done: added + duplicates + skipped.length, total, added, duplicates, skipped: skipped.length }
  }
  const record = (id: string | null, more = { added: 0, duplicates: 0 }): ImportRecord => ({
    version: 1,
    id: importId,
    databaseId: id,
    name,
    source,
    total,
    done: tally().done + more.added + more.duplicates,
    added: added + earlier + more.added,
    duplicates: duplicates + more.duplicates,
    skipped: skipped.slice(-MOST_NAMED),
  })

  function count(fate: Exclude<Outcome, { kind: 'picture' }>): void {
    if (fate.kind === 'skipped') skipped.push({ name: fate.name, reason: fate.reason })
    else if (earlier > 0) {
      earlier--
      added++
    } else duplicates++
  }

  async function* embedWaiting(): AsyncGenerator<ImportProgress, void, void> {
    const pictures = waiting
    waiting = []
    const start = now()
    const embeddings = await tower.embed(pictures.map(({ picture }) => picture.pixels))
    if (now() - start < GROW_BELOW_MS) batch = Math.min(MOST_BATCH, 2 * batch)
    const rows: NewRow[] = []
    for (const [i, { name, sha256, picture }] of pictures.entries()) {
      const embedding = embeddings[i]
      if (embedding !== undefined && hasDirection(embedding)) {
        const { width, height, thumbnail, image } = picture
        rows.push({ id: null, caption: captionOf(name), sha256, width, height, embedding, thumbnail, image })
      } else {
        known.delete(sha256)
        const fate = { kind: 'skipped', name: displayName(name), reason: 'damaged' } as const
        count(fate)
        yield fate
      }
    }
    if (rows.length === 0) return
    const { clip, thumbnailSide } = parts
    // The record is that of after the commit; the tally follows once it is done.
    const progress: Progress = (appended, id) => record(id, appended)
    let appended: Appended
    if (databaseId === null) {
      const created = await library.create({ name, clip, thumbnailSide }, rows, progress)
      databaseId = created.databaseId
      appended = created
    } else appended = await library.appendRows(databaseId, rows, progress)
    added += appended.added
    duplicates += appended.duplicates
    const { ids } = appended
    const thumbnails = rows.flatMap(({ thumbnail }, i) => (thumbnail !== null && ids[i] !== null ? [thumbnail] : []))
    yield { kind: 'added', databaseId, thumbnails }
  }

  try {
    const prepare = (counted: CountedFile) => prepareFile(parts, known, counted)
    for await (const { outcome, total: counted } of mapAhead(files, DECODES_AT_ONCE, prepare)) {
      total = counted
      if (outcome.kind !== 'picture') count(outcome)
      else if (known.has(outcome.sha256)) count({ kind: 'known' })
      else {
        known.add(outcome.sha256)
        waiting.push(outcome)
      }
      if (outcome.kind === 'skipped') yield outcome
      if (waiting.length >= batch) yield* embedWaiting()
      if (now() - toldAt >= TELL_EVERY_MS) {
        toldAt = now()
        yield { kind: 'progress', ...tally(), ...pace(tally().done, total) }
      }
    }
    if (waiting.length > 0) yield* embedWaiting()
    yield { kind: 'progress', ...tally(), ...pace(tally().done, total) }
    isOver = true
    if (isKept()) await library.endImport(importId)
    return { databaseId, added, duplicates, skipped }
  } finally {
    await closeArchives()
    if (!isOver && isKept()) await library.saveImport(record(databaseId)).catch(() => undefined)
  }
}

/** Rejects with StorageError('database-other-clip') where the database's rows could not stand beside new ones. */
async function readHashes({ library, clip }: ImportParts, databaseId: string): Promise<Set<string>> {
  const summary = await library.find(databaseId)
  if (summary.clip.id !== clip.id) {
    throw new StorageError('database-other-clip', 'the database was made with another CLIP', summary.clip.id)
  }
  return library.knownHashes(databaseId)
}

/** Never rejects for the file's sake: what is wrong with one is its outcome. */
async function prepareFile(
  { sha256, decode }: ImportParts,
  known: ReadonlySet<string>,
  { name, read, total }: CountedFile,
): Promise<{ readonly outcome: Outcome; readonly total: number }> {
  try {
    const picture = await read()
    const hash = await sha256(picture.bytes)
    if (known.has(hash)) return { outcome: { kind: 'known' }, total }
    return { outcome: { kind: 'picture', name, sha256: hash, picture: await decode(picture) }, total }
  } catch (error) {
    if (!(error instanceof SkippedFile)) throw error
    return { outcome: { kind: 'skipped', name: displayName(name), reason: error.reason }, total }
  }
}

function hasDirection(embedding: Float32Array): boolean {
  const square = embedding.reduce((sum, value) => sum + value * value, 0)
  return square > 0 && square < Number.POSITIVE_INFINITY
}
