// The bodies of the jobs behind the constellation: a style as a flat map, its pictures, and a prompt's place among them.

import { mapIndex, mapRows, PLACING_NEIGHBOURS, placeAmong } from '../src/core/retrieval/projection.ts'
import { halfToFloatArray } from '../src/core/tensor/half.ts'
import type { OpenedPack } from '../src/platform/opened-pack.ts'
import type { OpenStyle, StyleLibrary } from '../src/platform/style-library.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { Jobs } from '../src/protocol/jobs.ts'
import { nextMacrotask } from '../src/protocol/next-macrotask.ts'
import { steerStyle } from './steered-style.ts'

type MapEvent = Jobs['style-map']['event']
type MapJobs = Pick<JobHandlers, 'style-map' | 'style-pictures' | 'place-prompt'>

/** @param requirePack throws where no pack is open */
export function createMapJobs(requirePack: () => OpenedPack): MapJobs {
  /** By what they were made of: a style of another name or other captions has the same. */
  const maps = new WeakMap<OpenStyle['index'], Float32Array>()

  async function* mapOf({ index }: OpenStyle): AsyncGenerator<number, Float32Array, void> {
    const known = maps.get(index)
    if (known !== undefined) return known
    const points = yield* mapIndex(index)
    maps.set(index, points)
    return points
  }

  return {
    async *'style-map'({ styleId }) {
      const { styles } = requirePack()
      yield* sketchOf(styles, styleId)
      const style = await styles.open(styleId)
      const points = yield* told(mapOf(style), style.index.rows)
      // What is returned is transferred; the map itself stays for 'place-prompt'.
      return { points: points.slice(), ids: style.ids }
    },

    async *'style-pictures'({ styleId, rows }) {
      const style = await requirePack().styles.open(styleId)
      const pictures = await style.picture(rows.map((row) => ({ row, id: style.ids[row] ?? '', score: 0 })))
      return { pictures: pictures.map(({ thumbnail, caption }) => ({ thumbnail, caption })) }
    },

    async *'place-prompt'({ prompt, styleId, k, steering }) {
      const { styles, textEncoder, clip } = requirePack()
      if (prompt.trim() === '') throw new JobError('invalid-input', 'the prompt is empty')
      const style = await styles.open(styleId)
      const steered = await steerStyle(styles, styleId, steering, clip)
      const { embedding, tokenCount, maxTokens, cutText } = await textEncoder.encodeText(prompt)
      const cut = tokenCount > maxTokens ? { tokenCount, maxTokens, cutText } : null
      const found = await steered.index.search(embedding, k)
      // The prompt's own place is where the star would lie if nobody had moved it.
      const { toward, ...unmoved } = steering
      const words = toward === undefined ? null : await steerStyle(styles, styleId, unmoved, clip)
      const ofWords = words === null ? found : await words.index.search(embedding, k)
      const own = ofWords.filter(({ row }) => row < style.index.rows)
      const near =
        own.length < PLACING_NEIGHBOURS ? await style.index.search(steered.query ?? embedding, PLACING_NEIGHBOURS) : own
      const place = placeAmong(await finish(mapOf(style)), near) ?? { x: 0, y: 0 }
      return { ...place, cut, neighbours: await steered.picture(found) }
    },
  }
}

/** A large style takes seconds to be read: until then, a map of a few of its rows. */
async function* sketchOf(styles: StyleLibrary, styleId: string): AsyncGenerator<MapEvent, void> {
  const sample = await styles.sample(styleId)
  if (sample === null || sample.embeddings.length === 0) return
  const { embeddings, dim } = sample
  const total = embeddings.length / dim
  const values = halfToFloatArray(embeddings)
  const mapping = mapRows(total, dim, (row) => values.subarray(row * dim, (row + 1) * dim))
  for (;;) {
    const { done, value } = mapping.next()
    if (done) return yield { kind: 'sketch', points: value }
    yield { kind: 'progress', done: 0, total }
  }
}

async function* told(
  mapping: AsyncGenerator<number, Float32Array, void>,
  total: number,
): AsyncGenerator<MapEvent, Float32Array, void> {
  try {
    for (;;) {
      const { done, value } = await mapping.next()
      if (done) return value
      yield { kind: 'progress', done: value, total }
    }
  } finally {
    await mapping.return(new Float32Array())
  }
}

/** Runs to the end what is most often there already; others get a turn meanwhile. */
async function finish<Result>(task: AsyncGenerator<unknown, Result, void>): Promise<Result> {
  for (;;) {
    const { done, value } = await task.next()
    if (done) return value
    await nextMacrotask()
  }
}
