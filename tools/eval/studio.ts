// Paints the evaluation's pictures with the pack and has them judged.

import sharp, { type Sharp } from 'sharp'
import { type Generated, generate } from '../../src/core/diffusion/generate.ts'
import type {
  ImageEncoder,
  ModelParts,
  NeighbourIndex,
  RgbImage,
  TextEncoder,
} from '../../src/core/diffusion/model-parts.ts'
import type { OpenPack } from '../../src/core/pack/open-pack.ts'
import { createFlatIndex, type NamedIndex } from '../../src/core/retrieval/flat-index.ts'
import { createMixedIndex } from '../../src/core/retrieval/mixing.ts'
import { createImageEncoder, createTextEncoder } from '../clip-node.ts'
import { createParts } from '../pack-parts.ts'
import type { Job, PictureLook, Result, Source } from './job.ts'
import { type Judge, mostLikely, type Verdict } from './judge.ts'
import type { StyleShelf } from './style-shelf.ts'

/** Longest side of a kept picture, in pixels. */
const KEPT_SIDE = 160
/** Side of the square in which pictures are compared pixel by pixel. */
export const LOOK_SIDE = 32
/** Neighbours that a result names. */
const NEIGHBOURS_TOLD = 4

export interface Studio {
  paint(job: Job): Promise<Omit<Result, 'of' | 'experiment'>>
}

/** @param trained ids of the styles that make up the general database */
export async function openStudio(
  packDir: string,
  pack: OpenPack,
  shelf: StyleShelf,
  judge: Judge,
  trained: readonly string[],
): Promise<Studio> {
  const paint = await openPainter(packDir, pack, shelf, trained)
  const imageEncoder = await createImageEncoder(packDir, pack.manifest)
  return {
    paint: async (job) => {
      const start = performance.now()
      const { pixels, neighbours } = await paint(job)
      const verdict = await judge.judge(pixels)
      const styles = Array.from(verdict.style ?? [], (p, i) => [judge.classes.style?.[i] ?? '', round(p)] as const)
      return {
        key: job.key,
        seen: nameSeen(judge, verdict),
        styles: Object.fromEntries(styles.filter(([, p]) => p >= 0.001)),
        neighbours: neighbours.slice(0, NEIGHBOURS_TOLD),
        ...(job.kept ? { picture: await shrinkToWebp(pixels) } : {}),
        ...(job.compared ? { look: await lookAt(pixels, imageEncoder) } : {}),
        seconds: round((performance.now() - start) / 1000),
      }
    },
  }
}

/** The likeliest class of each kind. */
export function nameSeen({ classes }: Judge, verdict: Verdict): Result['seen'] {
  return Object.fromEntries(Object.entries(verdict).map(([kind, p]) => [kind, mostLikely(classes[kind] ?? [], p).name]))
}

export interface Painted {
  readonly pixels: RgbImage
  /** Best first; those whose place is not known are left out. */
  readonly neighbours: Result['neighbours']
}

/** Paints jobs with a pack. @param trained ids of the styles that make up the general database */
export async function openPainter(
  packDir: string,
  pack: OpenPack,
  shelf: StyleShelf,
  trained: readonly string[],
): Promise<(job: Job) => Promise<Painted>> {
  const parts = await createParts(pack)
  const textEncoder = await createTextEncoder(packDir, pack.manifest)
  const sources = createSources(shelf, trained)
  return async (job) => {
    const source = await sources(job.source)
    const { pixels, neighbours } = await make(parts, textEncoder, job, source?.index ?? null)
    const places = neighbours.flatMap((neighbour) => {
      const place = neighbour.origin ?? source?.locate(neighbour.row)
      return place === undefined ? [] : [[place.databaseId, place.row] as const]
    })
    return { pixels, neighbours: places }
  }
}

/** An index, and where its rows come from. */
interface OpenSource {
  readonly index: NeighbourIndex
  locate(row: number): { readonly databaseId: string; readonly row: number } | undefined
}

function createSources(shelf: StyleShelf, trained: readonly string[]): (source: Source) => Promise<OpenSource | null> {
  const styles = new Map<string, NamedIndex>()
  let general: OpenSource | null = null
  const openStyle = async (id: string): Promise<NamedIndex> => {
    const opened = styles.get(id)
    if (opened !== undefined) return opened
    const { embeddings, ids, dim } = await shelf.open(id)
    const index = createFlatIndex(embeddings, dim, ids)
    styles.set(id, index)
    return index
  }
  const openGeneral = async (): Promise<OpenSource> => {
    const all = await Promise.all(trained.map((id) => shelf.open(id)))
    const dim = all[0]?.dim ?? 0
    const index = createFlatIndex(
      all.map(({ embeddings }) => embeddings),
      dim,
      all.flatMap(({ ids }, i) => ids.map((id) => `${trained[i]}/${id}`)),
    )
    const places = all.flatMap(({ ids }, i) => ids.map((_, row) => ({ databaseId: trained[i] ?? '', row })))
    return { index, locate: (row) => places[row] }
  }
  return async (source) => {
    switch (source.kind) {
      case 'none':
        return null
      case 'style':
        return { index: await openStyle(source.id), locate: (row) => ({ databaseId: source.id, row }) }
      case 'general':
        general ??= await openGeneral()
        return general
      case 'mixed': {
        const databases = await Promise.all(
          source.of.map(async ([id, weight]) => ({ id, weight, index: await openStyle(id) })),
        )
        return { index: createMixedIndex({ databases }), locate: () => undefined }
      }
    }
  }
}

async function make(
  parts: ModelParts,
  textEncoder: TextEncoder,
  { prompt, settings }: Job,
  index: NeighbourIndex | null,
): Promise<Generated> {
  const run = generate(parts, { prompt, textEncoder, index, settings, now: () => performance.now() })
  for (;;) {
    const { done, value } = await run.next()
    if (done) return value
  }
}

async function shrinkToWebp({ width, height, data }: RgbImage): Promise<string> {
  const size = { width: KEPT_SIDE, height: KEPT_SIDE, fit: 'inside' as const }
  const picture = sharp(data, { raw: { width, height, channels: 3 } }).resize(size)
  return (await picture.webp({ quality: 82 }).toBuffer()).toString('base64')
}

async function lookAt(pixels: RgbImage, encoder: ImageEncoder): Promise<PictureLook> {
  const [embedding = new Float32Array()] = await encoder.encodeImages([pixels])
  const { width, height, data } = pixels
  const small = await lookPixels(sharp(data, { raw: { width, height, channels: 3 } }))
  return {
    embedding: Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength).toString('base64'),
    pixels: Buffer.from(small).toString('base64'),
  }
}

/** A picture as it is compared: LOOK_SIDE squared pixels of RGB. */
export async function lookPixels(picture: Sharp): Promise<Uint8Array> {
  return picture.resize(LOOK_SIDE, LOOK_SIDE, { fit: 'fill', kernel: 'cubic' }).removeAlpha().raw().toBuffer()
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
