// The library's records while a tool works: in memory, but for the large ones, which lie in a scratch file.

import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { RecordDisk } from '../src/core/storage/record-disk.ts'
import { StorageError } from '../src/core/storage/storage-error.ts'

/** Where a large record lies in the file. */
interface Place {
  readonly start: number
  readonly byteLength: number
}

/**
 * In the system's folder for temporary files, gone when the tool ends, however it ends; nothing outlives it.
 * @param isLarge by its key, of records that are put once: what is put again takes room of its own
 */
export async function openScratchDisk(
  isLarge: (key: string) => boolean,
): Promise<RecordDisk & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kindred-'))
  const file = await open(join(folder, 'records'), 'w+')
  const removeFolder = () => rm(folder, { recursive: true, force: true }).catch(() => undefined)
  // An open file needs no name, where the system allows that.
  await removeFolder()
  const records = new Map<string, Uint8Array | Place>()
  let end = 0

  async function get(key: string): Promise<unknown> {
    const found = records.get(key)
    if (found === undefined) return undefined
    return deserialize(found instanceof Uint8Array ? found : await orStorageError(() => readAt(file, found)))
  }

  return {
    get,
    getMany: (keys) => Promise.all(keys.map(get)),
    keys: async (prefix) => [...records.keys()].filter((key) => key.startsWith(prefix)).sort(),
    async commit({ put = [], delete: gone = [] }) {
      const values = put.map(([key, value]) => [key, serialize(value)] as const)
      const large = values.filter(([key]) => isLarge(key)).map(([, bytes]) => bytes)
      let start = end
      if (large.length > 0) await orStorageError(() => writeAt(file, Buffer.concat(large), start))
      for (const key of gone) records.delete(key)
      for (const [key, bytes] of values) {
        if (!isLarge(key)) records.set(key, bytes)
        else {
          records.set(key, { start, byteLength: bytes.byteLength })
          start += bytes.byteLength
        }
      }
      end = start
    },
    async close() {
      await file.close()
      await removeFolder()
    },
  }
}

async function readAt(file: FileHandle, { start, byteLength }: Place): Promise<Uint8Array> {
  const bytes = Buffer.alloc(byteLength)
  for (let filled = 0; filled < byteLength; ) {
    const { bytesRead } = await file.read(bytes, filled, byteLength - filled, start + filled)
    if (bytesRead === 0) throw new Error('the scratch file became shorter')
    filled += bytesRead
  }
  return bytes
}

async function writeAt(file: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    done += (await file.write(bytes, done, bytes.byteLength - done, start + done)).bytesWritten
  }
}

async function orStorageError<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC'
    throw new StorageError(isFull ? 'storage-full' : 'storage-failed', `the scratch file in ${tmpdir()}`, String(error))
  }
}
