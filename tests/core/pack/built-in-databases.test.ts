import { expect, it } from 'vitest'
import { writeDatabases } from '../../../src/core/pack/built-in-databases.ts'
import { readCovers } from '../../../src/core/pack/covers.ts'
import { directParser } from '../../../src/core/pack/direct-parser.ts'
import { thumbnailOf } from '../../fixtures/webp-header.ts'
import { CLIP_ID, makeDatabase } from './small-database.ts'

async function write(
  databases: ReadonlyMap<string, Uint8Array>,
  { clipId = CLIP_ID as string | null, first = [] as readonly string[] } = {},
) {
  const files = new Map<string, Uint8Array>()
  const listed = await writeDatabases({ databases, first }, clipId, async (path, chunks) => {
    files.set(path, new Uint8Array(Buffer.concat([...chunks])))
  })
  return { files, ...listed }
}

it('covers each style with its first row that has a picture, and leaves out a style without', async () => {
  const [first, second, third] = [thumbnailOf('1'), thumbnailOf('2'), thumbnailOf('3')]
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
  expect(await readCovers({ manifest: { databases, covers, files: {} }, read, parser: directParser })).toEqual(
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
  expect((await write(foreign, { clipId: null })).databases).toHaveLength(2)
})

it('puts trained styles before unseen ones, of each those named first in their order, then the others by name', async () => {
  const styles = [
    { id: 'a', name: 'Zebra' },
    { id: 'b', name: 'Mosaic' },
    { id: 'c', name: 'Neon', heldOut: true },
    { id: 'd', name: 'Batik' },
    { id: 'e', name: 'Beads', heldOut: true },
    { id: 'f', name: 'Oil' },
  ]
  const picture = thumbnailOf('1')
  const made = await Promise.all(
    styles.map(async (style) => [`${style.id}.zip`, await makeDatabase({ ...style, thumbnails: [picture] })] as const),
  )
  const names = async (first?: readonly string[]) => {
    const { databases, covers, files } = await write(new Map(made), first && { first })
    const read = async (path: string) => files.get(path) ?? new Uint8Array()
    const shown = await readCovers({ manifest: { databases, covers, files: {} }, read, parser: directParser })
    expect([...(shown?.keys() ?? [])]).toEqual(databases.map(({ id }) => id))
    expect([...files.keys()].slice(0, -1)).toEqual(databases.map(({ file }) => file))
    return databases.map(({ name }) => name)
  }
  expect(await names()).toEqual(['Batik', 'Mosaic', 'Oil', 'Zebra', 'Beads', 'Neon'])
  expect(await names(['f', 'elsewhere', 'b', 'c'])).toEqual(['Oil', 'Mosaic', 'Batik', 'Zebra', 'Neon', 'Beads'])
})
