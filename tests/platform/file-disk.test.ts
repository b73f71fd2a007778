// The packs' files over an origin private file system of the test's own, as full, as slow to free and as absent as a browser's can be.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { writeWhole } from '../../src/core/storage/file-disk.ts'
import { openFileDisk } from '../../src/platform/file-disk.ts'

const ROOM = 100

/** A folder of files in memory with room for ROOM bytes; a file is held by one handle at a time. */
function createFolder() {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const folders = new Set<string>()
  const held = new Set<string>()
  const find = (name: string) => {
    const bytes = files.get(name)
    if (bytes === undefined) throw new DOMException(`no ${name}`, 'NotFoundError')
    return bytes
  }
  const used = () => [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)

  function openHandle(name: string) {
    if (held.has(name)) throw new DOMException(`${name} is held`, 'NoModificationAllowedError')
    held.add(name)
    return {
      truncate(byteLength: number) {
        if (used() - find(name).byteLength + byteLength > ROOM) throw new DOMException('full', 'QuotaExceededError')
        const bytes = new Uint8Array(byteLength)
        bytes.set(find(name).subarray(0, byteLength))
        files.set(name, bytes)
      },
      /** Writes what there is room for, and no more. */
      write(bytes: Uint8Array, { at }: { at: number }) {
        const part = bytes.subarray(0, find(name).byteLength - at)
        find(name).set(part, at)
        return part.byteLength
      },
      flush: () => undefined,
      close: () => void held.delete(name),
    }
  }

  const fileHandle = (name: string) => ({
    kind: 'file',
    name,
    getFile: async () => new Blob([find(name)]),
    createSyncAccessHandle: async () => openHandle(name),
    move: async (to: string) => {
      files.set(to, find(name))
      files.delete(name)
    },
  })
  return {
    files,
    folders,
    held,
    async *values() {
      for (const name of files.keys()) yield fileHandle(name)
      for (const name of folders) yield { kind: 'directory', name }
    },
    getFileHandle: async (name: string, options?: { create: boolean }) => {
      if (options?.create && !files.has(name)) files.set(name, new Uint8Array())
      find(name)
      return fileHandle(name)
    },
    removeEntry: async (name: string) => {
      if (held.has(name)) throw new DOMException(`${name} is held`, 'NoModificationAllowedError')
      if (!folders.delete(name) && !files.delete(name)) throw new DOMException(`no ${name}`, 'NotFoundError')
    },
  }
}

let folder = createFolder()
const disk = openFileDisk('packs')

beforeEach(() => {
  folder = createFolder()
  vi.stubGlobal('navigator', {
    storage: { getDirectory: async () => ({ getDirectoryHandle: async () => folder }) },
  })
})
afterEach(() => void vi.unstubAllGlobals())

const textOf = async (name: string) => (await disk.read(name)).text()
const bytes = (text: string) => new TextEncoder().encode(text)

it('keeps files as they were written, by their names and lengths', async () => {
  await writeWhole(disk, 'a', bytes('one'))
  await disk.reserve('b', 5)
  expect(await disk.list()).toEqual(
    new Map([
      ['a', 3],
      ['b', 5],
    ]),
  )
  expect([await textOf('a'), await textOf('b')]).toEqual(['one', '\0\0\0\0\0'])
})

it('keeps what is there when a file grows, and replaces the file whose name another takes', async () => {
  await writeWhole(disk, 'a', bytes('one'))
  await disk.reserve('a', 4)
  expect(await textOf('a')).toBe('one\0')
  await writeWhole(disk, 'b', bytes('two'))
  await disk.move('b', 'a')
  expect([...(await disk.list()).keys()]).toEqual(['a'])
  expect(await textOf('a')).toBe('two')
})

it('has no room to reserve where the browser gives none, and leaves no file held', async () => {
  await expect(disk.reserve('a', ROOM + 1)).rejects.toMatchObject({ code: 'storage-full' })
  expect(folder.held.size).toBe(0)
  await disk.reserve('a', ROOM)
  await expect(disk.reserve('b', 1)).rejects.toMatchObject({ code: 'storage-full' })
})

it('takes a write of which the browser wrote a part for a full disk', async () => {
  await disk.reserve('a', 2)
  const file = await disk.open('a')
  await expect(file.write(bytes('three'), 0)).rejects.toMatchObject({ code: 'storage-full' })
  await file.close()
  expect(folder.held.size).toBe(0)
})

it('removes files and what is none of its own, and does nothing where there is nothing', async () => {
  await disk.reserve('a', 2)
  folder.folders.add('a folder')
  expect((await disk.list()).get('a folder')).toBe(0)
  for (const name of ['a', 'a folder', 'never there']) await disk.remove(name)
  expect((await disk.list()).size).toBe(0)
})

it('says of what it could not do, and why', async () => {
  await disk.reserve('a', 2)
  const file = await disk.open('a')
  const failed = { code: 'storage-failed', message: 'a: could not be read or written' }
  await expect(disk.open('a')).rejects.toMatchObject(failed)
  await expect(disk.remove('a')).rejects.toMatchObject(failed)
  await file.close()
  for (const call of [() => disk.open('b'), () => disk.read('b'), () => disk.move('b', 'c')]) {
    await expect(call()).rejects.toMatchObject({ code: 'storage-failed', detail: 'NotFoundError: no b' })
  }
})

it('fails every call where the browser has no such file system', async () => {
  vi.stubGlobal('navigator', { storage: {} })
  const calls = [
    disk.list(),
    disk.reserve('a', 1),
    disk.open('a'),
    disk.read('a'),
    disk.move('a', 'b'),
    disk.remove('a'),
  ]
  const codes = (await Promise.allSettled(calls)).map((call) => call.status === 'rejected' && call.reason.code)
  expect(codes).toEqual(calls.map(() => 'storage-failed'))
})
