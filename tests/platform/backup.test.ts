// A backup holds all that is a person's, and brings it back: after a wipe, beside what is there, and after a crash in between.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../src/core/formats/byte-source.ts'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { openZip } from '../../src/core/formats/zip.ts'
import { writeZip } from '../../src/core/formats/zip-writer.ts'
import { backupArchive } from '../../src/core/library/backup.ts'
import type { Library } from '../../src/core/library/library.ts'
import { exportEverything, restoreEverything, type WholeBackup } from '../../src/platform/backup.ts'
import { readBackup } from '../../src/platform/backup-contents.ts'
import { createGalleryStore, type GalleryStore } from '../../src/platform/gallery-store.ts'
import { expectTruncationErrors } from '../core/formats/damage.ts'
import { findFaults } from '../core/library/find-faults.ts'
import { CLIP, look, many, openLibrary, row } from '../core/library/world.ts'
import { readDump } from '../core/storage/disk-dump.ts'
import { createSimulatedDisk, type Faults } from '../core/storage/simulated-disk.ts'

/** In use when the backups are made. */
const MODEL = { id: 'e'.repeat(64), name: 'Large', url: 'https://packs.example/large/' }

function setUp(faults: Faults = {}, disk = createSimulatedDisk(faults), galleryDisk = createSimulatedDisk()) {
  return { disk, galleryDisk, library: openLibrary(disk), gallery: createGalleryStore(galleryDisk) }
}

async function fill({ library, gallery }: { library: Library; gallery: GalleryStore }) {
  await library.create({ name: 'Sketches', clip: CLIP }, [
    ...many('x', 5),
    row('bare', { image: null, thumbnail: null }),
  ])
  await library.create({ name: 'Holiday', clip: CLIP, description: 'by the sea' }, many('y', 2))
  await library.create({ name: 'Empty', clip: CLIP })
  const { databaseId } = await library.create({ name: 'Removed', clip: CLIP }, many('z', 2))
  await library.remove(databaseId)
  const dump = readDump(readFileSync(new URL('../fixtures/stored/gallery-1.json', import.meta.url), 'utf8'))
  const [[, stored] = ['', null]] = dump.put ?? []
  for (const id of ['picture-1', 'picture-2']) await gallery.add({ ...(stored as never as object), id } as never)
}

async function backUp({ library, gallery }: { library: Library; gallery: GalleryStore }): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  await exportEverything(library, gallery, MODEL, async (piece) => void pieces.push(piece))
  return new Uint8Array(Buffer.concat(pieces))
}

async function lookAtPictures(gallery: GalleryStore) {
  const stored = await gallery.list()
  return Promise.all(
    stored.map(async ({ png, neighbours, ...rest }) => ({
      ...rest,
      png: [png.type, await png.text()],
      neighbours: await Promise.all(
        neighbours.map(async ({ thumbnail, ...neighbour }) => ({ ...neighbour, thumbnail: await thumbnail?.text() })),
      ),
    })),
  )
}

/** Read in this thread, pictures as they are: what the parse worker makes of them is tried in tests/workers/backup-jobs.test.ts. */
async function openBackup(bytes: Uint8Array): Promise<WholeBackup> {
  const zip = await openZip(bytesSource(bytes))
  const readThere = (name: string) => (zip.entries.has(name) ? zip.read(name) : null)
  return {
    ...backupArchive(zip),
    readBackup: () => readBackup(zip),
    readPictures: (names) => Promise.all(names.map(readThere)),
  }
}

async function restore(bytes: Uint8Array, { library, gallery }: { library: Library; gallery: GalleryStore }) {
  return restoreEverything(await openBackup(bytes), library, gallery)
}

/** The backup with some of its files replaced. */
async function altered(replace: (name: string, bytes: Uint8Array) => Uint8Array): Promise<Uint8Array> {
  const { entries, read } = await openZip(bytesSource(file))
  const names = [...entries.keys()]
  return writeZip(await Promise.all(names.map(async (name) => [name, replace(name, await read(name))] as const)))
}

const origin = setUp()
await fill(origin)
const file = await backUp(origin)
const databases = (await look(origin.library)).databases.filter(({ rows }) => rows.length > 0)

it('brings everything back after a wipe, and backs up to the same bytes', async () => {
  const empty = setUp()
  const { library, gallery } = empty
  expect(await restore(file, { library, gallery })).toEqual({
    databases: { restored: 2, present: 0 },
    pictures: { restored: 2, present: 0, leftOut: 0 },
    model: MODEL,
  })
  expect((await look(library)).databases).toEqual(databases)
  expect(await lookAtPictures(gallery)).toEqual(await lookAtPictures(origin.gallery))
  expect(await backUp(empty)).toEqual(file)
})

it('leaves what is here as it is, and adds only what is not', async () => {
  const { library, gallery } = origin
  expect(await restore(file, { library, gallery })).toEqual({
    databases: { restored: 0, present: 2 },
    pictures: { restored: 0, present: 2, leftOut: 0 },
    model: MODEL,
  })
  expect(await backUp(origin)).toEqual(file)
})

describe('every operation of a restore', () => {
  const kinds: readonly (readonly [string, (at: number) => Faults, object])[] = [
    ['fails', (at) => ({ failAt: at }), { code: 'storage-failed' }],
    ['finds no room from there on', (at) => ({ fullFrom: at }), { code: 'storage-full' }],
    ['is where the process dies, not done', (at) => ({ crashAt: at }), {}],
    ['is where the process dies, done', (at) => ({ crashAt: at, crashAfter: true }), {}],
  ]
  const cases = (['library', 'gallery'] as const).flatMap((on) => kinds.map((kind) => [on, ...kind] as const))

  it.each(cases)(
    "of the %s's disk %s: nothing is half there, and nothing comes twice",
    async (on, _, faultsAt, expected) => {
      const rehearsal = setUp()
      await restore(file, rehearsal)
      const { operations } = on === 'library' ? rehearsal.disk : rehearsal.galleryDisk
      const pictures = await lookAtPictures(rehearsal.gallery)
      expect(operations).toBeGreaterThan(2)
      for (let at = 1; at <= operations; at++) {
        const faulty = createSimulatedDisk(faultsAt(at))
        const broken = on === 'library' ? setUp({}, faulty) : setUp({}, undefined, faulty)
        await expect(restore(file, broken), `operation ${at}`).rejects.toMatchObject(expected)

        const again = setUp({}, broken.disk.reopen(), broken.galleryDisk.reopen())
        await again.library.sweep()
        for (const database of (await look(again.library)).databases) expect(databases).toContainEqual(database)
        for (const picture of await lookAtPictures(again.gallery)) expect(pictures).toContainEqual(picture)
        await restore(file, again)
        expect((await look(again.library)).databases, `operation ${at}`).toEqual(databases)
        expect(await lookAtPictures(again.gallery), `operation ${at}`).toEqual(pictures)
        expect(findFaults(again.disk.records, { isSettled: true })).toEqual([])
      }
    },
  )
})

it('answers every truncation with a FormatError', async () => {
  const { library, gallery } = setUp()
  await expectTruncationErrors(file, (bytes) => restore(bytes, { library, gallery }))
})

it('refuses a zip that is no backup', async () => {
  const pieces: Uint8Array[] = []
  const [first] = await origin.library.list()
  await origin.library.exportDatabase(first?.id ?? '', async (piece) => void pieces.push(piece))
  const { library, gallery } = setUp()
  const restoring = restore(new Uint8Array(Buffer.concat(pieces)), { library, gallery })
  await expect(restoring).rejects.toThrow(FormatError)
})

it('changes nothing where a byte of it is damaged, wherever that is', async () => {
  for (let at = 0; at < file.length; at += 97) {
    const damaged = new Uint8Array(file)
    damaged[at] = 255 - (damaged[at] ?? 0)
    const here = setUp()
    const fate = await restore(damaged, here).then(
      () => 'read',
      (error: unknown) => (error instanceof FormatError ? 'refused' : String(error)),
    )
    // Times and flags of a zip are of no matter to its contents.
    if (fate === 'read') expect(await backUp(here), `byte ${at}`).toEqual(file)
    else
      expect([fate, here.disk.records.size, (await here.gallery.list()).length], `byte ${at}`).toEqual([
        'refused',
        0,
        0,
      ])
  }
})

it('refuses rows that are not those that it lists, and keeps what came before', async () => {
  const { library, gallery } = setUp()
  const other = await altered((name, bytes) => {
    if (name !== 'databases/1/database.json') return bytes
    return new TextEncoder().encode(
      new TextDecoder().decode(bytes).replace(/("items": \[\s*\{\s*"id": ")[^"]+/, '$1other'),
    )
  })
  await expect(restore(other, { library, gallery })).rejects.toThrow(/"Holiday" are not those that it lists/)
  expect((await library.list()).map(({ name }) => name)).toEqual(['Sketches'])
})

it('refuses a recipe that is none', async () => {
  const { library, gallery } = setUp()
  const other = await altered((name, bytes) => {
    if (name !== 'gallery.json') return bytes
    return new TextEncoder().encode(
      new TextDecoder().decode(bytes).replaceAll('"sampler": "ddim"', '"sampler": "none"'),
    )
  })
  await expect(restore(other, { library, gallery })).rejects.toThrow(FormatError)
  expect(await library.list()).toEqual([])
})

it('tells how far it is, up to the end', async () => {
  const { library, gallery } = setUp()
  const told: number[] = []
  await restoreEverything(await openBackup(file), library, gallery, (done, total) => told.push(done / total))
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  expect(told.at(-1)).toBe(1)
})

it('restores what version 1 backed up, which named no model', async () => {
  const bytes = readFileSync(new URL('../fixtures/stored/backup-1.zip', import.meta.url))
  const { library, gallery } = setUp()
  expect(await restore(new Uint8Array(bytes), { library, gallery })).toEqual({
    databases: { restored: 1, present: 0 },
    pictures: { restored: 1, present: 0, leftOut: 0 },
    model: null,
  })
  expect((await look(library)).databases).toEqual(databases.filter(({ name }) => name === 'Sketches'))
})

it.each([
  ['an address over plain http with a password', { url: 'http://a:b@packs.example/' }],
  ['an address of a script', { url: 'javascript:alert(1)' }],
  ['an address that is no text', { url: 7 }],
  ['an id that is a path', { id: '../../x' }],
  ['a name of a thousand characters', { name: 'x'.repeat(1000) }],
])('refuses a model with %s, and changes nothing', async (_, change) => {
  const { library, gallery } = setUp()
  const other = await altered((name, bytes) => {
    if (name !== 'settings.json') return bytes
    const settings = JSON.parse(new TextDecoder().decode(bytes))
    return new TextEncoder().encode(JSON.stringify({ ...settings, model: { ...MODEL, ...change } }))
  })
  await expect(restore(other, { library, gallery })).rejects.toThrow(FormatError)
  expect([await library.list(), await gallery.list()]).toEqual([[], []])
})

it('shortens what a pack calls itself to what it would take back', async () => {
  const pieces: Uint8Array[] = []
  const model = { ...MODEL, name: 'x'.repeat(1000), url: `https://packs.example/${'x'.repeat(3000)}/` }
  await exportEverything(origin.library, origin.gallery, model, async (piece) => void pieces.push(piece))
  const { library, gallery } = setUp()
  const restored = await restore(new Uint8Array(Buffer.concat(pieces)), { library, gallery })
  expect(restored.model).toEqual({ ...MODEL, name: 'x'.repeat(200), url: null })
})
