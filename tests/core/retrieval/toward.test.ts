// A star dragged over a small map: which pictures it stands for, how far they count, and what is looked for then.

import { describe, expect, it } from 'vitest'
import type { Toward } from '../../../src/core/diffusion/recipe.ts'
import { createFlatIndex } from '../../../src/core/retrieval/flat-index.ts'
import { dropStar, HALF_WAY, meanDirection, placeToward, turnToward } from '../../../src/core/retrieval/toward.ts'
import { TorchGenerator } from '../../../src/core/tensor/random.ts'

const ids = ['nw', 'ne', 'sw', 'se', 'middle', 'far']
const map = { points: Float32Array.of(-0.5, -0.5, 0.5, -0.5, -0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0.95), ids }
const weightsOf = (toward: Toward | null) => new Map(toward?.pictures.map(({ id, weight }) => [id, weight]))

describe('dropStar', () => {
  it('names the nearest five, weighted by the inverse square of their distance', () => {
    const toward = dropStar(map, { x: -0.5, y: 0 }, { x: 0.25, y: 0 })
    const weights = weightsOf(toward)
    expect([...weights.keys()].toSorted()).toEqual(['middle', 'ne', 'nw', 'se', 'sw'])
    expect(toward?.pictures[0]?.id).toBe('middle')
    // Squares of distances: 1/16 to the middle, 5/16 to those at the right.
    expect((weights.get('middle') ?? 0) / (weights.get('ne') ?? 0)).toBeCloseTo(5, 1)
    expect([...weights.values()].reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 2)
    expect(toward?.place).toEqual({ x: 0.25, y: 0 })
  })

  it('on a picture is that picture', () => {
    expect(dropStar(map, { x: 0, y: 0 }, { x: 0.5, y: -0.5 })?.pictures).toEqual([{ id: 'ne', weight: 1 }])
  })

  it('counts for more the farther the star was dragged, at most as much as the words', () => {
    const shares = [0, 0.1, 0.3, 0.6, 1, 1.8].map((x) => dropStar(map, { x: -0.9, y: 0 }, { x: x - 0.9, y: 0 })?.share)
    expect(shares).toEqual([undefined, 0.05, 0.15, 0.3, 0.5, 0.5])
  })

  it('is nothing where there is no picture', () => {
    expect(dropStar({ points: new Float32Array(), ids: [] }, { x: 0, y: 0 }, { x: 1, y: 0 })).toBeNull()
  })

  it('finds the same five of many thousand points as sorting them all would', () => {
    const rows = 60_000
    const points = new TorchGenerator(5).randn([rows, 2]).data
    const place = { x: 0.3, y: -0.2 }
    const distance = (row: number) => Math.hypot((points[2 * row] ?? 0) - place.x, (points[2 * row + 1] ?? 0) - place.y)
    const sorted = Array.from({ length: rows }, (_, row) => row).sort((a, b) => distance(a) - distance(b))
    const names = Array.from({ length: rows }, (_, row) => `${row}`)
    const toward = dropStar({ points, ids: names }, { x: 0, y: 0 }, place)
    expect(toward?.pictures.map(({ id }) => id)).toEqual(sorted.slice(0, 5).map((row) => `${row}`))
  })
})

describe('placeToward', () => {
  const pictures = [
    { id: 'ne', weight: 3 },
    { id: 'sw', weight: 1 },
  ]

  it('is where the star was let go or, where it was drawn from the list, among its pictures', () => {
    expect(placeToward(map, { share: HALF_WAY, pictures, place: { x: 0.1, y: 0.9 } })).toEqual({ x: 0.1, y: 0.9 })
    expect(placeToward(map, { share: HALF_WAY, pictures })).toEqual({ x: 0.25, y: -0.25 })
  })

  it('is nowhere where none of the pictures is there any more', () => {
    const gone = { share: HALF_WAY, pictures: [{ id: 'gone', weight: 1 }], place: { x: 0, y: 0 } }
    expect(placeToward(map, gone)).toBeNull()
  })
})

describe('meanDirection', () => {
  const index = createFlatIndex(Float32Array.of(2, 0, 0, 5, -1, 0), 2, ['east', 'north', 'west'])

  it('weighs unit embeddings, passes over what is gone, and has unit length', async () => {
    const mean = await meanDirection(index, [
      { id: 'east', weight: 3 },
      { id: 'gone', weight: 9 },
      { id: 'north', weight: 4 },
    ])
    expect([...(mean ?? [])]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)])
  })

  it('is none where all are gone, or cancel each other out', async () => {
    const weight = 1
    expect(await meanDirection(index, [{ id: 'gone', weight }])).toBeNull()
    const opposite = ['east', 'west'].map((id) => ({ id, weight }))
    expect(await meanDirection(index, opposite)).toBeNull()
  })
})

describe('turnToward', () => {
  const east = Float32Array.of(3, 0)
  const north = Float32Array.of(0, 0.2)

  it('goes from the query to the direction, whatever their lengths', () => {
    expect([...turnToward(east, north, 0)]).toEqual([1, 0])
    expect([...turnToward(east, north, 1)]).toEqual([0, 1])
    const half = turnToward(east, north, 0.5)
    expect([...half]).toEqual([expect.closeTo(Math.SQRT1_2, 6), expect.closeTo(Math.SQRT1_2, 6)])
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => turnToward(east, north, share)).toThrow(/^toward: .* is no share/)
  })

  it('refuses what cancels out', () => {
    expect(() => turnToward(east, Float32Array.of(-1, 0), 0.5)).toThrow(RangeError)
  })
})
