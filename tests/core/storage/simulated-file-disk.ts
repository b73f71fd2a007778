// A file disk in memory that can crash, fail and fill up at any operation, as bad as FileDisk's contract allows.

import type { DiskFile, FileDisk } from '../../../src/core/storage/file-disk.ts'
import { StorageError } from '../../../src/core/storage/storage-error.ts'

/** The power went: what was called never returns to the program that called it. */
export class PowerLoss extends Error {}

export interface SimulatedFileDisk extends FileDisk {
  /** Operations so far. */
  operations(): number
  /** The operation, counted from 0, at which the power goes. */
  crashAt: number
  /** How much of that operation is done by then; of anything but a write, half is nothing. */
  crashAfter: 'half' | 'all'
  /** The operation at which the disk fails once, half of a write done. */
  failAt: number
  failure: StorageError['code'] & ('storage-full' | 'storage-failed')
  /** What the next start finds, on a disk that works: `random` (0..1) decides over everything that was not flushed. */
  restart(random: () => number): SimulatedFileDisk
  /** Room taken by files. */
  usage(): number
  contents(): ReadonlyMap<string, Uint8Array>
}

interface StoredFile {
  /** As programs see it. */
  bytes: Uint8Array
  /** As it is on the platter. */
  flushed: Uint8Array
}

const SECTOR = 4096

/** @param capacity bytes that all files may take together */
export function createSimulatedFileDisk(
  capacity = Number.POSITIVE_INFINITY,
  files = new Map<string, StoredFile>(),
): SimulatedFileDisk {
  let operations = 0
  /** The folder after each change since the last flush; a crash may go back to any of them. */
  let folders: Map<string, StoredFile>[] = [new Map(files)]
  const open = new Set<string>()
  let lost = false

  async function operate<T>(work: () => T, half: () => void = () => {}): Promise<T> {
    await Promise.resolve()
    if (lost) throw new PowerLoss()
    const at = operations++
    if (at === disk.crashAt) {
      lost = true
      if (disk.crashAfter === 'half') half()
      else work()
      throw new PowerLoss()
    }
    if (at === disk.failAt) {
      half()
      throw new StorageError(disk.failure, `operation ${at} failed`)
    }
    return work()
  }
  const change = (work: () => void) => {
    work()
    folders.push(new Map(files))
  }
  const find = (name: string): StoredFile => {
    const file = files.get(name)
    if (file === undefined) throw new StorageError('storage-failed', `there is no ${name}`)
    return file
  }
  const usage = () => [...files.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0)

  function openFile(name: string): DiskFile {
    if (open.has(name)) throw new StorageError('storage-failed', `${name} is open already`)
    const file = find(name)
    open.add(name)
    const mustBeOpen = () => {
      if (!open.has(name)) throw new Error(`${name} was closed`)
    }
    return {
      write: (bytes, offset) =>
        operate(
          () => {
            mustBeOpen()
            if (offset + bytes.byteLength > file.bytes.byteLength) throw new Error(`${name}: written past its end`)
            file.bytes.set(bytes, offset)
          },
          () => file.bytes.set(bytes.subarray(0, bytes.byteLength >> 1), offset),
        ),
      flush: () =>
        operate(() => {
          mustBeOpen()
          file.flushed = file.bytes.slice()
          folders = [new Map(files)]
        }),
      close: async () => void open.delete(name),
    }
  }

  const disk: SimulatedFileDisk = {
    crashAt: -1,
    crashAfter: 'half',
    failAt: -1,
    failure: 'storage-failed',
    operations: () => operations,
    usage,
    contents: () => new Map(Array.from(files, ([name, { bytes }]) => [name, bytes])),
    list: () => operate(() => new Map(Array.from(files, ([name, { bytes }]) => [name, bytes.byteLength]))),
    reserve: (name, byteLength) =>
      operate(() => {
        const before = files.get(name)
        if (usage() - (before?.bytes.byteLength ?? 0) + byteLength > capacity) {
          throw new StorageError('storage-full', `no room for ${byteLength} bytes`)
        }
        // Another object, so that earlier folders keep the file of the length that it had.
        change(() =>
          files.set(name, {
            bytes: resized(before?.bytes, byteLength),
            flushed: resized(before?.flushed, byteLength),
          }),
        )
      }),
    open: (name) => operate(() => openFile(name)),
    read: (name) => operate(() => new Blob([find(name).bytes.slice()])),
    move: (from, to) =>
      operate(() => {
        const file = find(from)
        change(() => {
          files.delete(from)
          files.set(to, file)
        })
      }),
    remove: (name) =>
      operate(() => {
        if (files.has(name)) change(() => files.delete(name))
      }),
    restart: (random) => {
      lost = true
      const folder = folders[Math.floor(random() * folders.length)] ?? files
      const left = new Map<string, StoredFile>()
      for (const [name, { bytes, flushed }] of folder) {
        const kept = flushed.slice()
        for (let start = 0; start < kept.byteLength; start += SECTOR) {
          if (random() < 0.5) kept.set(bytes.subarray(start, start + SECTOR), start)
        }
        left.set(name, { bytes: kept, flushed: kept.slice() })
      }
      return createSimulatedFileDisk(capacity, left)
    },
  }
  return disk
}

function resized(bytes: Uint8Array | undefined, byteLength: number): Uint8Array {
  const out = new Uint8Array(byteLength)
  if (bytes !== undefined) out.set(bytes.subarray(0, byteLength))
  return out
}
