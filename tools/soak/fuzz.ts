// Fuzzes every parser for a given time, and prints how many files were tried, survived and lost.

import { mkdir, writeFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { TARGETS } from '../../tests/fuzz/targets.ts'
import type { FuzzBatch, FuzzBatchResult } from './fuzz-worker.ts'

const RUNS_PER_BATCH = 200
/** A batch that takes more of the processor hangs: an honest one takes a second. Others may use the machine meanwhile. */
const MOST_BATCH_PROCESSOR_MS = 60_000
/** A batch that waits for what never comes takes none of it. */
const MOST_BATCH_MS = 900_000
const MOST_HEAP_MB = 256
const FOUND = new URL('../../test-results/fuzz/', import.meta.url)

/** Threads do not take over the parent's TypeScript loader: each registers its own. */
const BOOT = `(async () => {
  const { register } = await import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))})
  register()
  await import(${JSON.stringify(new URL('./fuzz-worker.ts', import.meta.url).href)})
})()`

interface Tally {
  tried: number
  read: number
  refused: number
  lost: number
  readonly milliseconds: number[]
}

/** Runs all targets in turn for so many minutes; returns how many files were lost, each of which it keeps under test-results/fuzz. */
export async function soakFuzz(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const firstSeed = Date.now() & 0x7fffffff
  const tallies = TARGETS.map((): Tally => ({ tried: 0, read: 0, refused: 0, lost: 0, milliseconds: [] }))
  let thread = startThread()
  for (let round = 0; performance.now() < end; round++) {
    for (const [target, tally] of tallies.entries()) {
      const batch = { target, seed: (firstSeed + round) & 0x7fffffff, runs: RUNS_PER_BATCH }
      const result = await thread.run(batch)
      if (result === null) {
        await keep(batch, thread.position(), 'hung, or took more memory than it may')
        tally.lost++
        tally.tried += thread.position() + 1
        await thread.stop()
        thread = startThread()
        continue
      }
      tally.tried += RUNS_PER_BATCH
      tally.read += result.read
      tally.refused += result.refused
      tally.lost += result.lost.length
      for (const time of result.milliseconds) tally.milliseconds.push(time)
      for (const { at, why } of result.lost) await keep(batch, at, why)
    }
  }
  await thread.stop()
  return print(tallies, firstSeed)
}

function startThread() {
  const progress = new SharedArrayBuffer(4)
  const worker = new Worker(BOOT, {
    eval: true,
    workerData: { progress },
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  })
  const failed = new Promise<null>((resolve) => {
    worker.once('error', (error) => {
      console.error(error)
      resolve(null)
    })
  })
  return {
    position: () => Atomics.load(new Int32Array(progress), 0),
    stop: () => worker.terminate(),
    /** Null where the thread died or did not answer in time. */
    async run(batch: FuzzBatch): Promise<FuzzBatchResult | null> {
      const [begun, before] = [performance.now(), process.cpuUsage()]
      let timer: ReturnType<typeof setInterval> | undefined
      const late = new Promise<null>((resolve) => {
        timer = setInterval(() => {
          const { user, system } = process.cpuUsage(before)
          const took = (user + system) / 1000
          if (took > MOST_BATCH_PROCESSOR_MS || performance.now() - begun > MOST_BATCH_MS) resolve(null)
        }, 1000)
      })
      const answer = new Promise<FuzzBatchResult>((resolve) => worker.once('message', resolve))
      worker.postMessage(batch)
      try {
        return await Promise.race([answer, late, failed])
      } finally {
        clearInterval(timer)
      }
    },
  }
}

/** Writes the file that was lost, and says how to make it again. */
async function keep({ target, seed, runs }: FuzzBatch, at: number, why: string): Promise<void> {
  const { name, files } = TARGETS[target] ?? { name: '', files: fc.constant(new Uint8Array(0)) }
  const path = new URL(`${name.replaceAll(' ', '-')}-${seed}-${at}.bin`, FOUND)
  await mkdir(FOUND, { recursive: true })
  await writeFile(path, fc.sample(files, { seed, numRuns: runs })[at] ?? new Uint8Array(0))
  console.error(`${name}, seed ${seed}, file ${at}: ${why}\n  kept as ${path.pathname}`)
}

function print(tallies: readonly Tally[], firstSeed: number): number {
  console.log(`fuzz, seeds from ${firstSeed}; milliseconds of processor time a file`)
  console.log('| parser | tried | read | refused | lost | p99.9 | most |')
  console.log('|---|--:|--:|--:|--:|--:|--:|')
  const row = (name: string, { tried, read, refused, lost, milliseconds }: Tally) => {
    const sorted = Float64Array.from(milliseconds).sort()
    const [p999 = 0, most = 0] = [sorted[Math.floor(sorted.length * 0.999)], sorted.at(-1)]
    console.log(`| ${name} | ${tried} | ${read} | ${refused} | ${lost} | ${p999.toFixed(1)} | ${most.toFixed(1)} |`)
  }
  const all: Tally = { tried: 0, read: 0, refused: 0, lost: 0, milliseconds: [] }
  for (const [i, tally] of tallies.entries()) {
    row(TARGETS[i]?.name ?? '', tally)
    all.tried += tally.tried
    all.read += tally.read
    all.refused += tally.refused
    all.lost += tally.lost
    for (const time of tally.milliseconds) all.milliseconds.push(time)
  }
  row('all', all)
  return all.lost
}
