// IndexedDB as a record disk: what every disk does, and what only browsers do.

import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { describe, expect, it, vi } from 'vitest'
import { openRecordDisk } from '../../src/platform/record-disk.ts'
import { describeRecordDisk } from '../core/storage/conformance.ts'

vi.stubGlobal('IDBKeyRange', IDBKeyRange)

describeRecordDisk('IndexedDB', async () => openRecordDisk('test', new IDBFactory()))

/** The factory, but `open` is ours. */
function withOpen(factory: IDBFactory, open: (name: string) => IDBOpenDBRequest): IDBFactory {
  return new Proxy(factory, {
    get: (target, key) => (key === 'open' ? open : Reflect.get(target, key).bind(target)),
  })
}

/** What IndexedDB does where it fails: an error event, later. */
function failingRequest(name: string): IDBOpenDBRequest {
  const request = { error: new DOMException('simulated', name), onerror: null as (() => void) | null }
  queueMicrotask(() => request.onerror?.())
  return request as unknown as IDBOpenDBRequest
}

/** Connections as they are opened, and the options of their transactions. */
function watched(factory: IDBFactory) {
  const databases: IDBDatabase[] = []
  const durabilities: unknown[] = []
  const open = (name: string) => {
    const request = factory.open(name)
    request.addEventListener('success', () => {
      const database = request.result
      databases.push(database)
      const begin = database.transaction.bind(database)
      database.transaction = (stores, mode, options) => {
        durabilities.push(options?.durability)
        return begin(stores, mode, options)
      }
    })
    return request
  }
  return { factory: withOpen(factory, open), databases, durabilities }
}

describe('IndexedDB', () => {
  it('is asked for the durability of each batch', async () => {
    const { factory, durabilities } = watched(new IDBFactory())
    const disk = openRecordDisk('test', factory)
    await disk.commit({ put: [['a', 1]] }, 'strict')
    await disk.commit({ put: [['b', 1]] }, 'relaxed')
    expect(durabilities).toEqual(['strict', 'relaxed'])
  })

  it('opens records that an earlier version of the app stored through idb-keyval', async () => {
    const factory = new IDBFactory()
    vi.stubGlobal('indexedDB', factory)
    const { createStore, set } = await import('idb-keyval')
    await set('a', { version: 1 }, createStore('kindred-gallery', 'records'))
    expect(await openRecordDisk('kindred-gallery').get('a')).toEqual({ version: 1 })
  })

  it('is tried once more where it does not open', async () => {
    const factory = new IDBFactory()
    let failures = 1
    const disk = openRecordDisk(
      'test',
      withOpen(factory, (name) => (failures-- > 0 ? failingRequest('UnknownError') : factory.open(name))),
    )
    expect(await disk.keys('')).toEqual([])
  })

  it('is "storage-failed" where it does not open twice, and is tried again at the next call', async () => {
    const factory = new IDBFactory()
    let failures = 2
    const disk = openRecordDisk(
      'test',
      withOpen(factory, (name) => (failures-- > 0 ? failingRequest('UnknownError') : factory.open(name))),
    )
    await expect(disk.keys('')).rejects.toMatchObject({ name: 'StorageError', code: 'storage-failed' })
    expect(await disk.keys('')).toEqual([])
  })

  it.each([
    ['QuotaExceededError', 'storage-full'],
    ['VersionError', 'storage-newer'],
    ['UnknownError', 'storage-failed'],
  ])('names a %s "%s"', async (name, code) => {
    const disk = openRecordDisk(
      'test',
      withOpen(new IDBFactory(), () => failingRequest(name)),
    )
    await expect(disk.get('a')).rejects.toMatchObject({ name: 'StorageError', code })
  })

  it('is "storage-full" where a commit finds no room, and keeps nothing of it', async () => {
    const { factory, databases } = watched(new IDBFactory())
    const disk = openRecordDisk('test', factory)
    await disk.commit({ put: [['a', 1]] }, 'strict')
    const [database] = databases
    if (!database) throw new Error('no connection')
    const begin = database.transaction
    database.transaction = (stores, mode, options) => {
      const transaction = begin(stores, mode, options)
      // As browsers do it: the transaction aborts on its own after its requests succeeded.
      const error = new DOMException('simulated', 'QuotaExceededError')
      Object.defineProperty(transaction, 'error', { get: () => error, set: () => undefined })
      const records = transaction.objectStore('records')
      const put = records.put.bind(records)
      records.put = (value, key) => {
        const request = put(value, key)
        request.addEventListener('success', () => transaction.abort())
        return request
      }
      transaction.objectStore = () => records
      return transaction
    }
    await expect(disk.commit({ put: [['b', 2]] }, 'strict')).rejects.toMatchObject({ code: 'storage-full' })
    expect(await openRecordDisk('test', factory).keys('')).toEqual(['a'])
  })

  it('is opened again where the browser closed the connection', async () => {
    const { factory, databases } = watched(new IDBFactory())
    const disk = openRecordDisk('test', factory)
    await disk.commit({ put: [['a', 1]] }, 'strict')
    forceCloseDatabase(databases[0] as unknown as Parameters<typeof forceCloseDatabase>[0])
    expect(await disk.get('a')).toBe(1)
    databases[1]?.close()
    expect(await disk.get('a')).toBe(1)
    expect(databases).toHaveLength(3)
  })

  it('lets another tab delete the database, and starts anew', async () => {
    const factory = new IDBFactory()
    const disk = openRecordDisk('test', factory)
    await disk.commit({ put: [['a', 1]] }, 'strict')
    await new Promise<void>((resolve, reject) => {
      const request = factory.deleteDatabase('test')
      request.onsuccess = () => resolve()
      request.onblocked = () => reject(new Error('blocked'))
    })
    expect(await disk.keys('')).toEqual([])
  })

  it('is "storage-failed" where another tab keeps it from being opened', async () => {
    vi.useFakeTimers()
    try {
      const blocked = () => {
        const request = { onblocked: null as (() => void) | null }
        queueMicrotask(() => request.onblocked?.())
        return request as unknown as IDBOpenDBRequest
      }
      const reading = openRecordDisk('test', withOpen(new IDBFactory(), blocked)).keys('')
      const outcome = expect(reading).rejects.toMatchObject({ code: 'storage-failed' })
      await vi.advanceTimersByTimeAsync(3000)
      await outcome
    } finally {
      vi.useRealTimers()
    }
  })
})
