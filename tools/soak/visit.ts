// One visit of as many pictures as the time allows, whose memory is measured after every twenty: it must not grow.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { beginLongVisit, type Held } from '../../e2e/long-visit.ts'
import { serveFolder } from '../static-server.ts'
import { createTable } from './tally.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const PICTURES = 20
/** Above what was held after the first twenty. What a browser keeps for itself varies by less. */
const MOST_MORE_BYTES = 8 << 20

/** A case is a picture; those of a round after which the page holds too much more than at first are lost. Needs a build in dist. */
export async function soakVisit(minutes: number): Promise<number> {
  if (!existsSync(DIST)) throw new Error('there is no build: npm run build')
  const end = performance.now() + minutes * 60_000
  const server = await serveFolder(DIST, 0)
  const visit = await beginLongVisit(`http://localhost:${server.port}`)
  const table = createTable()
  const readings: Held[] = []
  const hours: number[] = []
  try {
    do {
      await visit.makePictures(PICTURES)
      readings.push(await visit.measure())
      hours.push(performance.now() / 3_600_000)
      const [first, last] = [readings[0]?.bytes ?? 0, readings.at(-1)?.bytes ?? 0]
      for (let i = 0; i < PICTURES; i++) table.count('pictures in one visit', last - first <= MOST_MORE_BYTES)
    } while (performance.now() < end)
  } finally {
    await visit.close()
    await server.close()
  }
  // By half time what is compiled, and kept once, is there.
  const half = Math.floor(readings.length / 2)
  const slope = (of: (held: Held) => number) => theilSen(hours.slice(half), readings.slice(half).map(of)).toFixed(2)
  console.log(
    `growth an hour in the second half: ${slope(({ bytes }) => bytes / 1e6)} MB of page and workers after garbage collection,`,
  )
  console.log(`${slope(({ resident }) => (resident ?? 0) / 1e6)} MB resident, ${slope(({ nodes }) => nodes)} nodes`)
  return table.print('visit')
}

/** The median of the slopes between all pairs, which single odd readings do not move (Sen 1968). 0 for fewer than two. */
function theilSen(x: readonly number[], y: readonly number[]): number {
  const slopes = x.flatMap((xi, i) => x.slice(0, i).map((xj, j) => ((y[i] ?? 0) - (y[j] ?? 0)) / (xi - xj)))
  const sorted = slopes.toSorted((a, b) => a - b)
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}
