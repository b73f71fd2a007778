// Keyed records in IndexedDB, as the stores here use them: few calls, so that a test can make any of them fail.

import { createStore, delMany, get, keys, set, type UseStore, values } from 'idb-keyval'

export interface KeyValue {
  /** Undefined where there is no such record. */
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  delete(keys: readonly string[]): Promise<void>
  keys(): Promise<readonly string[]>
  values(): Promise<readonly unknown[]>
}

/** The records of one database of this origin. It is opened at the first call; where that fails the next call tries again. */
export function openKeyValue(databaseName: string): KeyValue {
  let opened: UseStore | null = null
  const within = async <T>(task: (store: UseStore) => Promise<T>): Promise<T> => {
    opened ??= createStore(databaseName, 'records')
    try {
      return await task(opened)
    } catch (error) {
      opened = null
      throw error
    }
  }
  return {
    get: (key) => within((store) => get(key, store)),
    set: (key, value) => within((store) => set(key, value, store)),
    delete: (names) => within((store) => delMany([...names], store)),
    keys: () => within((store) => keys<string>(store)),
    values: () => within((store) => values<unknown>(store)),
  }
}
