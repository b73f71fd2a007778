// A backup of all that is a person's, as one zip: the databases, and the gallery's pictures with their recipes.

import * as v from 'valibot'
import type { Recipe } from '../core/diffusion/recipe.ts'
import type { ByteSource } from '../core/formats/byte-source.ts'
import { parseJson } from '../core/formats/parse-json.ts'
import { openZip, type ZipArchive } from '../core/formats/zip.ts'
import { streamZip } from '../core/formats/zip-writer.ts'
import { gatherPieces } from '../core/library/gather-pieces.ts'
import type { BackupFile, Library, Restored } from '../core/library/library.ts'
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
    recipe: v.custom<Recipe>((value) => v.is(v.object({ version: v.literal(1), prompt: v.string() }), value)),
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
 * Brings back what is not here already, and leaves what is here as it is. It may be run again after it was cut short.
 * Rejects with FormatError for a damaged file, and as the library and the gallery do: what came before is kept.
 */
export async function restoreEverything(
  source: ByteSource,
  library: Pick<Library, 'restore'>,
  pictures: Pick<GalleryStore, 'list' | 'add'>,
): Promise<RestoredAll> {
  const zip = await openZip(source)
  const databases = await library.restore(zip)
  const here = new Set((await pictures.list()).map(({ id }) => id))
  const listed = parseJson('backup', GALLERY, new TextDecoder().decode(await zip.read(GALLERY)), gallery)
  let restored = 0
  for (const [place, picture] of listed.entries()) {
    if (here.has(picture.id)) continue
    await pictures.add(await readPicture(zip, place, picture))
    restored++
  }
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
  zip: ZipArchive,
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
