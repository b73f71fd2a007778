// A backup of all that is a person's, as one zip: the databases, the gallery's pictures with their recipes, and which model was in
// use. Backups of before that was kept have no settings.json.

import * as v from 'valibot'
import type { Recipe } from '../core/diffusion/recipe.ts'
import { FormatError } from '../core/formats/format-error.ts'
import { parseJson } from '../core/formats/parse-json.ts'
import { recipeSchema } from '../core/formats/png-metadata.ts'
import { streamZip } from '../core/formats/zip-writer.ts'
import { gatherPieces } from '../core/library/gather-pieces.ts'
import type { BackupArchive, BackupFile, Library, Restored } from '../core/library/library.ts'
import { isPackId } from '../core/pack/install-names.ts'
import type { ChosenModel } from '../protocol/backup-jobs.ts'
import type { NeighbourPicture } from '../protocol/jobs.ts'
import type { GalleryStore, StoredPicture } from './gallery-store.ts'
import { readPackUrl } from './pack-url.ts'

export interface RestoredAll {
  readonly databases: Restored
  readonly pictures: Restored
  /** Of the backup; nothing was done with it. */
  readonly model: ChosenModel | null
}

const GALLERY = 'gallery.json'
const SETTINGS = 'settings.json'

const LONGEST_NAME = 200
const LONGEST_URL = 2000

const natural = v.pipe(v.number(), v.integer(), v.minValue(0))

type ShownNeighbour = Omit<NeighbourPicture, 'thumbnail'>

const neighbour = v.object({
  ...{ row: natural, id: v.string(), score: v.number(), caption: v.string() },
  origin: v.optional(v.object({ databaseId: v.string(), row: natural })),
  isGiven: v.optional(v.boolean()),
})

/** What a picture has beside its files, gallery/<place>.png and gallery/<place>/<neighbour>.webp. */
const gallery = v.array(
  v.object({
    id: v.string(),
    createdAt: v.number(),
    order: v.optional(v.number()),
    recipe: v.custom<Recipe>((value) => v.is(recipeSchema, value)),
    neighbours: v.array(v.custom<ShownNeighbour>((value) => v.is(neighbour, value))),
    steps: natural,
    milliseconds: v.object({ text: v.number(), search: v.number(), step: v.number(), decode: v.number() }),
  }),
)

const settings = v.object({
  format: v.literal('kindred-settings'),
  version: v.literal(1),
  model: v.nullable(
    v.object({
      id: v.pipe(v.string(), v.check(isPackId)),
      name: v.pipe(v.string(), v.maxLength(LONGEST_NAME)),
      url: v.nullable(v.pipe(v.string(), v.check(isPackUrl))),
    }),
  ),
})

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
 * Rejects with FormatError for a damaged file, and as the library and the gallery do: what came before is kept.
 * @param onProgress bytes done, of all; each counts twice, checked and then brought back
 */
export async function restoreEverything(
  archive: BackupArchive,
  library: Pick<Library, 'restore'>,
  pictures: Pick<GalleryStore, 'list' | 'add'>,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<RestoredAll> {
  const { entries } = archive
  const total = 2 * [...entries.values()].reduce((sum, size) => sum + size, 0)
  let done = 0
  const read = async (name: string) => {
    const bytes = await archive.read(name)
    done += bytes.byteLength
    onProgress(Math.min(done, total), total)
    return bytes
  }
  if (!entries.has(GALLERY)) throw new FormatError('backup', `has no ${GALLERY}`)
  for (const name of entries.keys()) await read(name)
  const listed = parseJson('backup', GALLERY, new TextDecoder().decode(await archive.read(GALLERY)), gallery)
  for (const place of listed.keys()) {
    if (!entries.has(pngName(place))) throw new FormatError('backup', `has no ${pngName(place)}`)
  }
  const { model } = entries.has(SETTINGS)
    ? parseJson('backup', SETTINGS, new TextDecoder().decode(await archive.read(SETTINGS)), settings)
    : { model: null }

  const databases = await library.restore({ ...archive, read })
  const here = new Set((await pictures.list()).map(({ id }) => id))
  let restored = 0
  for (const [place, picture] of listed.entries()) {
    if (here.has(picture.id)) continue
    await pictures.add(await readPicture({ entries, read }, place, picture))
    restored++
  }
  onProgress(total, total)
  return { databases, pictures: { restored, present: listed.length - restored }, model }
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

async function readPicture(
  zip: Pick<BackupArchive, 'entries' | 'read'>,
  place: number,
  { recipe, neighbours, ...described }: v.InferOutput<typeof gallery>[number],
): Promise<StoredPicture> {
  return {
    version: 1,
    ...described,
    png: blobOf(await zip.read(pngName(place)), 'image/png'),
    recipe,
    neighbours: await Promise.all(
      neighbours.map(async (neighbour, at) => {
        const name = thumbnailName(place, at)
        return { ...neighbour, thumbnail: zip.entries.has(name) ? blobOf(await zip.read(name), 'image/webp') : null }
      }),
    ),
  }
}

/** What the pack says of itself may be longer than what is taken from a backup. */
function describeModel({ id, name, url }: ChosenModel): ChosenModel {
  return { id, name: name.slice(0, LONGEST_NAME), url: url !== null && isPackUrl(url) ? url : null }
}

function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 1))
}

/** The addresses of which a pack may come, as they are kept once it has. */
function isPackUrl(text: string): boolean {
  if (text.length > LONGEST_URL) return false
  try {
    return readPackUrl(text, text) === text
  } catch {
    return false
  }
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
