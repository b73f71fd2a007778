// The library's records as such: their order, how safely they are written, and what a newer app's do to this one.

import { expect, it } from 'vitest'
import { databaseKey, isKeptTwice, LIBRARY_KEY, LIBRARY_VERSION } from '../../../src/core/library/records.ts'
import { createGuardedDisk } from '../../../src/core/storage/guarded-disk.ts'
import { StorageError } from '../../../src/core/storage/storage-error.ts'
import { createSimulatedDisk, type SimulatedDisk } from '../storage/simulated-disk.ts'
import { CLIP, openLibrary, rows } from './world.ts'

const create = async (disk: SimulatedDisk, name: string) =>
  (await openLibrary(disk).create({ name, clip: CLIP }, rows('a', 'b'))).databaseId

/** Another record in the place of one that is there. */
async function rewrite(disk: SimulatedDisk, key: string, change: object): Promise<void> {
  const guarded = createGuardedDisk(disk, isKeptTwice)
  const record = await guarded.get(key)
  if (typeof record !== 'object' || record === null) throw new Error(`no record ${key}`)
  await guarded.commit({ put: [[key, { ...record, ...change }]] }, 'strict')
}

it('lists databases in the order in which they were made, and those of one moment always alike', async () => {
  const disk = createSimulatedDisk()
  const ids = [await create(disk, 'first'), await create(disk, 'second'), await create(disk, 'third')]
  const listed = async () => (await openLibrary(disk).list()).map(({ id }) => id)
  expect(await listed()).toEqual(ids)
  const [first = '', second = '', third = ''] = ids
  await rewrite(disk, databaseKey(first), { order: 9 })
  expect(await listed()).toEqual([second, third, first])
  for (const id of ids) await rewrite(disk, databaseKey(id), { order: 5 })
  expect(await listed()).toEqual(ids.toSorted())
})

it('writes nothing that a power loss could take back once it was acknowledged', async () => {
  const disk = createSimulatedDisk()
  const id = await create(disk, 'kept')
  expect(disk.atRisk).toBe(0)
  await openLibrary(disk).rename(id, 'renamed')
  expect(disk.atRisk).toBe(0)
  expect(await openLibrary(disk.reopen({ lost: 9 })).list()).toMatchObject([{ name: 'renamed' }])
})

it('lets its own version be written, and a newer app’s only be read', async () => {
  const disk = createSimulatedDisk()
  const [mine, newer] = [await create(disk, 'mine'), await create(disk, 'newer')]
  expect(await openLibrary(disk).list()).toMatchObject([{ readOnly: false }, { readOnly: false }])

  await rewrite(disk, databaseKey(newer), { version: LIBRARY_VERSION + 1 })
  expect(await openLibrary(disk).list()).toMatchObject([{ readOnly: false }, { readOnly: true }])
  await openLibrary(disk).rename(mine, 'renamed')
  const refused = openLibrary(disk).rename(newer, 'no')
  await expect(refused).rejects.toThrow(StorageError)
  await expect(refused).rejects.toThrow('the database "newer" was written by a newer version of the app')

  await rewrite(disk, LIBRARY_KEY, { version: LIBRARY_VERSION + 1 })
  expect(await openLibrary(disk).list()).toMatchObject([{ readOnly: true }, { readOnly: true }])
  await expect(openLibrary(disk).rename(mine, 'no')).rejects.toThrow(
    'the library was written by a newer version of the app',
  )
})

it('says of a database that is not there that there is none', async () => {
  await expect(openLibrary(createSimulatedDisk()).rename('0'.repeat(12), 'no')).rejects.toMatchObject({
    code: 'database-missing',
    message: 'there is no such database',
  })
})
