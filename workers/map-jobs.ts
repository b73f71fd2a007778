// The bodies of the jobs behind the constellation: a style as a flat map, its pictures, and a prompt's place among them.

import { mapRows, PLACING_NEIGHBOURS, placeAmong } from '../src/core/retrieval/projection.ts'
import { halfToFloatArray } from '../src/core/tensor/half.ts'
import type { OpenedPack } from '../src/platform/opened-pack.ts'
import type { OpenStyle, StyleLibrary } from '../src/platform/style-library.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { Jobs } from '../src/protocol/jobs.ts'
import { steerStyle } from './steered-style.ts'

type MapEvent = Jobs['style-map']['event']
type MapJobs = Pick<JobHandlers, 'style-map' | 'style-pictures' | 'place-prompt'>

/** @param requirePack throws where no pack is open */
export function createMapJobs(requirePack: () => OpenedPack): MapJobs {
  const maps = new WeakMap<OpenStyle, Float32Array>()

  function* mapOf(style: OpenStyle): Generator<number, Float32Array, void> {
    const known = maps.get(style)
    if (known !== undefined) return known
    const { rows, dim, embedding } = style.index
    const points = yield* mapRows(rows, dim, embedding)
    maps.set(style, points)
    return points
  }

  return {
    async *'style-map'({ styleId }) {
      const { styles } = requirePack()
      yield* sketchOf(styles, styleId)
      const style = await styles.open(styleId)
      const mapping = mapOf(style)
      for (;;) {
        const { done, value } = mapping.next()
        // What is returned is transferred; the map itself stays for 'place-prompt'.
        if (done) return { points: value.slice(), ids: style.ids }
        yield { kind: 'progress', done: value, total: style.index.rows }
      }
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
      const place = placeAmong(finish(mapOf(style)), near) ?? { x: 0, y: 0 }
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

/** Runs to the end what is most often there already. */
function finish<Result>(task: Generator<unknown, Result, void>): Result {
  for (;;) {
    const { done, value } = task.next()
    if (done) return value
  }
}
