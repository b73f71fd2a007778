// Reads batches of fuzzed files in a process of its own, which its parent ends where it hangs or takes too much memory.

import fc from 'fast-check'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { TARGETS } from '../../tests/fuzz/targets.ts'

export interface FuzzBatch {
  readonly target: number
  readonly seed: number
  readonly runs: number
}

/** Told before each file of a batch: its place in it. */
export type FuzzProgress = number

export interface FuzzBatchResult {
  readonly read: number
  readonly refused: number
  readonly lost: readonly { readonly at: number; readonly why: string }[]
  /** Processor time of each file, in milliseconds, in no order. */
  readonly milliseconds: readonly number[]
}

const MOST_MILLISECONDS = 2000

process.on('message', async ({ target: index, seed, runs }: FuzzBatch) => {
  const target = TARGETS[index]
  const lost: { at: number; why: string }[] = []
  const milliseconds: number[] = []
  let [read, refused] = [0, 0]
  for (const [at, bytes] of (target ? fc.sample(target.files, { seed, numRuns: runs }) : []).entries()) {
    process.send?.(at satisfies FuzzProgress)
    const start = process.cpuUsage()
    try {
      await target?.read(bytes)
      read++
    } catch (error) {
      if (error instanceof FormatError) refused++
      else lost.push({ at, why: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
    const { user, system } = process.cpuUsage(start)
    const took = (user + system) / 1000
    milliseconds.push(took)
    if (took > MOST_MILLISECONDS) lost.push({ at, why: `took ${took.toFixed(0)} ms` })
  }
  process.send?.({ read, refused, lost, milliseconds } satisfies FuzzBatchResult)
})
