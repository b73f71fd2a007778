// All that the browser keeps of a person's, byte for byte, for tests of what must leave it alone.

import type { Page } from '@playwright/test'

/** The library counts the visits of all tabs there, and each visit is one more. */
const COUNTS_VISITS = /^record kindred-library \S+ (spare\/)?library /

/**
 * A line for each record of IndexedDB and each file of OPFS, with the digest of its content; sorted. To be read while the page
 * writes nothing.
 */
export async function readKept(page: Page): Promise<readonly string[]> {
  const lines = await page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })

    const digest = async (bytes: BufferSource) =>
      [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16)).join(' ')

    /** JSON of a record, its bytes and Blobs by their digests. */
    const render = async (value: unknown): Promise<unknown> => {
      if (value instanceof Blob) return { blob: await digest(await value.arrayBuffer()) }
      if (value instanceof ArrayBuffer) return { bytes: await digest(value) }
      if (ArrayBuffer.isView(value)) return { bytes: await digest(new Uint8Array(value.buffer as ArrayBuffer)) }
      if (Array.isArray(value)) return Promise.all(value.map(render))
      if (value instanceof Map) return render([...value])
      if (value === null || typeof value !== 'object') return value
      return render(Object.entries(value))
    }

    const lines: string[] = []
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name))
      for (const storeName of database.objectStoreNames) {
        const store = database.transaction(storeName).objectStore(storeName)
        const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())])
        for (const [at, key] of keys.entries()) {
          lines.push(`record ${name} ${storeName} ${String(key)} ${JSON.stringify(await render(values[at]))}`)
        }
      }
      database.close()
    }

    const list = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, entry] of folder.entries()) {
        if (entry.kind === 'directory') await list(entry as FileSystemDirectoryHandle, `${path}${name}/`)
        else {
          const file = await (entry as FileSystemFileHandle).getFile()
          lines.push(`file ${path}${name} ${file.size} ${await digest(await file.arrayBuffer())}`)
        }
      }
    }
    await list(await navigator.storage.getDirectory(), '')
    return lines.sort()
  })
  return lines.filter((line) => !COUNTS_VISITS.test(line))
}
