// A picture of a person's own that lies in no database, as its embedding: what a recipe must keep of it.

import { floatToHalfArray, halfToFloatArray } from '../tensor/half.ts'
import { scaleToUnit } from './conditioning.ts'

export interface GivenPicture {
  /** The beginning of its file's SHA-256. */
  readonly id: string
  /** Display text. */
  readonly name: string
  /** The CLIP that read it, as pack.json's clip.id. */
  readonly clipId: string
  /** Its embedding at unit length as float16, four lower-case hex digits a number. */
  readonly embedding: string
}

/** As many as a picture can have neighbours. */
export const MOST_GIVEN = 20

const DIGITS = 4

/** @throws RangeError where the embedding has no direction */
export function writeEmbedding(embedding: Float32Array): string {
  const halves = floatToHalfArray(scaleToUnit(embedding, 'given picture'))
  return Array.from(halves, (half) => half.toString(16).padStart(DIGITS, '0')).join('')
}

/** Of any length but zero. @throws RangeError where it has another number of numbers, or is none */
export function readEmbedding({ id, embedding }: Pick<GivenPicture, 'id' | 'embedding'>, dim: number): Float32Array {
  if (embedding.length !== DIGITS * dim || !/^[0-9a-f]*$/.test(embedding)) {
    throw new RangeError(`given picture ${JSON.stringify(id)} is not ${dim} numbers`)
  }
  const halves = Uint16Array.from({ length: dim }, (_, i) =>
    Number.parseInt(embedding.slice(DIGITS * i, DIGITS * (i + 1)), 16),
  )
  return scaleToUnit(halfToFloatArray(halves), `given picture ${JSON.stringify(id)}`)
}
