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
/** Goal R13, in MB an hour. */
const MOST_HEAP_GROWTH = 1
const MOST_RESIDENT_GROWTH = 10
/** Shorter visits do not tell growth from warming up. */
const LEAST_HOURS = 0.5

/**
 * A case is a picture; those of a round after which the page holds too much more than at first are lost. Of half an hour and more
 * the growth of the heap is one more case, and that of resident memory another. Needs a build in dist.
 */
export async function soakVisit(minutes: number): Promise<number> {
  if (!existsSync(DIST)) throw new Error('there is no build: npm run build')
  const begun = performance.now() / 3_600_000
  const end = performance.now() + minutes * 60_000
  const server = await serveFolder(DIST, 0)
  const visit = await beginLongVisit(`http://localhost:${server.port}`)
  const table = createTable()
  const readings: Held[] = []
  const hours: number[] = []
  try {
    do {
      await visit.makePictures(PICTURES)
      const held = await visit.measure()
      readings.push(held)
      console.log(`after ${PICTURES * readings.length} pictures: ${sayHeld(held)}`)
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
  const slope = (of: (held: Held) => number) => theilSen(hours.slice(half), readings.slice(half).map(of))
  const heap = slope(({ bytes }) => bytes / 1e6)
  const resident = slope(({ resident }) => (resident ?? 0) / 1e6)
  const anonymous = slope(({ anonymous }) => (anonymous ?? 0) / 1e6)
  const nodes = slope(({ nodes }) => nodes)
  console.log(
    `growth an hour in the second half: ${heap.toFixed(2)} MB of page and workers after garbage collection (goal: ${MOST_HEAP_GROWTH}),`,
  )
  console.log(
    `${resident.toFixed(2)} MB resident (goal: ${MOST_RESIDENT_GROWTH}), ${anonymous.toFixed(2)} of them anonymous; ${nodes.toFixed(2)} nodes`,
  )
  if (Math.max(...hours) - begun >= LEAST_HOURS) {
    table.count('growth of the heap', heap <= MOST_HEAP_GROWTH)
    table.count('growth of resident memory', resident <= MOST_RESIDENT_GROWTH)
  }
  return table.print('visit')
}

function sayHeld({ bytes, resident, anonymous, nodes }: Held): string {
  const [held, all, own] = [bytes, resident ?? 0, anonymous ?? 0].map((count) => (count / 1e6).toFixed(1))
  return `${held} MB of page and workers, ${all} resident, ${own} of them anonymous, ${nodes} nodes`
}

/** The median of the slopes between all pairs, which single odd readings do not move (Sen 1968). 0 for fewer than two. */
function theilSen(x: readonly number[], y: readonly number[]): number {
  const slopes = x.flatMap((xi, i) => x.slice(0, i).map((xj, j) => ((y[i] ?? 0) - (y[j] ?? 0)) / (xi - xj)))
  const sorted = slopes.toSorted((a, b) => a - b)
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}
