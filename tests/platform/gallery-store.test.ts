// The gallery over keyed records: order, unknown versions, and what a full disk becomes.

import { expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/core/diffusion/recipe.ts'
import { createGalleryStore, type StoredPicture } from '../../src/platform/gallery-store.ts'
import { memoryRecords } from './records.ts'

const picture = (id: string, createdAt: number): StoredPicture => ({
  version: 1,
  id,
  createdAt,
  png: new Blob([id]),
  recipe: {
    ...DEFAULT_SETTINGS,
    version: 1,
    prompt: 'a red house',
    databaseId: 'ink',
    databaseHash: 'b'.repeat(64),
    neighbourIds: [],
    packId: 'mini',
    packHash: 'a'.repeat(64),
  },
  neighbours: [],
  steps: 20,
  milliseconds: { text: 1, search: 1, step: 1, decode: 1 },
})

it('lists the newest picture first, and those of one moment by id', async () => {
  const gallery = createGalleryStore(memoryRecords())
  for (const [id, at] of [
    ['b', 5],
    ['c', 9],
    ['a', 5],
  ] as const)
    await gallery.add(picture(id, at))
  expect((await gallery.list()).map(({ id }) => id)).toEqual(['c', 'a', 'b'])
})

it('gives back the recipe and the file that were stored', async () => {
  const gallery = createGalleryStore(memoryRecords())
  await gallery.add(picture('a', 1))
  const [stored] = await gallery.list()
  expect(stored?.recipe).toEqual(picture('a', 1).recipe)
  expect(await stored?.png.text()).toBe('a')
})

it('deletes one picture and leaves the others', async () => {
  const gallery = createGalleryStore(memoryRecords())
  await gallery.add(picture('a', 1))
  await gallery.add(picture('b', 2))
  await gallery.delete('a')
  expect((await gallery.list()).map(({ id }) => id)).toEqual(['b'])
})

it('leaves records of a later version where they are, unlisted', async () => {
  const records = memoryRecords()
  records.records.set('later', { ...picture('later', 3), version: 2 })
  const gallery = createGalleryStore(records)
  expect(await gallery.list()).toEqual([])
  expect(records.records.has('later')).toBe(true)
})

it('says "storage-full" where the browser gives no more room', async () => {
  const records = memoryRecords()
  records.failFrom = 1
  await expect(createGalleryStore(records).add(picture('a', 1))).rejects.toMatchObject({ code: 'storage-full' })
})
