// A pack's style databases: searched and shown, and every way in which one is not usable told by its code.

import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { directParser } from '../../src/core/pack/direct-parser.ts'
import type { PackManifest } from '../../src/core/pack/manifest.ts'
import { writeStyleDatabase } from '../../src/core/retrieval/style-database.ts'
import { keptDatabases } from '../../src/platform/pack-databases.ts'
import { MissingPackFile } from '../../src/platform/pack-files.ts'
import { createStyleLibrary } from '../../src/platform/style-library.ts'
import { createStyleStore } from '../../src/platform/style-store.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'
import { HUGE_THUMBNAIL, thumbnailOf } from '../fixtures/webp-header.ts'

const hash = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const CLIP_ID = 'c'.repeat(64)

const write = (...thumbnails: (Uint8Array | null)[]) =>
  writeStyleDatabase({
    description: {
      id: 'ink',
      name: 'Ink',
      description: '',
      heldOut: false,
      clip: { id: CLIP_ID, dim: 2 },
      thumbnail: { type: 'image/webp', side: 8 },
      items: [
        { id: 'n0', caption: 'a hut' },
        { id: 'n1', caption: 'a hill' },
        { id: 'n2', caption: 'a tree' },
      ],
    },
    embeddings: [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0.6, 0.8)],
    thumbnails,
  })
const database = await write(null, thumbnailOf('1'), thumbnailOf('2'))

async function libraryOver(
  bytes: Uint8Array,
  { clipId = CLIP_ID, read = async () => bytes, disk = createSimulatedDisk() } = {},
) {
  const manifest = {
    databases: [{ id: 'ink', name: 'Ink', rows: 3, heldOut: false, file: 'styles/ink.zip' }],
    files: { 'styles/ink.zip': { byteLength: bytes.byteLength, sha256: await hash(bytes) } },
    clip: { id: clipId },
  } as unknown as PackManifest
  const notKept: string[] = []
  const keep = (reason: string) => notKept.push(reason)
  const openFile = keptDatabases({ read }, directParser, createStyleStore(disk, hash), keep)
  const library = createStyleLibrary(manifest, openFile)
  return { library, notKept }
}

it('finds neighbours and shows them with caption and thumbnail', async () => {
  const { library, notKept } = await libraryOver(database)
  const style = await library.open('ink')
  const found = await style.index.search(Float32Array.of(1, 0), 2)
  const shown = await style.picture(found)
  expect(shown.map(({ id, caption, thumbnail }) => [id, caption, thumbnail?.type ?? null])).toEqual([
    ['n0', 'a hut', null],
    ['n2', 'a tree', 'image/webp'],
  ])
  expect(await style.hash()).toBe(await hash(database))
  expect(notKept).toEqual([])
})

it('covers a style with the first rows that have a picture', async () => {
  const style = await (await libraryOver(database)).library.open('ink')
  expect(await style.cover(1)).toHaveLength(1)
  expect(await Promise.all((await style.cover(9)).map((blob) => blob.bytes()))).toEqual([
    thumbnailOf('1'),
    thumbnailOf('2'),
  ])
})

it('shows no thumbnail that claims too many pixels, which the page would decode', async () => {
  const hostile = await write(HUGE_THUMBNAIL, thumbnailOf('1'), Uint8Array.of(1))
  const style = await (await libraryOver(hostile)).library.open('ink')
  const shown = await style.picture(style.ids.map((id, row) => ({ row, id, score: 0 })))
  expect(shown.map(({ thumbnail }) => thumbnail?.type ?? null)).toEqual([null, 'image/webp', null])
  expect(await style.cover(3)).toHaveLength(1)
})

it('is "database-missing" for a style that the pack does not list', async () => {
  const { library } = await libraryOver(database)
  await expect(library.open('tile')).rejects.toMatchObject({ code: 'database-missing' })
})

it('is "database-missing" where its file cannot be fetched, and is tried again when asked again', async () => {
  let there = false
  const { library } = await libraryOver(database, {
    read: async () => {
      if (there) return database
      throw new MissingPackFile('styles/ink.zip', 'the server answered 404')
    },
  })
  await expect(library.open('ink')).rejects.toMatchObject({ code: 'database-missing' })
  there = true
  await expect(library.open('ink')).resolves.toMatchObject({ index: { rows: 3 } })
})

it('is "database-damaged" wherever the file is cut short', async () => {
  for (let length = 0; length < database.byteLength; length += 97) {
    const { library } = await libraryOver(database.slice(0, length))
    await expect(library.open('ink'), `cut at ${length}`).rejects.toMatchObject({ code: 'database-damaged' })
  }
})

it('is "database-other-clip" where another CLIP made it', async () => {
  const { library } = await libraryOver(database, { clipId: 'd'.repeat(64) })
  await expect(library.open('ink')).rejects.toMatchObject({ code: 'database-other-clip' })
})

it('works from memory where the browser keeps nothing, and says so', async () => {
  const { library, notKept } = await libraryOver(database, { disk: createSimulatedDisk({ fullFrom: 1 }) })
  expect((await library.open('ink')).index.rows).toBe(3)
  expect(notKept).toHaveLength(1)
})
