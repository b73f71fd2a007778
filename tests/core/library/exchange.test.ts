// Databases as files: byte-equal after a round trip, whole or not at all, typed errors for damage.

import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { openZip } from '../../../src/core/formats/zip.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import { isSmallWebp } from '../../../src/core/image/small-webp.ts'
import type { Library, NewRow } from '../../../src/core/library/library.ts'
import { openStyleDatabase, writeStyleDatabase } from '../../../src/core/retrieval/style-database.ts'
import { HUGE_THUMBNAIL, lossyWebp, thumbnailOf } from '../../fixtures/webp-header.ts'
import { seededRandom } from '../../seeded-random.ts'
import { expectTruncationErrors } from '../formats/damage.ts'
import { createSimulatedDisk } from '../storage/simulated-disk.ts'
import { findFaults } from './find-faults.ts'
import { CLIP, look, many, OTHER_CLIP, openLibrary, row } from './world.ts'

/** Databases in all; R16 asks for 3 in each run, and for 100 each night. */
const DATABASES = process.env.CAMPAIGN === 'full' ? 100 : 3

/** Of letters of one to four bytes, of marks and of markup. */
function randomText(random: () => number): string {
  const letters = [...'ab<&"\\/ \n\u202eé漢🎨']
  const length = Math.floor(20 * random())
  return Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('')
}

function randomRow(random: () => number, name: string): NewRow {
  const bytes = (most: number) => Uint8Array.from({ length: Math.floor(most * random()) }, () => 256 * random())
  const orNone = <T>(value: T): T | null => (random() < 0.3 ? null : value)
  return row(name, {
    caption: randomText(random),
    embedding: Float32Array.from({ length: CLIP.dim }, () => 10 ** (6 * random() - 3) * (random() - 0.5)),
    thumbnail: orNone(bytes(2000)),
    image: orNone(bytes(9000)),
    ...(random() < 0.3 ? { sha256: null, width: 0, height: 0 } : {}),
  })
}

async function exportBytes(library: Library, databaseId: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  await library.exportDatabase(databaseId, async (piece) => void pieces.push(piece.slice()))
  return new Uint8Array(Buffer.concat(pieces))
}

const pictures = [
  ...many('x', 7),
  row('<b>"quoted"</b>\u202e', { id: '../../__proto__' }),
  row('bare', { thumbnail: null, image: null, sha256: null, width: 0, height: 0 }),
]

async function setUp() {
  const disk = createSimulatedDisk()
  const library = openLibrary(disk)
  const { databaseId } = await library.create({ name: 'Holiday', clip: CLIP, thumbnailSide: 64 }, pictures)
  return { disk, library, databaseId, file: await exportBytes(library, databaseId) }
}

/** What the command line writes: no images, no hashes. */
const toolFile = await writeStyleDatabase({
  description: {
    id: 'ink',
    name: 'Ink',
    description: 'Brush and ink',
    heldOut: true,
    clip: OTHER_CLIP,
    thumbnail: { type: 'image/webp', side: 48 },
    items: [
      { id: 'n0', caption: 'a hut' },
      { id: 'n1', caption: '' },
    ],
  },
  embeddings: [Float32Array.of(1, 0, 0, 0, 0, 0), Float32Array.of(0, 0.6, 0, 0, -0.8, 0)],
  thumbnails: [null, Uint8Array.of(1)],
})

describe('an exported database', () => {
  it('imports elsewhere as it was, and exports to the same bytes', async () => {
    const { library, databaseId, file } = await setUp()
    const disk = createSimulatedDisk()
    const elsewhere = openLibrary(disk)
    const { id } = await elsewhere.importDatabaseFile(bytesSource(file))
    expect((await look(elsewhere)).databases).toEqual((await look(library)).databases)
    expect(await exportBytes(elsewhere, id)).toEqual(file)
    const [there, here] = [await elsewhere.openDatabase(id), await library.openDatabase(databaseId)]
    expect(await there.hash()).toBe(await here.hash())
    expect(there.items).toEqual(here.items)
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('comes back after a wipe as it was, whatever it holds and however it is cut into records', async () => {
    for (let seed = 0; seed < DATABASES; seed++) {
      const random = seededRandom(seed)
      const upTo = (most: number) => Math.floor(random() * (most + 1))
      const limits = () => ({ chunkRows: 1 + upTo(6), chunksPerBatch: 1 + upTo(4) })
      const open = () => openLibrary(createSimulatedDisk(), undefined, limits())
      const [library, elsewhere] = [open(), open()]
      const { databaseId } = await library.create(
        { name: randomText(random) || 'a', description: randomText(random), clip: CLIP, thumbnailSide: 1 + upTo(511) },
        Array.from({ length: 1 + upTo(40) }, (_, i) => randomRow(random, `${seed} ${i}`)),
      )
      const file = await exportBytes(library, databaseId)
      const { id } = await elsewhere.importDatabaseFile(bytesSource(file))
      expect(Buffer.compare(await exportBytes(elsewhere, id), file), `seed ${seed}`).toBe(0)
      expect(await look(elsewhere), `seed ${seed}`).toEqual(await look(library))
    }
  })

  it('exports to the same bytes again after its rows lay otherwise', async () => {
    const { library, databaseId, file } = await setUp()
    const { databaseId: other } = await library.create({ name: 'Other', clip: CLIP }, many('y', 4))
    await library.merge(databaseId, other)
    const added = (await library.openDatabase(databaseId)).items.slice(9).map(({ id }) => id)
    await library.removeItems(databaseId, added)
    expect(await exportBytes(library, databaseId)).toEqual(file)
  })

  it('is a style database that the generator opens, its images beside its thumbnails', async () => {
    const { file } = await setUp()
    const database = await openStyleDatabase(bytesSource(file))
    expect(database.description.items).toHaveLength(9)
    expect(new TextDecoder().decode((await database.images([2]))[0] ?? undefined)).toBe('image of x2')
    expect([...(await database.images([8])), ...(await database.thumbnails([8]))]).toEqual([null, null])
  })

  it('comes in many pieces, so that memory need not hold it', async () => {
    const library = openLibrary(createSimulatedDisk())
    const large = many('x', 6).map((one) => ({ ...one, image: new Uint8Array(3_000_000) }))
    const { databaseId } = await library.create({ name: 'Large', clip: CLIP }, large)
    const sizes: number[] = []
    await library.exportDatabase(databaseId, async (piece) => void sizes.push(piece.byteLength))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024)
    expect(sizes.reduce((sum, size) => sum + size)).toBeGreaterThan(18_000_000)
  })

  it('stops where it cannot be written', async () => {
    const { library, databaseId } = await setUp()
    const full = library.exportDatabase(databaseId, () => Promise.reject(new Error('the disk is full')))
    await expect(full).rejects.toThrow('the disk is full')
  })

  it('needs a row', async () => {
    const library = openLibrary(createSimulatedDisk())
    const { databaseId } = await library.create({ name: 'Empty', clip: CLIP })
    await expect(exportBytes(library, databaseId)).rejects.toMatchObject({ code: 'database-empty' })
  })
})

describe('an imported file', () => {
  it('may be of another CLIP and without images, and exports to the same bytes', async () => {
    const { library } = await setUp()
    const told: number[][] = []
    const summary = await library.importDatabaseFile(bytesSource(toolFile), (...progress) => told.push(progress))
    expect(summary).toMatchObject({ name: 'Ink', description: 'Brush and ink', clip: OTHER_CLIP, rows: 2, images: 0 })
    expect(told).toEqual([[2, 2]])
    expect(await exportBytes(library, summary.id)).toEqual(toolFile)
  })

  it('comes without pictures that claim too many pixels, and says how many', async () => {
    const there = openLibrary(createSimulatedDisk())
    const hostile = [
      row('fine', { thumbnail: thumbnailOf('fine'), image: lossyWebp(512, 384) }),
      row('huge', { thumbnail: HUGE_THUMBNAIL, image: lossyWebp(512, 384) }),
      row('other', { thumbnail: new TextEncoder().encode('\x89PNG'), image: HUGE_THUMBNAIL }),
    ]
    const { databaseId } = await there.create({ name: 'Hostile', clip: CLIP }, hostile)
    const here = openLibrary(createSimulatedDisk(), undefined, undefined, isSmallWebp)
    const { id, damage, images } = await here.importDatabaseFile(bytesSource(await exportBytes(there, databaseId)))
    expect([damage, images]).toEqual([{ rows: 0, thumbnails: 2, images: 1, kept: 0 }, 2])
    const opened = await here.openDatabase(id)
    expect(await opened.thumbnails([0, 1, 2])).toEqual([thumbnailOf('fine'), null, null])
    expect((await opened.images([0, 1, 2])).map((image) => image?.length ?? null)).toEqual([30, 30, null])
    expect(opened.summary.damage).toEqual(damage)
  })

  it('may be one that was opened elsewhere', async () => {
    const { library } = await setUp()
    const { id } = await library.importDatabase(await openStyleDatabase(bytesSource(toolFile)))
    expect(await exportBytes(library, id)).toEqual(toolFile)
  })

  it('is a database of its own each time', async () => {
    const { library, file } = await setUp()
    const ids = [
      await library.importDatabaseFile(bytesSource(file)),
      await library.importDatabaseFile(bytesSource(file)),
    ]
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2)
    expect((await library.list()).map(({ rows }) => rows)).toEqual([9, 9, 9])
  })

  it('is not shown before it is whole, and is taken by no other tab meanwhile', async () => {
    const { disk, library, file } = await setUp()
    const seen: number[] = []
    const source = bytesSource(file)
    await library.importDatabaseFile({
      byteLength: source.byteLength,
      slice: async (start, end) => {
        seen.push((await library.list()).length)
        await library.sweep()
        return source.slice(start, end)
      },
    })
    expect(new Set(seen)).toEqual(new Set([1]))
    expect((await library.list()).map(({ rows }) => rows)).toEqual([9, 9])
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('leaves nothing behind where a picture in it is damaged', async () => {
    const { disk, library, file } = await setUp()
    const before = new Map(disk.records)
    const at = Buffer.from(file).indexOf('image of x6')
    const damaged = file.slice()
    damaged[at] = 0
    await expect(library.importDatabaseFile(bytesSource(damaged))).rejects.toThrow(FormatError)
    expect([...disk.records.keys()].toSorted()).toEqual([...before.keys()].toSorted())
  })

  it('answers every truncation with a FormatError', async () => {
    const { library } = await setUp()
    await expectTruncationErrors(toolFile, (bytes) => library.importDatabaseFile(bytesSource(bytes)))
    expect(await library.list()).toHaveLength(1)
  })

  it('that names a content hash which is none is refused', async () => {
    const { library } = await setUp()
    const zip = await openZip(bytesSource(toolFile))
    const json = JSON.parse(new TextDecoder().decode(await zip.read('database.json')))
    json.items[0].sha256 = '__proto__'
    const bytes = await writeZip([
      ['database.json', new TextEncoder().encode(JSON.stringify(json))],
      ['embeddings.npy', await zip.read('embeddings.npy')],
    ])
    await expect(library.importDatabaseFile(bytesSource(bytes))).rejects.toThrow(FormatError)
  })
})

describe('rows that come one batch after the other', () => {
  async function* batches(...sizes: number[]) {
    let first = 0
    for (const size of sizes) {
      yield many('r', first + size).slice(first)
      first += size
    }
  }

  it('are one new database, in their order, which shows itself when it is whole', async () => {
    const disk = createSimulatedDisk()
    const library = openLibrary(disk)
    const seen: number[] = []
    async function* watched() {
      for await (const batch of batches(4, 1, 6)) {
        seen.push((await library.list()).length)
        await library.sweep()
        yield batch
      }
    }
    const summary = await library.importRows({ name: 'Rows', clip: CLIP }, watched())
    expect(seen).toEqual([0, 0, 0])
    expect(summary).toMatchObject({ name: 'Rows', rows: 11 })
    const { items } = await library.openDatabase(summary.id)
    expect(items.map(({ caption }) => caption)).toEqual(Array.from({ length: 11 }, (_, i) => `r${i}`))
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('leave nothing behind where they break off', async () => {
    const disk = createSimulatedDisk()
    const library = openLibrary(disk)
    async function* broken() {
      yield* batches(5)
      throw new FormatError('npz', 'the rest is damaged', 0)
    }
    await expect(library.importRows({ name: 'Rows', clip: CLIP }, broken())).rejects.toThrow('the rest is damaged')
    expect(await library.list()).toEqual([])
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })
})
