// Pictures put together from tiles, against the same decoders' whole pictures.

import { describe, expect, it } from 'vitest'
import { BrokenNumbersError } from '../../../src/core/diffusion/broken-numbers.ts'
import { LATENT_SCALE } from '../../../src/core/diffusion/latents.ts'
import type { Decoder } from '../../../src/core/diffusion/model-parts.ts'
import { decodeInTiles, LEAST_TILE, planStrips, smallerTile } from '../../../src/core/diffusion/tiled-decode.ts'
import { TorchGenerator } from '../../../src/core/tensor/random.ts'
import { type Tensor, zeros } from '../../../src/core/tensor/tensor.ts'

const SHAPES = [
  [16, 16],
  [17, 13],
  [29, 9],
] as const

function drawLatents(height: number, width: number): Tensor {
  return new TorchGenerator(5).randn([1, 3, height, width])
}

/** Each pixel is its latent's colour, told from those around it by the reach of `look`. Keeps the shapes that it was given. */
function createDecoder(look: (at: (dy: number, dx: number) => number) => number) {
  const shapes: (readonly number[])[] = []
  const decoder: Decoder = {
    decodeLatents: async ({ dims, data }) => {
      shapes.push(dims)
      const [, , height = 0, width = 0] = dims
      const picture = zeros([1, 3, height * LATENT_SCALE, width * LATENT_SCALE])
      for (const [i] of picture.data.entries()) {
        const x = Math.floor((i % (width * LATENT_SCALE)) / LATENT_SCALE)
        const row = Math.floor(i / (width * LATENT_SCALE))
        const [colour, y] = [Math.floor(row / (height * LATENT_SCALE)), Math.floor(row / LATENT_SCALE) % height]
        picture.data[i] = look((dy, dx) => {
          const isInside = y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width
          return isInside ? (data[(colour * height + y + dy) * width + x + dx] ?? 0) : 0
        })
      }
      return picture
    },
  }
  return { decoder, shapes }
}

const createPointwise = () => createDecoder((at) => Math.tanh(at(0, 0)))

/** As a convolution that reaches so many latents far, with a border of zeros. */
function createBlur(reach: number) {
  const offsets = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach)
  const places = offsets.flatMap((dy) => offsets.map((dx) => [dy, dx] as const))
  return createDecoder((at) => places.reduce((sum, [dy, dx]) => sum + at(dy, dx), 0) / places.length).decoder
}

async function decode(decoder: Decoder, latents: Tensor, side: number) {
  const told: string[] = []
  const decoding = decodeInTiles(decoder, latents, side)
  for (;;) {
    const { done, value } = await decoding.next()
    if (done) return { picture: value, told }
    told.push(`${value.tile}/${value.tiles}`)
  }
}

it('is tried in tiles of about half the side, then of half that, down to the least', () => {
  const ladder = (side: number): readonly number[] => {
    const smaller = smallerTile(side)
    return smaller === null ? [] : [smaller, ...ladder(smaller)]
  }
  expect(ladder(48)).toEqual([28, 16, 12])
  expect(ladder(24)).toEqual([16, 12])
  expect(ladder(16)).toEqual([12])
  expect(ladder(8)).toEqual([])
})

it('has strips of one length that cover a side, overlap by eight latents at least, and count for 1 together', () => {
  for (let size = 1; size <= 60; size++) {
    for (const side of [LEAST_TILE, 13, 16, 28, 40]) {
      const strips = planStrips(size, side)
      const ends = strips.map(({ start, length }) => start + length)
      expect([strips[0]?.start, ends.at(-1)]).toEqual([0, size])
      expect(new Set(strips.map(({ length }) => length))).toEqual(new Set([Math.min(size, side)]))
      const overlaps = strips.slice(1).map(({ start }, i) => (ends[i] ?? 0) - start)
      expect(Math.min(...overlaps)).toBeGreaterThanOrEqual(8)
      const sums = new Float64Array(size * LATENT_SCALE)
      for (const { start, weights } of strips) {
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0)
        for (const [pixel, weight] of weights.entries()) {
          const at = start * LATENT_SCALE + pixel
          sums[at] = (sums[at] ?? 0) + weight
        }
      }
      expect(Math.max(...sums.map((sum) => Math.abs(sum - 1)))).toBeLessThan(1e-12)
    }
  }
})

describe.each(SHAPES)('latents of %d x %d', (height, width) => {
  it('come out the same, number for number, where each stands for itself', async () => {
    const latents = drawLatents(height, width)
    const { picture } = await decode(createPointwise().decoder, latents, LEAST_TILE)
    expect(picture).toEqual(await createPointwise().decoder.decodeLatents(latents))
  })

  it.each([
    // What a tile's border spoils counts for nothing.
    { reach: 2, share: 0 },
    // The first latent past the border lacks one in seven of its neighbours, and counts for a quarter; in a corner, twice that.
    { reach: 3, share: 2 * (1 / 4) * (1 / 7) },
  ])('come out nearly the same where a decoder looks $reach latents far', async ({ reach, share }) => {
    const latents = drawLatents(height, width)
    const { picture } = await decode(createBlur(reach), latents, LEAST_TILE)
    const whole = await createBlur(reach).decodeLatents(latents)
    const largest = Math.max(...latents.data.map(Math.abs))
    const errors = picture.data.map((value, i) => Math.abs(value - (whole.data[i] ?? 0)))
    expect(errors.reduce((most, error) => Math.max(most, error), 0)).toBeLessThan(share * largest + 1e-6)
  })

  it('are decoded in tiles of one shape, each told of', async () => {
    const { decoder, shapes } = createPointwise()
    const { told } = await decode(decoder, drawLatents(height, width), LEAST_TILE)
    expect(new Set(shapes.map(String)).size).toBe(1)
    expect(Math.max(...(shapes[0]?.slice(2) ?? []))).toBe(LEAST_TILE)
    expect(told).toEqual(shapes.map((_, i) => `${i + 1}/${shapes.length}`))
  })

  it('are decoded whole, with nothing told, where one tile covers them', async () => {
    const { decoder, shapes } = createPointwise()
    const { told } = await decode(decoder, drawLatents(height, width), Math.max(height, width))
    expect({ told, shapes }).toEqual({ told: [], shapes: [[1, 3, height, width]] })
  })
})

it('asks nothing more of the decoder once it is ended between two tiles', async () => {
  const { decoder, shapes } = createPointwise()
  for await (const { tile } of decodeInTiles(decoder, drawLatents(16, 16), LEAST_TILE)) if (tile === 2) break
  expect(shapes).toHaveLength(2)
})

it('passes no tile off as a part of a picture that is flat, or of another size', async () => {
  const latents = drawLatents(16, 16)
  const side = LEAST_TILE * LATENT_SCALE
  const black = { decodeLatents: async () => ({ dims: [1, 3, side, side], data: new Float32Array(3 * side ** 2) }) }
  await expect(decode(black, latents, LEAST_TILE)).rejects.toThrow(BrokenNumbersError)
  const small = { decodeLatents: async () => ({ dims: [1, 3, 1, 1], data: Float32Array.of(1, 2, 3) }) }
  await expect(decode(small, latents, LEAST_TILE)).rejects.toThrow(
    'decoder: its tile is [1, 3, 1, 1], not [1, 3, 192, 192]',
  )
})
