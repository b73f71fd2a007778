// Decodes latents tile by tile, for a decoder that has not the memory for a whole picture; after diffusers' tiled_decode of its
// AutoencoderKL, which blends tiles up to their borders.

import { sizeOf, type Tensor, tensor, zeros } from '../tensor/tensor.ts'
import { requirePicture } from './broken-numbers.ts'
import { LATENT_SCALE } from './latents.ts'
import type { Decoder } from './model-parts.ts'

/** In latents. Smaller ones would save little: for one of these the authors' decoder holds tensors of 19 MB in float32. */
export const LEAST_TILE = 12

const TILE_STEP = 4

/** In latents: what a tile shares at least with the next. */
const OVERLAP = 8

/** In latents: what a tile's border spoils, where the decoder pads with zeros. The built-in one draws a faint line there. */
const BORDER = 2

/** What the tiles of one row, or of one column, cover of the picture's height or width. */
export interface Strip {
  /** In latents. */
  readonly start: number
  readonly length: number
  /** What it counts for at each of its pixels, LATENT_SCALE to a latent; strips add up to 1 wherever they overlap. */
  readonly weights: Float64Array
}

/** So many of the tiles are decoded, 1..tiles. */
export interface TileEvent {
  readonly kind: 'tile'
  readonly tile: number
  readonly tiles: number
}

/**
 * The side of tiles, in latents, to try where those of this side took too much memory, or a picture whose longer side it is: half
 * of it and of an overlap, or a little less. Null where there are none smaller.
 */
export function smallerTile(side: number): number | null {
  if (side <= LEAST_TILE) return null
  const half = (side + OVERLAP) / 2
  return Math.max(LEAST_TILE, TILE_STEP * Math.floor(half / TILE_STEP))
}

/**
 * Strips of one length, `side` latents at most, that cover 0..size. At either end that is not the picture's a strip counts for
 * nothing over its border, and for more and more from there to the end of the overlap.
 */
export function planStrips(size: number, side: number): readonly Strip[] {
  const length = Math.min(size, side)
  const count = length === size ? 1 : Math.ceil((size - OVERLAP) / (length - OVERLAP))
  const starts = Array.from({ length: count }, (_, i) => Math.round((i * (size - length)) / Math.max(1, count - 1)))
  const sums = new Float64Array(size * LATENT_SCALE)
  const ramps = starts.map((start) => {
    const ramp = feather(length, start > 0, start + length < size)
    for (const [i, weight] of ramp.entries()) addAt(sums, start * LATENT_SCALE + i, weight)
    return { start, ramp }
  })
  return ramps.map(({ start, ramp }) => {
    const weights = ramp.map((weight, i) => weight / (sums[start * LATENT_SCALE + i] ?? 1))
    return { start, length, weights }
  })
}

/**
 * Decodes latents [1, channels, h, w] to [1, 3, 16 h, 16 w] in tiles of one shape, `side` latents a side at most, blended where
 * they overlap, and tells of each. A picture that needs one tile only is decoded whole, and nothing is told.
 *
 * The decoder's group norms and the attention in its middle see one tile, not the picture: what comes out differs from the
 * whole picture in its tones, the more so the smaller the tiles.
 *
 * @throws BrokenNumbersError where a tile has NaN, infinities or one flat colour
 */
export async function* decodeInTiles(
  decoder: Decoder,
  latents: Tensor,
  side: number,
): AsyncGenerator<TileEvent, Tensor, undefined> {
  const [, , height = 0, width = 0] = latents.dims
  const rows = planStrips(height, side)
  const columns = planStrips(width, side)
  const places = rows.flatMap((row) => columns.map((column) => ({ row, column })))
  if (places.length === 1) return decodePart(decoder, latents)
  const dims = [1, 3, height * LATENT_SCALE, width * LATENT_SCALE]
  const sums = new Float64Array(sizeOf(dims))
  for (const [done, { row, column }] of places.entries()) {
    addTile(sums, dims, await decodePart(decoder, cut(latents, row, column)), row, column)
    yield { kind: 'tile', tile: done + 1, tiles: places.length }
  }
  return tensor(Float32Array.from(sums), dims)
}

/** @returns [length * LATENT_SCALE], 0..1 */
function feather(length: number, risesAtStart: boolean, fallsAtEnd: boolean): Float64Array {
  const pixels = length * LATENT_SCALE
  const rise = (pixel: number) => ((pixel + 0.5) / LATENT_SCALE - BORDER) / (OVERLAP - 2 * BORDER)
  return Float64Array.from({ length: pixels }, (_, i) => {
    const weight = Math.min(1, risesAtStart ? rise(i) : 1, fallsAtEnd ? rise(pixels - 1 - i) : 1)
    return Math.max(0, weight)
  })
}

async function decodePart(decoder: Decoder, latents: Tensor): Promise<Tensor> {
  const picture = await decoder.decodeLatents(latents)
  requirePicture('decoder', picture)
  return picture
}

function cut({ dims, data }: Tensor, row: Strip, column: Strip): Tensor {
  const [, channels = 0, height = 0, width = 0] = dims
  const part = zeros([1, channels, row.length, column.length])
  let to = 0
  for (let channel = 0; channel < channels; channel++) {
    for (let y = row.start; y < row.start + row.length; y++) {
      const from = (channel * height + y) * width + column.start
      part.data.set(data.subarray(from, from + column.length), to)
      to += column.length
    }
  }
  return part
}

/** Adds a tile to the weighted sums [1, 3, height, width]. */
function addTile(sums: Float64Array, dims: readonly number[], tile: Tensor, row: Strip, column: Strip): void {
  const [, colours = 0, height = 0, width = 0] = dims
  const [top, left] = [row.start * LATENT_SCALE, column.start * LATENT_SCALE]
  requireTile(tile, [1, colours, row.weights.length, column.weights.length])
  let from = 0
  for (let colour = 0; colour < colours; colour++) {
    for (const [y, weight] of row.weights.entries()) {
      const to = (colour * height + top + y) * width + left
      for (let x = 0; x < column.weights.length; x++) {
        addAt(sums, to + x, weight * (column.weights[x] ?? 0) * (tile.data[from++] ?? 0))
      }
    }
  }
}

function requireTile({ dims }: Tensor, expected: readonly number[]): void {
  if (dims.join() === expected.join()) return
  throw new RangeError(`decoder: its tile is [${dims.join(', ')}], not [${expected.join(', ')}]`)
}

function addAt(sums: Float64Array, at: number, value: number): void {
  sums[at] = (sums[at] ?? 0) + value
}
