// A style as a person steers it: pins, bans and other styles mixed in, each neighbour shown from the style it lies in.

import { expect, it } from 'vitest'
import { createFlatIndex } from '../../src/core/retrieval/flat-index.ts'
import type { OpenStyle, StyleLibrary } from '../../src/platform/style-library.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { steerStyle } from '../../workers/steered-style.ts'

function styleOf(name: string, rows: readonly (readonly [number, number])[]): OpenStyle {
  const ids = rows.map((_, row) => `${name}${row}`)
  return {
    index: createFlatIndex(Float32Array.from(rows.flat()), 2, ids),
    ids,
    hash: name,
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
}
const query = Float32Array.of(1, 0)
const none = { pins: [], bans: [], mix: [] }

async function find(steering: Parameters<typeof steerStyle>[2], k: number): Promise<string[]> {
  const style = await steerStyle(library, 'ink', steering)
  const found = await style.picture(await style.index.search(query, k))
  return found.map(({ id, caption }) => `${id}: ${caption}`)
}

it('is the style itself where nothing steers it', async () => {
  expect(await steerStyle(library, 'ink', none)).toBe(styles.ink)
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

it('rejects where a mixed style is not there', async () => {
  const steering = { ...none, mix: [{ databaseId: 'glass', weight: 1 }] }
  await expect(steerStyle(library, 'ink', steering)).rejects.toMatchObject({ code: 'database-missing' })
})
