// A backup of all that is a person's, as one zip: the databases, the gallery's pictures with their recipes, and which model was in
// use.

import { FormatError } from '../core/formats/format-error.ts'
import { streamZip } from '../core/formats/zip-writer.ts'
import { GALLERY_PICTURE, type PictureBounds, STYLE_PICTURE } from '../core/image/picture-bounds.ts'
import { gatherPieces } from '../core/library/gather-pieces.ts'
import type { BackupArchive, BackupFile, Library, Restored } from '../core/library/library.ts'
import type { ChosenModel, RestoredPictures } from '../protocol/backup-jobs.ts'
import type { BackupContents, ListedPicture } from '../protocol/parse-jobs.ts'
import { GALLERY, isPackUrl, LONGEST_NAME, SETTINGS } from './backup-names.ts'
import type { GalleryStore, StoredPicture } from './gallery-store.ts'

/** A backup's zip, opened where it can be parsed. Its calls reject with FormatError for what is missing or damaged. */
export interface WholeBackup extends BackupArchive {
  readBackup(): Promise<BackupContents>
  /** Entries; null for what is none, or no picture within the bounds. */
  readPictures(names: readonly string[], bounds: PictureBounds): Promise<readonly (Uint8Array | null)[]>
}

export interface RestoredAll {
  readonly databases: Restored
  readonly pictures: RestoredPictures
  /** Of the backup; nothing was done with it. */
  readonly model: ChosenModel | null
}

/** @param write gets the file in pieces of about 4 MiB */
export async function exportEverything(
  library: Pick<Library, 'backUp'>,
  pictures: Pick<GalleryStore, 'list'>,
  model: ChosenModel | null,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  const pieces = gatherPieces(write)
  await streamZip(listFiles(library, pictures, model), pieces.write)
  await pieces.end()
}

/**
 * Brings back what is not here already, and leaves what is here as it is. Every byte of the file is read and checked before
 * anything is written: a damaged one changes nothing. It may be run again after it was cut short.
 * Pictures whose file is no PNG, or too large, are left out and counted.
 * Rejects with FormatError for a damaged file, and as the library and the gallery do: what came before is kept.
 * @param onProgress bytes done, of all; each counts twice, checked and then brought back
 */
export async function restoreEverything(
  archive: WholeBackup,
  library: Pick<Library, 'restore'>,
  pictures: Pick<GalleryStore, 'list' | 'add'>,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<RestoredAll> {
  const { entries } = archive
  const total = 2 * [...entries.values()].reduce((sum, size) => sum + size, 0)
  let done = 0
  const advance = (name: string) => {
    done += entries.get(name) ?? 0
    onProgress(Math.min(done, total), total)
  }
  const contents = await archive.readBackup()
  for (const name of entries.keys()) {
    await archive.read(name)
    advance(name)
  }
  for (const place of contents.pictures.keys()) {
    if (!entries.has(pngName(place))) throw new FormatError('backup', `has no ${pngName(place)}`)
  }

  const databases = await library.restore(archive, contents.databases)
  const here = new Set((await pictures.list()).map(({ id }) => id))
  const count = { restored: 0, present: 0, leftOut: 0 }
  for (const [place, listed] of contents.pictures.entries()) {
    if (here.has(listed.id)) {
      count.present++
      continue
    }
    const picture = await readPicture(archive, place, listed)
    if (picture !== null) await pictures.add(picture)
    count[picture === null ? 'leftOut' : 'restored']++
    advance(pngName(place))
  }
  onProgress(total, total)
  return { databases, pictures: count, model: contents.model }
}

async function* listFiles(
  library: Pick<Library, 'backUp'>,
  pictures: Pick<GalleryStore, 'list'>,
  model: ChosenModel | null,
): AsyncGenerator<BackupFile> {
  yield* library.backUp()
  const stored = await pictures.list()
  for (const [place, { png, neighbours }] of stored.entries()) {
    yield [pngName(place), await bytesOf(png)]
    for (const [at, { thumbnail }] of neighbours.entries()) {
      if (thumbnail !== null) yield [thumbnailName(place, at), await bytesOf(thumbnail)]
    }
  }
  const described = stored.map(({ id, createdAt, order, recipe, neighbours, steps, milliseconds }) => ({
    id,
    createdAt,
    order,
    recipe,
    neighbours: neighbours.map(({ thumbnail: _, ...neighbour }) => neighbour),
    steps,
    milliseconds,
  }))
  yield [GALLERY, toJson(described)]
  yield [SETTINGS, toJson({ format: 'kindred-settings', version: 1, model: model && describeModel(model) })]
}

/** Null where its PNG is none, or too large to be shown; neighbours whose thumbnails are have none. */
async function readPicture(
  archive: Pick<WholeBackup, 'readPictures'>,
  place: number,
  { recipe, neighbours, ...described }: ListedPicture,
): Promise<StoredPicture | null> {
  const [png] = await archive.readPictures([pngName(place)], GALLERY_PICTURE)
  if (!png) return null
  const names = neighbours.map((_, at) => thumbnailName(place, at))
  const thumbnails = await archive.readPictures(names, STYLE_PICTURE)
  return {
    version: 1,
    ...described,
    png: blobOf(png, 'image/png'),
    recipe,
    neighbours: neighbours.map((neighbour, at) => {
      const thumbnail = thumbnails[at] ?? null
      return { ...neighbour, thumbnail: thumbnail && blobOf(thumbnail, 'image/webp') }
    }),
  }
}

/** What the pack says of itself may be longer than what is taken from a backup. */
function describeModel({ id, name, url }: ChosenModel): ChosenModel {
  return { id, name: name.slice(0, LONGEST_NAME), url: url !== null && isPackUrl(url) ? url : null }
}

/** Keys by the alphabet: the same pictures give the same bytes, in whatever order their records have them. */
function toJson(value: unknown): Uint8Array {
  const sortKeys = (_: string, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part
  return new TextEncoder().encode(JSON.stringify(value, sortKeys, 1))
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer())
}

function blobOf(bytes: Uint8Array, type: string): Blob {
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type })
}

function pngName(place: number): string {
  return `gallery/${place}.png`
}

function thumbnailName(place: number, neighbour: number): string {
  return `gallery/${place}/${neighbour}.webp`
}
