// Fuzzes every parser for a given time, and prints how many files were tried, survived and lost.

import { fork } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { foundFolder, TARGETS } from '../../tests/fuzz/targets.ts'
import type { FuzzBatch, FuzzBatchResult, FuzzProgress } from './fuzz-worker.ts'

const RUNS_PER_BATCH = 200
const MOST_PROCESSES = 2
/** By the clock, for others may use the machine meanwhile: a file that takes longer hangs. */
const MOST_FILE_MS = 300_000
/** R4 allows four times the input beside, which is a few KB. Contents of arrays lie outside of it. */
const MOST_HEAP_MB = 64
/** Milliseconds of processor time that 999 of 1,000 files of a parser stay below, as R4 has it. */
const MOST_P999_MS = 250
const FOUND = new URL('../../test-results/fuzz/', import.meta.url)

interface Tally {
  tried: number
  read: number
  refused: number
  lost: number
  readonly milliseconds: number[]
}

/**
 * Runs all targets in turn for so many minutes. Returns how many files were lost, each of which it keeps under test-results/fuzz,
 * and how many parsers took too long too often.
 */
export async function soakFuzz(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const firstSeed = Date.now() & 0x7fffffff
  const tallies = TARGETS.map((): Tally => ({ tried: 0, read: 0, refused: 0, lost: 0, milliseconds: [] }))
  let taken = 0
  const take = (): FuzzBatch | null => {
    if (performance.now() >= end) return null
    const [target, round] = [taken % TARGETS.length, Math.floor(taken++ / TARGETS.length)]
    return { target, seed: (firstSeed + round) & 0x7fffffff, runs: RUNS_PER_BATCH }
  }
  await Promise.all(
    Array.from({ length: Math.min(MOST_PROCESSES, availableParallelism()) }, () => readAll(take, tallies)),
  )
  return print(tallies, firstSeed)
}

/** Reads batches in one process, and in another where that one was lost, until there are no more. */
async function readAll(take: () => FuzzBatch | null, tallies: readonly Tally[]): Promise<void> {
  let reader = startReader()
  for (let batch = take(); batch !== null; batch = take()) {
    const tally = tallies[batch.target]
    if (tally === undefined) break
    const result = await reader.run(batch)
    if (result === null) {
      await keep(batch, reader.position(), 'hung, or took more memory than it may')
      tally.lost++
      tally.tried += reader.position() + 1
      await reader.stop()
      reader = startReader()
      continue
    }
    tally.tried += batch.runs
    tally.read += result.read
    tally.refused += result.refused
    tally.lost += result.lost.length
    for (const time of result.milliseconds) tally.milliseconds.push(time)
    for (const { at, why } of result.lost) await keep(batch, at, why)
  }
  await reader.stop()
}

function startReader() {
  const reader = fork(fileURLToPath(new URL('./fuzz-worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx', `--max-old-space-size=${MOST_HEAP_MB}`],
  })
  let at = 0
  return {
    /** The file that it reads, or read last. */
    position: () => at,
    stop: () => reader.kill('SIGKILL'),
    /** Null where it died, or hangs. */
    run: (batch: FuzzBatch) =>
      new Promise<FuzzBatchResult | null>((resolve) => {
        const hang = setTimeout(() => end(null), MOST_FILE_MS)
        const hear = (message: FuzzProgress | FuzzBatchResult) => {
          if (typeof message !== 'number') return end(message)
          at = message
          hang.refresh()
        }
        const die = () => end(null)
        const end = (result: FuzzBatchResult | null) => {
          clearTimeout(hang)
          reader.off('message', hear).off('exit', die)
          resolve(result)
        }
        reader.on('message', hear).on('exit', die)
        reader.send(batch)
      }),
  }
}

/** Writes the file that was lost, and says how to make it again. */
async function keep({ target, seed, runs }: FuzzBatch, at: number, why: string): Promise<void> {
  const { name, files } = TARGETS[target] ?? { name: '', files: fc.constant(new Uint8Array(0)) }
  const path = new URL(`${name.replaceAll(' ', '-')}-${seed}-${at}.bin`, FOUND)
  await mkdir(FOUND, { recursive: true })
  await writeFile(path, fc.sample(files, { seed, numRuns: runs })[at] ?? new Uint8Array(0))
  console.error(`${name}, seed ${seed}, file ${at}: ${why}\n  kept as ${path.pathname}`)
  console.error(`  once it is mended, put it into ${foundFolder(name).pathname}: npm test then reads it each time`)
}

function print(tallies: readonly Tally[], firstSeed: number): number {
  console.log(
    `fuzz, seeds from ${firstSeed}; milliseconds of processor time a file (goal: p99.9 at most ${MOST_P999_MS})`,
  )
  console.log('| parser | tried | read | refused | lost | p99.9 | most |')
  console.log('|---|--:|--:|--:|--:|--:|--:|')
  const row = (name: string, { tried, read, refused, lost, milliseconds }: Tally): number => {
    const sorted = Float64Array.from(milliseconds).sort()
    const [p999 = 0, most = 0] = [sorted[Math.floor(sorted.length * 0.999)], sorted.at(-1)]
    console.log(`| ${name} | ${tried} | ${read} | ${refused} | ${lost} | ${p999.toFixed(1)} | ${most.toFixed(1)} |`)
    return sorted.length < 1000 ? 0 : p999
  }
  const all: Tally = { tried: 0, read: 0, refused: 0, lost: 0, milliseconds: [] }
  const slow: string[] = []
  for (const [i, tally] of tallies.entries()) {
    const name = TARGETS[i]?.name ?? ''
    if (row(name, tally) > MOST_P999_MS) slow.push(name)
    all.tried += tally.tried
    all.read += tally.read
    all.refused += tally.refused
    all.lost += tally.lost
    for (const time of tally.milliseconds) all.milliseconds.push(time)
  }
  row('all', all)
  for (const name of slow) console.error(`${name}: p99.9 is more than ${MOST_P999_MS} ms`)
  return all.lost + slow.length
}
