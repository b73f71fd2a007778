// Times the flat index over seeded rows, with its kernel and without, and checks it against brute force in float64.

import { freemem } from 'node:os'
import type { NeighbourIndex } from '../../src/core/diffusion/model-parts.ts'
import { createFlatIndex } from '../../src/core/retrieval/flat-index.ts'
import { findSearchKernel, type SearchKernel } from '../../src/core/retrieval/search-kernel.ts'
import { multiplyExactly, SearchRows, type StoredRows } from '../../src/core/retrieval/search-rows.ts'
import { floatToHalfArray } from '../../src/core/tensor/half.ts'
import { seededInput } from '../seeded-weights.ts'

const K = 19
const SIZES = [
  { count: 300, dim: 192, storages: ['float16', 'float32'], searches: 200 },
  { count: 5000, dim: 768, storages: ['float16', 'float32'], searches: 50 },
  { count: 60_000, dim: 768, storages: ['float16', 'float32'], searches: 15 },
  { count: 1_000_000, dim: 768, storages: ['float16'], searches: 5 },
] as const

/** Rows of one array: more would not need to lie in one. */
const PART_ROWS = 50_000

/** Free memory without which a size is passed over, as a multiple of its own. */
const ROOM = 1.5

/** Of a plain loop, which is slow, this many searches at most. */
const PLAIN_SEARCHES = 5
const PLAIN_ROWS = 60_000

type Storage = 'float16' | 'float32'

interface Times {
  /** Milliseconds of one search, the median of several. */
  readonly median: number
  readonly fastest: number
  /** Milliseconds that the processor worked for it, the median: what a busy machine leaves alone. */
  readonly processor: number
}

/**
 * Prints the time of one search, and the bandwidth by the processor's time. training/time_faiss.py times faiss over the same rows.
 * Throws where the rows found are not those of brute force.
 */
export async function benchSearch(): Promise<void> {
  const kernel = findSearchKernel()
  if (kernel === null) console.log('no kernel: this Node runs no WebAssembly vectors')
  for (const { count, dim, storages, searches } of SIZES) {
    for (const storage of storages) {
      await benchRows(storage, count, dim, searches, kernel)
    }
  }
  console.log(`peak memory of this process: ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB`)
}

async function benchRows(
  storage: Storage,
  count: number,
  dim: number,
  searches: number,
  kernel: SearchKernel | null,
): Promise<void> {
  const label = `${count} × ${dim}, ${storage}`
  const bytes = count * dim * (storage === 'float16' ? 2 : 4)
  if (bytes * ROOM > freemem()) {
    console.log(`${label}: not measured, ${(freemem() / 1e9).toFixed(1)} GB of memory are free`)
    return
  }
  const parts = Array.from({ length: Math.ceil(count / PART_ROWS) }, (_, part): StoredRows => {
    const values = seededInput(`search.rows.${part}`, [Math.min(PART_ROWS, count - part * PART_ROWS), dim]).data
    return storage === 'float16' ? floatToHalfArray(values) : values
  })
  const query = seededInput('search.query', [dim]).data
  const ids = Array.from({ length: count }, (_, row) => String(row))

  const openedAt = performance.now()
  const index = createFlatIndex(parts, dim, ids, kernel)
  const opening = performance.now() - openedAt
  const found = (await index.search(query, K)).map(({ row }) => row)
  const expected = bruteForce(parts, query)
  if (found.join() !== expected.join()) throw new Error(`${label}: the index found other rows than brute force`)

  const times = await timeSearches(index, query, searches)
  const bandwidth = `${(bytes / 1e6 / times.processor).toFixed(1)} GB/s`
  const figures = [formatTimes(times), bandwidth]
  if (kernel !== null && count <= PLAIN_ROWS) {
    const plain = await timeSearches(createFlatIndex(parts, dim, ids, null), query, Math.min(searches, PLAIN_SEARCHES))
    const ratio = (plain.processor / times.processor).toFixed(1)
    figures.push(`plain loop ${formatTimes(plain)}, ${ratio} times as long`)
  }
  console.log(`${label}: ${figures.join(', ')}; opening ${milliseconds(opening)}; nearest rows ${found.slice(0, 5)}`)
}

async function timeSearches(index: NeighbourIndex, query: Float32Array, searches: number): Promise<Times> {
  const times: number[] = []
  const worked: number[] = []
  for (let i = 0; i < searches; i++) {
    const startedAt = performance.now()
    const before = process.cpuUsage()
    await index.search(query, K)
    const { user, system } = process.cpuUsage(before)
    worked.push((user + system) / 1000)
    times.push(performance.now() - startedAt)
  }
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
  return { median: median(times), fastest: Math.min(...times), processor: median(worked) }
}

/** The K best rows by cosine, every score computed in float64 and sorted. */
function bruteForce(parts: readonly StoredRows[], query: Float32Array): number[] {
  const rows = new SearchRows(parts, query.length)
  const scores = Float64Array.from({ length: rows.count }, (_, row) => {
    const values = rows.read(row)
    return multiplyExactly(values, query) / Math.sqrt(multiplyExactly(values, values))
  })
  return [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, K)
}

function formatTimes({ median, fastest, processor }: Times): string {
  return `${milliseconds(median)} (fastest ${milliseconds(fastest)}, processor ${milliseconds(processor)})`
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`
}
