// Whether made pictures copy the database's, and how much they differ among themselves.

import sharp from 'sharp'
import { halfToFloatArray } from '../../src/core/tensor/half.ts'
import type { PictureLook } from './job.ts'
import { lookPixels } from './studio.ts'
import type { ShelvedStyle } from './style-shelf.ts'

/** Two ways to say how far apart pictures are: CLIP's (1 - cosine), and of pixels (root mean square of 0..1 at 32 × 32). */
export const DISTANCES = ['CLIP', 'pixels'] as const
export type Distance = (typeof DISTANCES)[number]

export interface Look {
  /** Unit length. */
  readonly embedding: Float32Array
  readonly pixels: Uint8Array
}

export interface Likeness {
  /** From each made picture to the nearest of the database, of which the retrieved ones are a part. */
  readonly madeToNearest: readonly number[]
  /** From each of the database's pictures to the nearest of the others: none of them copies another. */
  readonly renderedToNearest: readonly number[]
  /** Between made pictures of one prompt. */
  readonly madeApart: readonly number[]
  /** Between the database's pictures, of different things. */
  readonly renderedApart: readonly number[]
}

/** @param made of one prompt in the database's style, from several seeds; at least two */
export function compareLooks(made: readonly Look[], rendered: readonly Look[], by: Distance): Likeness {
  const apart = (a: Look, b: Look) => (by === 'CLIP' ? angleBetween(a, b) : differenceOf(a.pixels, b.pixels))
  const nearest = (look: Look) =>
    rendered.reduce((least, other) => (other === look ? least : Math.min(least, apart(look, other))), Infinity)
  return {
    madeToNearest: made.map(nearest),
    renderedToNearest: rendered.map(nearest),
    madeApart: pairsOf(made, apart),
    renderedApart: pairsOf(rendered.slice(0, 60), apart),
  }
}

function pairsOf(looks: readonly Look[], apart: (a: Look, b: Look) => number): number[] {
  return looks.flatMap((a, i) => looks.slice(i + 1).map((b) => apart(a, b)))
}

function angleBetween(a: Look, b: Look): number {
  return 1 - a.embedding.reduce((sum, value, i) => sum + value * (b.embedding[i] ?? 0), 0)
}

function differenceOf(a: Uint8Array, b: Uint8Array): number {
  let squares = 0
  for (let i = 0; i < a.length; i++) squares += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return Math.sqrt(squares / a.length) / 255
}

export function readLook({ embedding, pixels }: PictureLook): Look {
  const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'))
  return { embedding: new Float32Array(bytes.buffer), pixels: Uint8Array.from(Buffer.from(pixels, 'base64')) }
}

/** The database's pictures, seen through its thumbnails; rows without one are left out. */
export async function readRenderedLooks({ dim, embeddings, ids, thumbnail }: ShelvedStyle): Promise<Look[]> {
  const looks: Look[] = []
  for (const row of ids.keys()) {
    const webp = await thumbnail(row)
    if (webp === null) continue
    const embedding = halfToFloatArray(embeddings.subarray(row * dim, (row + 1) * dim))
    const length = Math.hypot(...embedding)
    looks.push({ embedding: embedding.map((value) => value / length), pixels: await lookPixels(sharp(webp)) })
  }
  return looks
}
