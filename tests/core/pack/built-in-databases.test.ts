import { expect, it } from 'vitest'
import { writeDatabases } from '../../../src/core/pack/built-in-databases.ts'
import { readCovers } from '../../../src/core/pack/covers.ts'
import { CLIP_ID, makeDatabase } from './small-database.ts'

async function write(databases: ReadonlyMap<string, Uint8Array>, clipId: string | null = CLIP_ID) {
  const files = new Map<string, Uint8Array>()
  const listed = await writeDatabases(databases, clipId, async (path, chunks) => {
    files.set(path, new Uint8Array(Buffer.concat([...chunks])))
  })
  return { files, ...listed }
}

it('covers each style with its first row that has a picture, and leaves out a style without', async () => {
  const [first, second, third] = [Uint8Array.of(1), Uint8Array.of(2, 2), Uint8Array.of(3)]
  const ink = await makeDatabase({ id: 'ink', thumbnails: [null, first, second] })
  const { files, databases, covers } = await write(
    new Map([
      ['ink.zip', ink],
      ['vectors.zip', await makeDatabase({ id: 'vectors', thumbnails: [null] })],
      ['oil.zip', await makeDatabase({ id: 'oil', thumbnails: [third, first] })],
    ]),
  )
  expect(databases).toContainEqual({ id: 'ink', name: 'ink', rows: 3, heldOut: false, file: 'databases/ink.zip' })
  expect(files.get('databases/ink.zip')).toEqual(ink)
  const read = async (path: string) => files.get(path) ?? new Uint8Array()
  expect(await readCovers({ manifest: { databases, covers, files: {} }, read })).toEqual(
    new Map([
      ['ink', first],
      ['oil', third],
    ]),
  )
})

it('writes no covers where no style has a picture', async () => {
  const { files, covers } = await write(
    new Map([['vectors.zip', await makeDatabase({ id: 'vectors', thumbnails: [null] })]]),
  )
  expect(covers).toBeUndefined()
  expect([...files.keys()]).toEqual(['databases/vectors.zip'])
})

it('refuses a database of another CLIP before it writes anything, unless the pack has none', async () => {
  const foreign = new Map([
    ['ink.zip', await makeDatabase({ id: 'ink', thumbnails: [null] })],
    ['oil.zip', await makeDatabase({ id: 'oil', clipId: 'd'.repeat(64), thumbnails: [null] })],
  ])
  await expect(write(foreign)).rejects.toThrow(/^style database: oil\.zip was made with another CLIP, dddd/)
  expect((await write(foreign, null)).databases).toHaveLength(2)
})
