// The jobs behind the constellation: a large style is sketched while it is read, then mapped whole.

import { expect, it } from 'vitest'
import type { Toward } from '../../src/core/diffusion/recipe.ts'
import { createFlatIndex } from '../../src/core/retrieval/flat-index.ts'
import { floatToHalfArray } from '../../src/core/tensor/half.ts'
import type { OpenedPack } from '../../src/platform/opened-pack.ts'
import type { OpenStyle, StyleLibrary } from '../../src/platform/style-library.ts'
import type { Jobs } from '../../src/protocol/jobs.ts'
import { createMapJobs } from '../../workers/map-jobs.ts'

const values = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0.6, 0.8, 0)
const ids = ['a', 'b', 'c', 'd']
const style = { index: createFlatIndex(values, 3, ids), ids } as unknown as OpenStyle

/** What the job tells and gives; 'opened' where the style is opened. */
async function map(sample: Float32Array | null) {
  const told: unknown[] = []
  const styles: StyleLibrary = {
    open: async () => {
      told.push('opened')
      return style
    },
    sample: async () => sample && { embeddings: floatToHalfArray(sample), dim: 3 },
  }
  const jobs = createMapJobs(() => ({ styles }) as unknown as OpenedPack)
  const job = jobs['style-map']({ styleId: 'user:sea' }, new AbortController().signal)
  for (;;) {
    const { done, value } = await job.next()
    if (done) return { told, map: value satisfies Jobs['style-map']['output'] }
    if (value.kind === 'sketch') told.push(value.points)
  }
}

it('sketches the rows of a sample before the style is opened', async () => {
  const { told, map: made } = await map(values.subarray(0, 6))
  expect(told).toEqual([expect.any(Float32Array), 'opened'])
  expect(told[0]).toHaveLength(4)
  expect(made.ids).toEqual(ids)
  expect(made.points).toHaveLength(8)
})

it('opens at once what needs no sketch, and has the same map', async () => {
  const { told, map: made } = await map(null)
  expect(told).toEqual(['opened'])
  expect(made).toEqual((await map(values)).map)
})

it('maps rows once, also where their style has another name or other captions', async () => {
  let walks = 0
  const walk = () => {
    walks++
    return style.index.walk()
  }
  const index = { ...style.index, walk }
  let shown = { ...style, index }
  const styles: StyleLibrary = { open: async () => shown, sample: async () => null }
  const jobs = createMapJobs(() => ({ styles }) as unknown as OpenedPack)
  const mapNow = async () => {
    const job = jobs['style-map']({ styleId: 'user:sea' }, new AbortController().signal)
    for (;;) {
      const { done, value } = await job.next()
      if (done) return value.points
    }
  }
  const first = await mapNow()
  shown = { ...shown }
  expect(await mapNow()).toEqual(first)
  expect(walks).toBe(1)
  shown = { ...shown, index: { ...index } }
  await mapNow()
  expect(walks).toBe(2)
})

it('places the prompt where its own neighbours lie, also where the search is turned elsewhere', async () => {
  const query = Float32Array.of(1, 0, 0)
  const textEncoder = { encodeText: async () => ({ embedding: query, tokenCount: 3, maxTokens: 8, cutText: '' }) }
  const picture: OpenStyle['picture'] = async (found) => found.map((one) => ({ ...one, caption: '', thumbnail: null }))
  const opened = { ...style, picture }
  const pack = { styles: { open: async () => opened }, textEncoder, clip: { id: 'c', dim: 3 } }
  const jobs = createMapJobs(() => pack as unknown as OpenedPack)
  const place = async (toward: Toward | null) => {
    const steering = { pins: [], bans: [], mix: [], ...(toward === null ? {} : { toward }) }
    const input = { prompt: 'a', styleId: 'ink', k: 1, steering }
    const { value } = await jobs['place-prompt'](input, new AbortController().signal).next()
    return value as Jobs['place-prompt']['output']
  }
  const words = await place(null)
  const turned = await place({ share: 0.9, pictures: [{ id: 'c', weight: 1 }], place: { x: 1, y: 1 } })
  expect([words.neighbours[0]?.id, turned.neighbours[0]?.id]).toEqual(['a', 'c'])
  expect([turned.x, turned.y]).toEqual([words.x, words.y])
})
