// A star dragged away from where the words lie: which pictures its new place stands for, and how far they turn the search.

import { scaleToUnit } from '../diffusion/conditioning.ts'
import type { MapPlace, Toward, WeightedPicture } from '../diffusion/recipe.ts'
import type { NamedIndex } from './flat-index.ts'

/** A style's map: `points` as `mapRows` gives them, [rows, 2], and the rows' stable names. */
export interface NamedPoints {
  readonly points: Float32Array
  readonly ids: readonly string[]
}

/**
 * Pictures that a place is read from. With one alone a step aside would change all of the query, and a dozen give the same
 * neighbours as five.
 */
export const PICTURES_OF_A_PLACE = 5

/**
 * Half way from the words to a place, as a share. A text's embedding has nearly the same cosine to every picture, where pictures
 * differ among themselves by several times as much, so equal parts of both would nearly be the place alone. Measured over three
 * built-in styles, four prompts and twelve places: at a share of 0.3 as many of the neighbours are the words' own as the place's
 * own (47 % each), and their middle has gone 56 % of the way; at 0.15 it has gone 20 %, at 0.5 88 %.
 */
export const HALF_WAY = 0.3

/** The farthest: the words are never less than half of what is looked for. */
const MOST_SHARE = 0.5
/** How far, in units of the map (which is two wide and two high), a star is dragged for that. */
const FARTHEST = 1
/** Places nearer to a picture than this are the picture's own, so that no weight is infinite. */
const NEAREST = 1e-3

/**
 * What a star dragged over the map asks for: pictures nearest to where it is let go, weighted by the inverse square of their
 * distance (Shepard 1968), so that on a picture it is that picture. How much they count grows with the way: a little step
 * changes little, and there is no jump at the words themselves.
 *
 * @param from where the words lie
 * @returns null where nothing would change: no way at all, or no picture
 */
export function dropStar({ points, ids }: NamedPoints, from: MapPlace, to: MapPlace): Toward | null {
  const way = Math.hypot(to.x - from.x, to.y - from.y) / FARTHEST
  const share = round(MOST_SHARE * Math.min(1, way), 3)
  const near = nearestTo(points, to)
  if (!(share > 0) || near.length === 0) return null
  const weights = near.map(({ distance }) => 1 / Math.max(distance, NEAREST) ** 2)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const pictures = near.map(({ row }, i): WeightedPicture => {
    return { id: ids[row] ?? '', weight: round((weights[i] ?? 0) / sum, 3) }
  })
  const place = { x: round(to.x, 4), y: round(to.y, 4) }
  return { share, pictures: pictures.filter(({ weight }) => weight > 0), place }
}

/** Where a star lies that was drawn so; null where none of the pictures is on the map any more. */
export function placeToward({ points, ids }: NamedPoints, { pictures, place }: Toward): MapPlace | null {
  let [x, y, total] = [0, 0, 0]
  for (const { id, weight } of pictures) {
    const row = ids.indexOf(id)
    if (row < 0) continue
    x += weight * (points[2 * row] ?? 0)
    y += weight * (points[2 * row + 1] ?? 0)
    total += weight
  }
  if (!(total > 0)) return null
  return place ?? { x: x / total, y: y / total }
}

/**
 * The weighted mean of the pictures' embeddings at unit length, [dim]; those that the index does not have are passed over. Null
 * where it has none, or where they cancel each other out.
 */
export async function meanDirection(
  index: NamedIndex,
  pictures: readonly WeightedPicture[],
): Promise<Float32Array | null> {
  const mean = new Float32Array(index.dim)
  for (const { id, weight } of pictures) {
    const row = index.rowOf(id)
    if (row === null) continue
    for (const [i, value] of (await index.embedding(row)).entries()) mean[i] = (mean[i] ?? 0) + weight * value
  }
  return mean.every((value) => value === 0) ? null : scaleToUnit(mean, 'toward: the mean')
}

/**
 * `query` at unit length, turned toward `direction` by a share of 0 (not at all) to 1 (all the way), at unit length again.
 *
 * @throws RangeError for a share outside of that, and where one of them has no direction or both are opposite and cancel out
 */
export function turnToward(query: Float32Array, direction: Float32Array, share: number): Float32Array {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`toward: ${share} is no share between 0 and 1`)
  const from = scaleToUnit(query, 'toward: the query')
  const to = scaleToUnit(direction, 'toward: the direction')
  const between = from.map((value, i) => (1 - share) * value + share * (to[i] ?? 0))
  return scaleToUnit(between, 'toward: what lies between')
}

interface Near {
  readonly row: number
  readonly distance: number
}

/** Nearest first, ties by row. One pass over the points: well under a millisecond for 60,000. */
function nearestTo(points: Float32Array, { x, y }: MapPlace): readonly Near[] {
  const best: Near[] = []
  let farthest = Number.POSITIVE_INFINITY
  for (let row = 0; row < points.length / 2; row++) {
    const distance = Math.hypot((points[2 * row] ?? 0) - x, (points[2 * row + 1] ?? 0) - y)
    if (distance >= farthest) continue
    const at = best.findIndex((other) => other.distance > distance)
    best.splice(at < 0 ? best.length : at, 0, { row, distance })
    if (best.length > PICTURES_OF_A_PLACE) best.pop()
    if (best.length === PICTURES_OF_A_PLACE) farthest = best.at(-1)?.distance ?? farthest
  }
  return best
}

/** A recipe is to be read by people too. */
function round(value: number, places: number): number {
  return Math.round(value * 10 ** places) / 10 ** places + 0
}
