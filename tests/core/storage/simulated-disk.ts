// A disk in memory that fails, crashes and loses power where a test says: every operation has a number, counted from 1.

import type { RecordBatch, RecordDisk } from '../../../src/core/storage/record-disk.ts'
import { StorageError } from '../../../src/core/storage/storage-error.ts'

/** What every operation rejects with once the process is dead: no code of ours may answer it. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

export interface Faults {
  /** The operation that fails, with nothing done. */
  readonly failAt?: number
  /** The operation from which on every one finds no room, as on a full disk. */
  readonly fullFrom?: number
  /** The operation at which the process dies. */
  readonly crashAt?: number
  /** Whether the commit at which it dies is on the disk nevertheless, unacknowledged. */
  readonly crashAfter?: boolean
  /** Bytes that fit. */
  readonly quota?: number
}

export interface SimulatedDisk extends RecordDisk {
  /** Operations so far. */
  readonly operations: number
  /** Bytes in use. */
  readonly bytes: number
  /** What lies on it, as it is: not to be changed. */
  readonly records: ReadonlyMap<string, unknown>
  /** The disk after a restart, without faults but those given; after a power loss, without its last `lost` relaxed batches. */
  reopen(options?: Faults & { readonly lost?: number }): SimulatedDisk
  /** How many batches a power loss could take. */
  readonly atRisk: number
}

export function createSimulatedDisk(faults: Faults = {}): SimulatedDisk {
  return openDisk([new Map()], faults)
}

/** @param states the records after the last strict batch, and after each relaxed one since */
function openDisk(states: ReadonlyMap<string, unknown>[], faults: Faults): SimulatedDisk {
  let operations = 0
  let isDead = false
  const now = () => states.at(-1) ?? new Map<string, unknown>()

  async function operate<T>(task: () => T): Promise<T> {
    await Promise.resolve()
    if (isDead) throw new Crash('after the crash')
    operations++
    if (operations === faults.failAt) throw new StorageError('storage-failed', 'simulated', `operation ${operations}`)
    if (operations >= (faults.fullFrom ?? Number.POSITIVE_INFINITY)) {
      throw new StorageError('storage-full', 'simulated', `operation ${operations}`)
    }
    if (operations !== faults.crashAt) return task()
    isDead = true
    if (faults.crashAfter) task()
    throw new Crash(`at operation ${operations}`)
  }

  function apply({ put = [], delete: gone = [] }: RecordBatch): Map<string, unknown> {
    const next = new Map(now())
    for (const key of gone) next.delete(key)
    for (const [key, value] of put) next.set(key, structuredClone(value))
    return next
  }

  return {
    get operations() {
      return operations
    },
    get bytes() {
      return sizeOf([...now().values()])
    },
    get records() {
      return now()
    },
    get atRisk() {
      return states.length - 1
    },
    get: (key) => operate(() => structuredClone(now().get(key))),
    getMany: (keys) => operate(() => keys.map((key) => structuredClone(now().get(key)))),
    keys: (prefix) => operate(() => [...now().keys()].filter((key) => key.startsWith(prefix)).sort()),
    commit: (batch, durability) =>
      operate(() => {
        const next = apply(batch)
        if (sizeOf([...next.values()]) > (faults.quota ?? Number.POSITIVE_INFINITY)) {
          throw new StorageError('storage-full', 'simulated', `of ${faults.quota} bytes`)
        }
        if (durability === 'strict') states.length = 0
        states.push(next)
      }),
    reopen: ({ lost = 0, ...next } = {}) =>
      openDisk([states[Math.max(0, states.length - 1 - lost)] ?? new Map()], next),
  }
}

/** Roughly what a value takes. */
function sizeOf(value: unknown): number {
  if (value instanceof Blob) return value.size
  if (ArrayBuffer.isView(value)) return value.byteLength
  if (typeof value === 'string') return 2 * value.length
  if (typeof value !== 'object' || value === null) return 8
  return Object.entries(value).reduce((sum, [key, part]) => sum + 2 * key.length + sizeOf(part), 0)
}
