// Keyed records in memory that can be told to fail, for the stores' tests.

import type { KeyValue } from '../../src/platform/key-value.ts'

export interface MemoryRecords extends KeyValue {
  readonly records: Map<string, unknown>
  /** Calls so far. */
  calls: number
  /** The call, counted from 1, from which on every one fails, as on a full disk. */
  failFrom: number
}

export function memoryRecords(): MemoryRecords {
  const records = new Map<string, unknown>()
  const attempt = async <T>(task: () => T): Promise<T> => {
    if (++memory.calls >= memory.failFrom) throw new DOMException('no room', 'QuotaExceededError')
    return task()
  }
  const memory: MemoryRecords = {
    records,
    calls: 0,
    failFrom: Number.POSITIVE_INFINITY,
    get: (key) => attempt(() => structuredClone(records.get(key))),
    set: (key, value) => attempt(() => void records.set(key, structuredClone(value))),
    delete: (keys) => attempt(() => keys.forEach((key) => void records.delete(key))),
    keys: () => attempt(() => [...records.keys()]),
    values: () => attempt(() => [...records.values()]),
  }
  return memory
}
