// Large files in the origin private file system: written through exclusive handles, which only workers have; read anywhere.

/// <reference path="./opfs.d.ts" />

import type { DiskFile, FileDisk } from '../core/storage/file-disk.ts'
import { StorageError } from '../core/storage/storage-error.ts'

/** The folder of the origin's file system in which packs lie. */
export const PACKS_FOLDER = 'packs'

/** The folder is made, where it is missing, at the first call. A browser without such a file system fails every call. */
export function openFileDisk(folderName: string): FileDisk {
  const folder = async () => {
    const root = await navigator.storage.getDirectory()
    return root.getDirectoryHandle(folderName, { create: true })
  }
  const fileOf = async (name: string) => (await folder()).getFileHandle(name)
  return {
    list: () =>
      named('the list of files', async () => {
        const lengths = new Map<string, number>()
        for await (const handle of (await folder()).values()) {
          // A folder is none of ours; listed, it is swept.
          const isFile = handle.kind === 'file'
          lengths.set(handle.name, isFile ? (await (handle as FileSystemFileHandle).getFile()).size : 0)
        }
        return lengths
      }),
    reserve: (name, byteLength) =>
      named(name, async () => {
        const handle = await (await folder()).getFileHandle(name, { create: true })
        const access = await handle.createSyncAccessHandle()
        try {
          access.truncate(byteLength)
          access.flush()
        } finally {
          access.close()
        }
      }),
    open: (name) => named(name, async () => openAccess(name, await (await fileOf(name)).createSyncAccessHandle())),
    read: (name) => named(name, async () => (await fileOf(name)).getFile()),
    move: (from, to) => named(from, async () => (await fileOf(from)).move(to)),
    remove: (name) =>
      named(name, async () => {
        try {
          await (await folder()).removeEntry(name, { recursive: true })
        } catch (error) {
          if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
        }
      }),
  }
}

function openAccess(name: string, access: FileSystemSyncAccessHandle): DiskFile {
  return {
    write: (bytes, offset) =>
      named(name, async () => {
        const written = access.write(bytes as Uint8Array<ArrayBuffer>, { at: offset })
        if (written !== bytes.byteLength) {
          throw new StorageError('storage-full', `${name}: ${written} of ${bytes.byteLength} bytes were written`)
        }
      }),
    flush: () => named(name, async () => access.flush()),
    close: async () => access.close(),
  }
}

/** Gives what the browser throws its code. */
async function named<T>(name: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof StorageError) throw error
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError'
    const happened = isFull ? 'the browser gave no more room' : 'could not be read or written'
    throw new StorageError(isFull ? 'storage-full' : 'storage-failed', `${name}: ${happened}`, String(error))
  }
}
