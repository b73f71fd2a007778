// Records in IndexedDB: one object store, transactions with the durability asked for, a connection that lets others pass.

import { get, getMany, promisifyRequest, type UseStore } from 'idb-keyval'
import type { Durability, RecordDisk } from '../core/storage/record-disk.ts'
import { StorageError } from '../core/storage/storage-error.ts'

const STORE = 'records'

/** How long another tab may keep an older version of the database open before that is an error. */
const BLOCKED_AFTER_MS = 3000

/**
 * The records of one IndexedDB database of this origin, each database with a life of its own. It is opened at the first call.
 * Where opening fails it is tried once more, and again at the next call; where the browser has no IndexedDB all calls fail.
 */
export function openRecordDisk(
  databaseName: string,
  factory: IDBFactory | undefined = globalThis.indexedDB,
): RecordDisk {
  const connection = createConnection(databaseName, factory)

  /** idb-keyval's way in, with the durability that it lacks. */
  const store = (durability: Durability): UseStore => {
    return async (mode, callback) => {
      const transaction = await connection.begin(mode, durability)
      return callback(transaction.objectStore(STORE))
    }
  }
  const reading = store('relaxed')

  return {
    get: (key) => named(() => get(key, reading)),
    getMany: (keys) => named(() => getMany([...keys], reading)),
    keys: (prefix) =>
      named(() =>
        reading('readonly', (records) =>
          promisifyRequest(records.getAllKeys(startingWith(prefix)) as IDBRequest<string[]>),
        ),
      ),
    commit: ({ put = [], delete: gone = [] }, durability) =>
      named(async () => {
        if (put.length === 0 && gone.length === 0) return
        await store(durability)('readwrite', (records) => {
          const { transaction } = records
          const committed = untilCommitted(transaction)
          try {
            for (const key of gone) records.delete(key)
            for (const [key, value] of put) records.put(value, key)
          } catch (error) {
            // What was put before must not be kept without the rest.
            transaction.abort()
            return committed.catch(() => Promise.reject(error))
          }
          return committed
        })
      }),
  }
}

interface Connection {
  begin(mode: IDBTransactionMode, durability: Durability): Promise<IDBTransaction>
}

function createConnection(name: string, factory: IDBFactory | undefined): Connection {
  let opened: Promise<IDBDatabase> | null = null

  function connect(): Promise<IDBDatabase> {
    if (opened !== null) return opened
    const opening = open(name, factory).catch((error) => {
      if (error instanceof StorageError) throw error
      return open(name, factory)
    })
    opened = opening
    const forget = () => {
      if (opened === opening) opened = null
    }
    opening.then((database) => {
      database.onclose = forget
      // Another tab deletes or upgrades the database: it must not wait for this one.
      database.onversionchange = () => {
        forget()
        database.close()
      }
    }, forget)
    return opening
  }

  return {
    async begin(mode, durability) {
      const options: IDBTransactionOptions = { durability }
      const database = await connect()
      try {
        return database.transaction(STORE, mode, options)
      } catch (error) {
        // The connection closed since it was opened, and nothing was written yet.
        if (!(error instanceof Error && error.name === 'InvalidStateError')) throw error
        opened = null
        return (await connect()).transaction(STORE, mode, options)
      }
    },
  }
}

function open(name: string, factory: IDBFactory | undefined): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (factory === undefined) throw new StorageError('storage-failed', 'this browser has no storage to give', name)
    const request = factory.open(name)
    let waiting: ReturnType<typeof setTimeout> | undefined
    let isLate = false
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onblocked = () => {
      waiting = setTimeout(() => {
        isLate = true
        reject(new StorageError('storage-failed', 'another tab keeps the storage from being opened', name))
      }, BLOCKED_AFTER_MS)
    }
    request.onsuccess = () => {
      clearTimeout(waiting)
      if (isLate) request.result.close()
      else resolve(request.result)
    }
    request.onerror = () => {
      clearTimeout(waiting)
      reject(request.error)
    }
  })
}

/** Only an abort carries the reason: at the error of a request the transaction has none yet. */
function untilCommitted(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'))
  })
}

function startingWith(prefix: string): IDBKeyRange | null {
  // The first string after all that start with the prefix: its last code unit that can be raised, raised.
  for (let end = prefix.length; end > 0; end--) {
    const last = prefix.charCodeAt(end - 1)
    if (last < 0xffff) {
      const after = prefix.slice(0, end - 1) + String.fromCharCode(last + 1)
      return IDBKeyRange.bound(prefix, after, false, true)
    }
  }
  return prefix === '' ? null : IDBKeyRange.lowerBound(prefix)
}

async function named<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof StorageError) throw error
    const words = String(error)
    if (error instanceof Error && error.name === 'QuotaExceededError') {
      throw new StorageError('storage-full', 'the browser gave no more room', words)
    }
    if (error instanceof Error && error.name === 'VersionError') {
      throw new StorageError('storage-newer', 'a newer version of the app stored this', words)
    }
    throw new StorageError('storage-failed', 'the browser could not read or write what it stores', words)
  }
}
