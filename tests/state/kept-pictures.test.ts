// What a page takes for stored while it writes: a gallery that answers when it is told to.

import { describe, expect, it } from 'vitest'
import type { GalleryStore, StoredPicture } from '../../src/platform/gallery-store.ts'
import { createKeptPictures } from '../../src/state/kept-pictures.ts'

const picture = (id: string) => ({ version: 1, id }) as StoredPicture

function setUp() {
  const records = new Map([['a', picture('a')]])
  let reads = 0
  let onRead: () => Promise<void> = async () => {}
  let onWrite: () => Promise<void> = async () => {}
  const gallery: GalleryStore = {
    async list() {
      reads++
      const stored = [...records.values()]
      await onRead()
      return stored
    },
    isEmpty: async () => records.size === 0,
    async add(added) {
      await onWrite()
      records.set(added.id, added)
    },
    async delete(id) {
      await onWrite()
      records.delete(id)
    },
  }
  const kept = createKeptPictures(gallery)
  return {
    kept,
    ids: async () => (await kept.list()).map(({ id }) => id),
    reads: () => reads,
    /** While the gallery is read for the first time. */
    meanwhile(task: () => Promise<void>) {
      onRead = async () => {
        onRead = async () => {}
        await task()
      }
    },
    /** While it is written to. */
    duringWrite(task: () => Promise<void>) {
      onWrite = task
    },
  }
}

describe('the list', () => {
  it('has what was added while it was read', async () => {
    const { kept, ids, meanwhile, reads } = setUp()
    meanwhile(() => kept.add(picture('b')))
    expect(await ids()).toEqual(['a', 'b'])
    expect(reads()).toBe(2)
  })

  it('has nothing that was deleted while it was read, or is being deleted', async () => {
    const { kept, ids, meanwhile, duringWrite } = setUp()
    await kept.add(picture('b'))
    meanwhile(() => kept.delete('b'))
    expect(await ids()).toEqual(['a'])
    const seen: string[][] = []
    duringWrite(async () => void seen.push(await ids()))
    await kept.delete('a')
    expect(seen).toEqual([[]])
  })

  it('has again what could not be deleted', async () => {
    const { kept, ids, duringWrite } = setUp()
    duringWrite(() => Promise.reject(new Error('no')))
    await expect(kept.delete('a')).rejects.toThrow('no')
    expect(await ids()).toEqual(['a'])
  })
})

it('a picture is not stored until it is, and never where that fails', async () => {
  const { kept, duringWrite } = setUp()
  const during: boolean[] = []
  duringWrite(async () => void during.push(kept.isStored('b')))
  await kept.add(picture('b'))
  expect([during, kept.isStored('b')]).toEqual([[false], true])
  duringWrite(() => Promise.reject(new Error('no')))
  await expect(kept.add(picture('c'))).rejects.toThrow('no')
  expect(kept.isStored('c')).toBe(false)
})
