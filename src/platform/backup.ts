// A backup of all that is a person's, as one zip: the databases, and the gallery's pictures with their recipes.

import * as v from 'valibot'
import type { Recipe } from '../core/diffusion/recipe.ts'
import { FormatError } from '../core/formats/format-error.ts'
import { parseJson } from '../core/formats/parse-json.ts'
import { recipeSchema } from '../core/formats/png-metadata.ts'
import { streamZip } from '../core/formats/zip-writer.ts'
import { gatherPieces } from '../core/library/gather-pieces.ts'
import type { BackupArchive, BackupFile, Library, Restored } from '../core/library/library.ts'
import type { NeighbourPicture } from '../protocol/jobs.ts'
import type { GalleryStore, StoredPicture } from './gallery-store.ts'

export interface RestoredAll {
  readonly databases: Restored
  readonly pictures: Restored
}

const GALLERY = 'gallery.json'

const natural = v.pipe(v.number(), v.integer(), v.minValue(0))

type ShownNeighbour = Omit<NeighbourPicture, 'thumbnail'>

const neighbour = v.object({ row: natural, id: v.string(), score: v.number(), caption: v.string() })

/** What a picture has beside its files, gallery/<place>.png and gallery/<place>/<neighbour>.webp. */
const gallery = v.array(
  v.object({
    id: v.string(),
    createdAt: v.number(),
    recipe: v.custom<Recipe>((value) => v.is(recipeSchema, value)),
    neighbours: v.array(v.custom<ShownNeighbour>((value) => v.is(neighbour, value))),
    steps: natural,
    milliseconds: v.object({ text: v.number(), search: v.number(), step: v.number(), decode: v.number() }),
  }),
)

/** @param write gets the file in pieces of about 4 MiB */
export async function exportEverything(
  library: Pick<Library, 'backUp'>,
  pictures: Pick<GalleryStore, 'list'>,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  const pieces = gatherPieces(write)
  await streamZip(listFiles(library, pictures), pieces.write)
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

  const databases = await library.restore({ ...archive, read })
  const here = new Set((await pictures.list()).map(({ id }) => id))
  let restored = 0
  for (const [place, picture] of listed.entries()) {
    if (here.has(picture.id)) continue
    await pictures.add(await readPicture({ entries, read }, place, picture))
    restored++
  }
  onProgress(total, total)
  return { databases, pictures: { restored, present: listed.length - restored } }
}

async function* listFiles(
  library: Pick<Library, 'backUp'>,
  pictures: Pick<GalleryStore, 'list'>,
): AsyncGenerator<BackupFile> {
  yield* library.backUp()
  const stored = await pictures.list()
  for (const [place, { png, neighbours }] of stored.entries()) {
    yield [pngName(place), await bytesOf(png)]
    for (const [at, { thumbnail }] of neighbours.entries()) {
      if (thumbnail !== null) yield [thumbnailName(place, at), await bytesOf(thumbnail)]
    }
  }
  const described = stored.map(({ id, createdAt, recipe, neighbours, steps, milliseconds }) => ({
    id,
    createdAt,
    recipe,
    neighbours: neighbours.map(({ thumbnail: _, ...neighbour }) => neighbour),
    steps,
    milliseconds,
  }))
  yield [GALLERY, new TextEncoder().encode(JSON.stringify(described, null, 1))]
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
