// A style as a person steers it: pins, bans and other styles mixed in, each neighbour shown from the style it lies in.

import { expect, it } from 'vitest'
import { type GivenPicture, writeEmbedding } from '../../src/core/diffusion/given-picture.ts'
import { createFlatIndex } from '../../src/core/retrieval/flat-index.ts'
import type { OpenStyle, StyleLibrary } from '../../src/platform/style-library.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { steerStyle } from '../../workers/steered-style.ts'

function styleOf(name: string, rows: readonly (readonly [number, number])[]): OpenStyle {
  const ids = rows.map((_, row) => `${name}${row}`)
  return {
    index: createFlatIndex(Float32Array.from(rows.flat()), 2, ids),
    ids,
    hash: async () => name,
    picture: async (neighbours) =>
      neighbours.map((neighbour) => ({ ...neighbour, caption: `${name} row ${neighbour.row}`, thumbnail: null })),
    cover: async () => [],
  }
}

const styles: Record<string, OpenStyle> = {
  ink: styleOf('ink', [
    [1, 0],
    [0.9, 0.1],
    [0, 1],
  ]),
  tile: styleOf('tile', [
    [0.95, 0],
    [0.5, 0.5],
  ]),
}
const library: StyleLibrary = {
  open: async (id) => {
    const style = styles[id]
    if (style === undefined) throw new JobError('database-missing', id)
    return style
  },
  sample: async () => null,
}
const query = Float32Array.of(1, 0)
const clip = { id: 'c', dim: 2 }
const none = { pins: [], bans: [], mix: [] }

async function find(steering: Parameters<typeof steerStyle>[2], k: number): Promise<string[]> {
  const style = await steerStyle(library, 'ink', steering, clip)
  const found = await style.picture(await style.index.search(query, k))
  return found.map(({ id, caption }) => `${id}: ${caption}`)
}

it('is the style itself where nothing steers it', async () => {
  expect(await steerStyle(library, 'ink', none, clip)).toBe(styles.ink)
})

it('always has the pinned and never the banned among the neighbours', async () => {
  expect(await find({ ...none, pins: ['ink2'] }, 2)).toEqual(['ink0: ink row 0', 'ink2: ink row 2'])
  expect(await find({ ...none, bans: ['ink0'] }, 2)).toEqual(['ink1: ink row 1', 'ink2: ink row 2'])
})

it('passes over pins and bans that the style does not have any more', async () => {
  expect(await find({ ...none, pins: ['gone'], bans: ['gone too'] }, 1)).toEqual(['ink0: ink row 0'])
})

it('shares the neighbours out among mixed styles, and shows each from its own', async () => {
  const mixed = await find({ ...none, mix: [{ databaseId: 'tile', weight: 1 }] }, 4)
  expect(mixed.toSorted()).toEqual(['ink0: ink row 0', 'ink1: ink row 1', 'tile0: tile row 0', 'tile1: tile row 1'])
})

it('always has the pinned of a style that is mixed in, never the banned, and passes over those of one that is not', async () => {
  const mix = [{ databaseId: 'tile', weight: 1 }]
  const tile = (row: number) => ({ databaseId: 'tile', id: `tile${row}` })
  expect(await find({ ...none, mix }, 2)).toEqual(['ink0: ink row 0', 'tile0: tile row 0'])
  expect(await find({ ...none, mix, pins: [tile(1)] }, 2)).toEqual(['ink0: ink row 0', 'tile1: tile row 1'])
  expect(await find({ ...none, mix, bans: [tile(0)] }, 2)).toEqual(['ink0: ink row 0', 'tile1: tile row 1'])
  expect(await find({ ...none, pins: [tile(1)], bans: [tile(0)] }, 1)).toEqual(['ink0: ink row 0'])
})

it('tells rows of two styles that have one id from each other, by pins, bans and captions', async () => {
  styles.twin = { ...styleOf('twin', [[0.8, 0.2]]), index: createFlatIndex(Float32Array.of(0.8, 0.2), 2, ['ink2']) }
  const mix = [{ databaseId: 'twin', weight: 1 }]
  const twin = { databaseId: 'twin', id: 'ink2' }
  expect(await find({ ...none, mix, pins: [twin] }, 1)).toEqual(['ink2: twin row 0'])
  expect(await find({ ...none, mix, pins: ['ink2'] }, 1)).toEqual(['ink2: ink row 2'])
  expect(await find({ ...none, mix, bans: [twin] }, 4)).toEqual([
    'ink0: ink row 0',
    'ink1: ink row 1',
    'ink2: ink row 2',
  ])
  expect(await find({ ...none, mix, bans: ['ink2'] }, 4)).toEqual([
    ...['ink0: ink row 0', 'ink1: ink row 1', 'ink2: twin row 0'],
  ])
})

it('rejects where a mixed style is not there', async () => {
  const steering = { ...none, mix: [{ databaseId: 'glass', weight: 1 }] }
  await expect(steerStyle(library, 'ink', steering, clip)).rejects.toMatchObject({ code: 'database-missing' })
})

const given = (id: string, embedding: Float32Array): GivenPicture => ({
  ...{ id, name: `${id}.png`, clipId: clip.id },
  embedding: writeEmbedding(embedding),
})

it('has a given picture among the neighbours, by its name and with its thumbnail', async () => {
  const thumbnail = new Blob(['boat'])
  const added = [{ ...given('boat', Float32Array.of(-3, 0)), thumbnail }]
  expect(await find({ ...none, added }, 2)).toEqual(['ink0: ink row 0', 'boat: boat.png'])
  const style = await steerStyle(library, 'ink', { ...none, added }, clip)
  const [, boat] = await style.picture(await style.index.search(query, 2))
  expect(boat).toMatchObject({ thumbnail, row: 3, isGiven: true })
  expect(boat?.score).toBeCloseTo(-1, 3)
  expect([...(await style.index.embedding(boat?.row ?? 0))]).toEqual([-1, 0])
})

it('looks for a given picture in place of the prompt', async () => {
  const steering = { ...none, query: given('sea', Float32Array.of(0, 5)) }
  expect(await find(steering, 1)).toEqual(['ink2: ink row 2'])
  expect([...((await steerStyle(library, 'ink', steering, clip)).query ?? [])]).toEqual([0, 1])
})

it('refuses a given picture that another CLIP read, and one that is none', async () => {
  const boat = given('boat', Float32Array.of(1, 0))
  for (const steering of [
    { ...none, added: [{ ...boat, clipId: 'other' }] },
    { ...none, query: { ...boat, clipId: 'other' } },
  ]) {
    const steered = steerStyle(library, 'ink', steering, clip)
    await expect(steered).rejects.toMatchObject({ code: 'database-other-clip' })
  }
  const short = { ...none, query: { ...boat, embedding: '3c00' } }
  await expect(steerStyle(library, 'ink', short, clip)).rejects.toMatchObject({ code: 'invalid-input' })
})

const toNorth = (share: number, weight = 1) => ({ share, pictures: [{ id: 'ink2', weight }] })

it('looks for what lies between the words and the pictures that the star was dragged to', async () => {
  expect(await find({ ...none, toward: toNorth(0.4) }, 1)).toEqual(['ink1: ink row 1'])
  expect(await find({ ...none, toward: toNorth(0.9) }, 1)).toEqual(['ink2: ink row 2'])
})

it('is the style itself where the pictures that the star was dragged to are gone', async () => {
  const toward = { share: 0.5, pictures: [{ id: 'gone', weight: 1 }] }
  expect(await steerStyle(library, 'ink', { ...none, toward }, clip)).toBe(styles.ink)
})

it.each([toNorth(0), toNorth(1.5), toNorth(0.5, -1), toNorth(0.5, Number.POSITIVE_INFINITY)])(
  'refuses to be turned by %j',
  async (toward) => {
    await expect(steerStyle(library, 'ink', { ...none, toward }, clip)).rejects.toMatchObject({ code: 'invalid-input' })
  },
)
