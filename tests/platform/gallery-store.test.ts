// The gallery over a disk: order, unknown versions, and a disk that is full, fails or crashes.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/core/diffusion/recipe.ts'
import { embedRecipe } from '../../src/core/formats/png-metadata.ts'
import { createGalleryStore, type StoredPicture } from '../../src/platform/gallery-store.ts'
import { flipBit } from '../core/library/flip-bit.ts'
import { readDump } from '../core/storage/disk-dump.ts'
import { Crash, createSimulatedDisk } from '../core/storage/simulated-disk.ts'

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
  const gallery = createGalleryStore(createSimulatedDisk())
  for (const [id, at] of [
    ['b', 5],
    ['c', 9],
    ['a', 5],
  ] as const)
    await gallery.add(picture(id, at))
  expect((await gallery.list()).map(({ id }) => id)).toEqual(['c', 'a', 'b'])
})

it('lists a picture that was made after the clock went back before those that were there', async () => {
  const gallery = createGalleryStore(createSimulatedDisk())
  await gallery.add(picture('before', 900))
  await gallery.add({ ...picture('after', 5), order: 901 })
  expect((await gallery.list()).map(({ id }) => id)).toEqual(['after', 'before'])
})

it('gives back the recipe and the file that were stored', async () => {
  const gallery = createGalleryStore(createSimulatedDisk())
  await gallery.add(picture('a', 1))
  const [stored] = await gallery.list()
  expect(stored?.recipe).toEqual(picture('a', 1).recipe)
  expect(await stored?.png.text()).toBe('a')
})

it('deletes one picture and leaves the others', async () => {
  const gallery = createGalleryStore(createSimulatedDisk())
  await gallery.add(picture('a', 1))
  await gallery.add(picture('b', 2))
  await gallery.delete('a')
  expect((await gallery.list()).map(({ id }) => id)).toEqual(['b'])
})

it('leaves records of a later version where they are, unlisted', async () => {
  const disk = createSimulatedDisk()
  const gallery = createGalleryStore(disk)
  expect(await gallery.isEmpty()).toBe(true)
  await disk.commit({ put: [['later', { ...picture('later', 3), version: 2 }]] }, 'strict')
  expect(await gallery.isEmpty()).toBe(false)
  expect(await gallery.list()).toEqual([])
  expect(disk.records.has('later')).toBe(true)
})

it('finds every flipped bit of a recipe, and has it again from the picture that carries it', async () => {
  const disk = createSimulatedDisk()
  const made = picture('a', 1)
  const exhibit = readFileSync(new URL('../../public/exhibit.png', import.meta.url))
  await createGalleryStore(disk).add({ ...made, png: new Blob([Uint8Array.from(embedRecipe(exhibit, made.recipe))]) })
  const stored = disk.records.get('a') as StoredPicture
  for (let bit = 0; bit < 300; bit++) {
    const damaged = disk.reopen()
    await damaged.commit({ put: [['a', { ...stored, recipe: flipBit(stored.recipe, bit) }]] }, 'strict')
    const [found] = await createGalleryStore(damaged).list()
    expect(found?.recipe, `bit ${bit}`).toEqual(made.recipe)
  }
  for (const change of [{ id: 'b' }, { version: 3 }]) {
    const damaged = disk.reopen()
    await damaged.commit({ put: [['a', { ...stored, ...change }]] }, 'strict')
    expect(await createGalleryStore(damaged).list()).toMatchObject([{ version: 1, id: 'a', recipe: made.recipe }])
  }
})

it('shows a picture as it is stored where its PNG carries no recipe, or is damaged too', async () => {
  const disk = createSimulatedDisk()
  await createGalleryStore(disk).add(picture('a', 1))
  const stored = disk.records.get('a') as StoredPicture
  const altered = { ...stored, recipe: { ...stored.recipe, seed: 99 } }
  await disk.commit({ put: [['a', altered]] }, 'strict')
  expect((await createGalleryStore(disk).list()).map(({ recipe }) => recipe.seed)).toEqual([99])
})

it('says "storage-full" where the browser gives no more room', async () => {
  const gallery = createGalleryStore(createSimulatedDisk({ quota: 10 }))
  await expect(gallery.add(picture('a', 1))).rejects.toMatchObject({ name: 'JobError', code: 'storage-full' })
})

it('says "storage-failed" where any operation fails, and keeps the pictures of before', async () => {
  const start = createSimulatedDisk()
  await createGalleryStore(start).add(picture('a', 1))
  for (let failAt = 1; failAt <= 4; failAt++) {
    const disk = start.reopen({ failAt })
    const gallery = createGalleryStore(disk)
    const calls = [() => gallery.add(picture('b', 2)), () => gallery.delete('b'), () => gallery.list()]
    const codes: unknown[] = []
    for (const call of calls) await call().catch((error) => codes.push([error.name, error.code]))
    expect(codes).toEqual([['JobError', 'storage-failed']])
    expect((await createGalleryStore(disk.reopen()).list()).map(({ id }) => id)).toContain('a')
  }
})

it.each([false, true])(
  'has a picture whole or not at all after a crash (its batch written: %s)',
  async (crashAfter) => {
    for (const call of ['add', 'delete'] as const) {
      const start = createSimulatedDisk()
      if (call === 'delete') await createGalleryStore(start).add(picture('a', 1))
      const disk = start.reopen({ crashAt: 1, crashAfter })
      const gallery = createGalleryStore(disk)
      const work = call === 'add' ? gallery.add(picture('a', 1)) : gallery.delete('a')
      await expect(work).rejects.toMatchObject({ code: 'internal', detail: expect.stringContaining(Crash.name) })
      const [kept] = await createGalleryStore(disk.reopen({ lost: 9 })).list()
      expect(kept !== undefined).toBe((call === 'add') === crashAfter)
      if (kept) expect(await kept.png.text()).toBe('a')
    }
  },
)

it('keeps what was acknowledged through a power loss', async () => {
  const disk = createSimulatedDisk()
  await createGalleryStore(disk).add(picture('a', 1))
  expect(disk.atRisk).toBe(0)
})

it.each([1])('shows what version %i stored', async (version) => {
  const disk = createSimulatedDisk()
  const dump = readFileSync(new URL(`../fixtures/stored/gallery-${version}.json`, import.meta.url), 'utf8')
  await disk.commit(readDump(dump), 'strict')
  const [stored] = await createGalleryStore(disk).list()
  expect(stored).toMatchObject({ id: 'picture-1', createdAt: 1_760_000_000_000, recipe: { prompt: 'a red house' } })
  expect(await stored?.png.text()).toBe('a picture')
  expect(await stored?.neighbours[0]?.thumbnail?.text()).toBe('t')
})
