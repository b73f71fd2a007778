// Shares, pins, bans and added pictures, over small databases whose cosines are known.

import { describe, expect, test } from 'vitest'
import type { Neighbour } from '../../../src/core/diffusion/model-parts.ts'
import { createFlatIndex } from '../../../src/core/retrieval/flat-index.ts'
import { createMixedIndex, type Mixture, shareOut } from '../../../src/core/retrieval/mixing.ts'

const NORTH = Float32Array.of(0, 1)

/** Rows that turn away from north by so many degrees. */
function fan(names: string, ...degrees: number[]) {
  const rows = Float32Array.from(
    degrees.flatMap((degree) => [Math.sin(degree / 57.29578), Math.cos(degree / 57.29578)]),
  )
  return createFlatIndex(
    rows,
    2,
    degrees.map((degree) => `${names}${degree}`),
  )
}

const oils = { id: 'oils', index: fan('oil-', 40, 10, 30, 20, 0), weight: 1 }
const inks = { id: 'inks', index: fan('ink-', 5, 50, 15, 25, 35, 45), weight: 1 }

const mix = (changes: Partial<Mixture> = {}) => createMixedIndex({ databases: [oils, inks], ...changes })
const names = (found: readonly Neighbour[]) => found.map(({ id }) => id)
const pin = (databaseId: string, id: string) => ({ databaseId, id })

describe('a mixture', () => {
  test('takes from each database its nearest rows, by weight, and returns them best first', async () => {
    expect(names(await mix().search(NORTH, 4))).toEqual(['oil-0', 'ink-5', 'oil-10', 'ink-15'])
    const threeToOne = mix({ databases: [{ ...oils, weight: 3 }, inks] })
    expect(names(await threeToOne.search(NORTH, 4))).toEqual(['oil-0', 'ink-5', 'oil-10', 'oil-20'])
  })

  test('of one database is that database', async () => {
    const found = await mix({ databases: [oils] }).search(NORTH, 3)
    const alone = await oils.index.search(NORTH, 3)
    expect(found).toEqual(
      alone.map((neighbour) => ({ ...neighbour, origin: { databaseId: 'oils', row: neighbour.row } })),
    )
  })

  test('says where each neighbour lies, and gives its embedding by the row that it was found in', async () => {
    const index = mix()
    for (const { row, id, origin, score } of await index.search(NORTH, 8)) {
      const database = origin?.databaseId === 'oils' ? oils : inks
      expect(database.index.rowOf(id)).toBe(origin?.row)
      const embedding = await index.embedding(row)
      expect(embedding).toEqual(await database.index.embedding(origin?.row ?? -1))
      expect(embedding[1]).toBeCloseTo(score, 6)
    }
    expect(index.rows).toBe(11)
  })

  test('looks between the prompt and where it is turned to, and scores by that', async () => {
    const east = Float32Array.of(1, 0)
    const turned = mix({ toward: { direction: east, share: 0.5 } })
    const found = await turned.search(NORTH, 3)
    expect(names(found)).toEqual(['ink-45', 'oil-40', 'oil-30'])
    expect(found[0]?.score).toBeCloseTo(1, 5)
    const ofPicture = mix({ query: east, toward: { direction: NORTH, share: 1 } })
    expect(names(await ofPicture.search(east, 4))).toEqual(names(await mix().search(NORTH, 4)))
  })

  test('takes from the others what one database has no rows for', async () => {
    const few = { id: 'few', index: fan('few-', 60), weight: 10 }
    const found = await mix({ databases: [few, oils] }).search(NORTH, 4)
    expect(names(found)).toEqual(['oil-0', 'oil-10', 'oil-20', 'few-60'])
    expect(await mix().search(NORTH, 20)).toHaveLength(11)
  })

  test('takes nothing but pins from a database that weighs nothing', async () => {
    const databases = [{ ...oils, weight: 0 }, inks]
    expect(names(await mix({ databases }).search(NORTH, 2))).toEqual(['ink-5', 'ink-15'])
    const pins = [pin('oils', 'oil-40')]
    expect(names(await mix({ databases, pins }).search(NORTH, 2))).toEqual(['ink-5', 'oil-40'])
    expect(await mix({ databases: [{ ...oils, weight: 0 }] }).search(NORTH, 2)).toEqual([])
  })

  test('always has its pins, once, and shares out the rest', async () => {
    const pins = [pin('inks', 'ink-50'), pin('oils', 'oil-0'), pin('inks', 'ink-50')]
    const found = await mix({ pins }).search(NORTH, 4)
    expect(names(found)).toEqual(['oil-0', 'ink-5', 'oil-10', 'ink-50'])
    expect(found.at(-1)?.score).toBeCloseTo(Math.cos(50 / 57.29578), 6)
    expect(found.at(-1)?.origin).toEqual({ databaseId: 'inks', row: 1 })
  })

  test('never has what is banned, though it be pinned, and fills the place', async () => {
    const bans = [pin('oils', 'oil-0'), pin('oils', 'oil-10'), pin('inks', 'ink-50'), pin('inks', 'gone')]
    const pins = [pin('inks', 'ink-50')]
    expect(names(await mix({ bans, pins }).search(NORTH, 4))).toEqual(['ink-5', 'ink-15', 'oil-20', 'oil-30'])
    expect(await mix({ bans, pins }).search(NORTH, 20)).toHaveLength(8)
  })

  test('does not take a name for another of the same name elsewhere', async () => {
    const twin = { id: 'twin', index: fan('oil-', 40, 10, 30, 20, 0), weight: 1 }
    const found = await mix({ databases: [oils, twin], bans: [pin('twin', 'oil-0')] }).search(NORTH, 2)
    expect(found.map(({ id, origin }) => [id, origin?.databaseId])).toEqual([
      ['oil-0', 'oils'],
      ['oil-10', 'twin'],
    ])
  })

  test('has an added picture once that is a row too, pinned or not, and fills its place with the next', async () => {
    const added = [{ id: 'ink-5', embedding: Float32Array.of(Math.sin(5 / 57.29578), Math.cos(5 / 57.29578)) }]
    const found = await mix({ added, pins: [pin('inks', 'ink-5')] }).search(NORTH, 4)
    expect(names(found)).toEqual(['oil-0', 'ink-5', 'oil-10', 'ink-15'])
    expect(found[1]).not.toHaveProperty('origin')
    const all = await mix({ added }).search(NORTH, 20)
    expect(all).toHaveLength(11)
    expect(new Set(names(all)).size).toBe(11)
  })

  test('has added pictures first, at unit length, which lie in no database', async () => {
    const added = [{ id: 'holiday', embedding: Float32Array.of(5, 0) }]
    const index = mix({ added, pins: [pin('inks', 'ink-50')] })
    const found = await index.search(NORTH, 3)
    expect(names(found)).toEqual(['oil-0', 'ink-50', 'holiday'])
    expect(found[2]).toEqual({ row: 11, id: 'holiday', score: 0 })
    expect(await index.embedding(11)).toEqual(Float32Array.of(1, 0))
    expect(names(await index.search(NORTH, 1))).toEqual(['holiday'])
  })

  test('looks for a picture instead of the prompt', async () => {
    const query = Float32Array.of(3 * Math.sin(35 / 57.29578), 3 * Math.cos(35 / 57.29578))
    expect((await mix({ query }).search(NORTH, 1))[0]).toMatchObject({ id: 'oil-40' })
    expect((await mix({ query, databases: [inks] }).search(NORTH, 1))[0]?.score).toBeCloseTo(1, 6)
  })

  test('finds nothing where k is 0', async () => {
    expect(await mix({ added: [{ id: 'x', embedding: NORTH }] }).search(NORTH, 0)).toEqual([])
  })

  test.each<[string, Partial<Mixture>, RegExp]>([
    ['no database', { databases: [] }, /no database/],
    ['two of one id', { databases: [oils, oils] }, /two databases are "oils"/],
    ['a negative weight', { databases: [{ ...oils, weight: -1 }] }, /"oils" weighs -1/],
    ['a weight that is no number', { databases: [{ ...oils, weight: Number.NaN }] }, /weighs NaN/],
    [
      'rows of two sizes',
      { databases: [oils, { ...inks, index: createFlatIndex(Float32Array.of(1, 0, 0), 3, ['a']) }] },
      /rows of 3 numbers, not 2/,
    ],
    ['a pin that is nowhere', { pins: [pin('inks', 'oil-0')] }, /no picture "oil-0" in "inks"/],
    ['a pin in no database of it', { pins: [pin('gone', 'oil-0')] }, /no picture "oil-0" in "gone"/],
    ['a picture of another size', { added: [{ id: 'x', embedding: Float32Array.of(1) }] }, /has 1 numbers/],
    ['a picture without a direction', { added: [{ id: 'x', embedding: Float32Array.of(0, 0) }] }, /no direction/],
    ['a query without a direction', { query: Float32Array.of(0, Number.NaN) }, /no direction/],
  ])('is refused for %s', (_, changes, message) => {
    expect(() => mix(changes)).toThrow(RangeError)
    expect(() => mix(changes)).toThrow(message)
  })

  test('refuses a query of another size and rows that it has not', async () => {
    await expect(mix().search(Float32Array.of(1), 1)).rejects.toThrow(/1 numbers/)
    await expect(mix().embedding(11)).rejects.toThrow(/no row 11/)
    await expect(mix().embedding(-1)).rejects.toThrow(/no row -1/)
  })

  test('lets others have a turn while it searches', async () => {
    const stop = async () => {
      throw new Error('cancelled')
    }
    const many = createFlatIndex(new Float32Array(9_000_000).fill(1), 3000, Array(3000).fill('row'))
    const index = createMixedIndex({ databases: [{ id: 'many', index: many, weight: 1 }] })
    await expect(index.search(new Float32Array(3000).fill(1), 1, { pause: stop })).rejects.toThrow('cancelled')
  })
})

describe('shares by the largest remainder', () => {
  test.each<[number, number[], number[], number[]]>([
    [10, [1, 1], [99, 99], [5, 5]],
    [10, [0.7, 0.2, 0.1], [99, 99, 99], [7, 2, 1]],
    [10, [1, 1, 1], [99, 99, 99], [4, 3, 3]],
    [5, [6, 3, 1], [99, 99, 99], [3, 2, 0]],
    [3, [1, 1], [99, 99], [2, 1]],
    [6, [1, 1, 1], [1, 99, 99], [1, 3, 2]],
    [10, [8, 1, 1], [2, 3, 99], [2, 3, 5]],
    [10, [1, 1], [2, 3], [2, 3]],
    [4, [0, 1], [99, 2], [0, 2]],
    [0, [1, 1], [99, 99], [0, 0]],
  ])('%i places for weights %j with room for %j are %j', (places, weights, room, expected) => {
    expect(shareOut(places, weights, room)).toEqual(expected)
  })

  test('give away every place there is room for, and no more, whatever the weights', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const draw = (i: number) => ((seed * 7919 + i * 104_729) % 1009) / 1009
      const weights = Array.from({ length: 1 + (seed % 6) }, (_, i) => 0.001 + draw(i))
      const room = weights.map((_, i) => Math.floor(draw(i + 50) * 12))
      const shares = shareOut(19, weights, room)
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
      expect(sum(shares)).toBe(Math.min(19, sum(room)))
      expect(shares.every((share, i) => share >= 0 && share <= (room[i] ?? 0))).toBe(true)
    }
  })
})
