// The backup worker's jobs over simulated disks, reading archives by way of the parse worker's jobs.

import { readFileSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { openZip } from '../../src/core/formats/zip.ts'
import { writeZip } from '../../src/core/formats/zip-writer.ts'
import { isSmallWebp } from '../../src/core/image/small-webp.ts'
import { blobSource } from '../../src/platform/blob-source.ts'
import { createGalleryStore, type StoredPicture } from '../../src/platform/gallery-store.ts'
import type { BackupJobs } from '../../src/protocol/backup-jobs.ts'
import type { JobHandlers } from '../../src/protocol/host.ts'
import { createBackupJobs } from '../../workers/backup-jobs.ts'
import { CLIP, many, openLibrary, row } from '../core/library/world.ts'
import { readDump } from '../core/storage/disk-dump.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'
import { fakeHeader, fakeWebp } from '../fixtures/hostile-pictures.ts'
import { openParseChannel } from './parse-channel.ts'

const { parser, close } = openParseChannel()
afterAll(close)

async function setUp() {
  const disk = createSimulatedDisk()
  const library = openLibrary(disk, undefined, undefined, isSmallWebp)
  const gallery = createGalleryStore(createSimulatedDisk())
  return { disk, library, gallery, jobs: createBackupJobs({ library, gallery, parser }) }
}

const webp = (text: string) => fakeWebp(96, 96, text)
const toFile = (bytes: Uint8Array, type: string) => new Blob([bytes as Uint8Array<ArrayBuffer>], { type })

async function fill({ library, gallery }: Awaited<ReturnType<typeof setUp>>) {
  const names = ['a', 'b', 'c', 'd', 'e']
  const rows = names.map((name) => row(name, { thumbnail: webp(`thumbnail ${name}`), image: webp(`image ${name}`) }))
  await library.create({ name: 'Sketches', clip: CLIP }, rows)
  const { databaseId } = await library.create({ name: 'Gone', clip: CLIP }, many('y', 2))
  await library.remove(databaseId)
  const dump = readDump(readFileSync(new URL('../fixtures/stored/gallery-1.json', import.meta.url), 'utf8'))
  const [[, stored] = ['', null]] = dump.put ?? []
  const { neighbours, ...picture } = stored as StoredPicture
  await gallery.add({
    ...picture,
    png: toFile(fakeHeader.png(256, 256, 8), 'image/png'),
    neighbours: neighbours.map((found) => ({ ...found, thumbnail: toFile(webp('neighbour'), 'image/webp') })),
  })
}

/** A backup of what `fill` puts in, with some of its files replaced. */
async function alteredBackup(files: Readonly<Record<string, Uint8Array | ((text: string) => string)>>): Promise<Blob> {
  const here = await setUp()
  await fill(here)
  const { output } = await run(here.jobs, 'back-up', { model: null })
  const { entries, read } = await openZip(blobSource(output.file))
  const utf8 = new TextEncoder()
  const replaced = Array.from(entries.keys(), async (name) => {
    const [bytes, other] = [await read(name), files[name]]
    return [
      name,
      typeof other === 'function' ? utf8.encode(other(new TextDecoder().decode(bytes))) : (other ?? bytes),
    ] as const
  })
  return toFile(await writeZip(await Promise.all(replaced)), 'application/zip')
}

/** Runs a job to its end; gives what it told and its output. */
async function run<Name extends keyof BackupJobs>(
  jobs: JobHandlers<BackupJobs>,
  name: Name,
  input: BackupJobs[Name]['input'],
) {
  const job = (jobs[name] as JobHandlers<BackupJobs>[Name])(input as never, new AbortController().signal)
  const told: unknown[] = []
  for (;;) {
    const { done, value } = await job.next()
    if (done) return { told, output: value as BackupJobs[Name]['output'] }
    told.push(value)
  }
}

it('tells what is kept: pictures, styles and removed styles, with their sizes', async () => {
  const here = await setUp()
  await fill(here)
  const { output } = await run(here.jobs, 'measure-kept', null)
  expect(output.pictures.count).toBe(1)
  expect(output.pictures.bytes).toBeGreaterThan(0)
  expect(output.styles).toMatchObject([{ name: 'Sketches', rows: 5 }])
  expect(output.removed).toMatchObject([{ name: 'Gone', rows: 2 }])
  expect(output.styles[0]?.bytes).toBeGreaterThan(0)
})

it('backs up to a file that another browser restores, telling how far it is', async () => {
  const here = await setUp()
  await fill(here)
  const backedUp = await run(here.jobs, 'back-up', { model: null })
  expect(backedUp.told.at(-1)).toEqual({ kind: 'progress', done: backedUp.output.file.size, total: 0 })

  const there = await setUp()
  const restored = await run(there.jobs, 'restore-backup', backedUp.output)
  expect(restored.output).toEqual({
    styles: { restored: 1, present: 0 },
    pictures: { restored: 1, present: 0, leftOut: 0 },
    model: null,
  })
  const { done, total } = restored.told.at(-1) as { done: number; total: number }
  expect([done, total > 0]).toEqual([total, true])
  const again = await run(there.jobs, 'back-up', { model: null })
  expect(await again.output.file.bytes()).toEqual(await backedUp.output.file.bytes())
})

it('refuses a file that is no backup as invalid input, and changes nothing', async () => {
  const here = await setUp()
  for (const file of [new Blob(['no zip']), new Blob([])]) {
    await expect(run(here.jobs, 'restore-backup', { file })).rejects.toMatchObject({ code: 'invalid-input' })
  }
  expect(await here.library.list()).toEqual([])
})

it.each([
  ['claims 60,000 pixels a side', fakeHeader.png(60_000, 60_000, 8)],
  ['is a text', new TextEncoder().encode('I am no picture')],
  ['is a WebP', webp('no PNG')],
])('leaves out a picture whose PNG %s, says so, and restores all else', async (_, png) => {
  const file = await alteredBackup({ 'gallery/0.png': png })
  const { jobs, gallery } = await setUp()
  expect((await run(jobs, 'restore-backup', { file })).output).toEqual({
    styles: { restored: 1, present: 0 },
    pictures: { restored: 0, present: 0, leftOut: 1 },
    model: null,
  })
  expect(await gallery.list()).toEqual([])
})

it('restores no thumbnail and no kept picture that is none, or of too many pixels, and the rows and pictures without', async () => {
  const bomb = fakeWebp(16_000, 16_000)
  const file = await alteredBackup({
    'gallery/0/0.webp': bomb,
    'databases/0/images/0.webp': bomb,
    'databases/0/thumbnails/1.webp': new TextEncoder().encode('I am no picture'),
  })
  const { jobs, gallery, library } = await setUp()
  const { output } = await run(jobs, 'restore-backup', { file })
  expect(output.pictures).toEqual({ restored: 1, present: 0, leftOut: 0 })
  const [picture] = await gallery.list()
  expect(picture?.neighbours).toMatchObject([{ id: 'n1', thumbnail: null }])
  const [style] = await library.list()
  const opened = await library.openDatabase(style?.id ?? '')
  const there = (await opened.images([0, 1, 2])).map((bytes) => bytes !== null)
  expect([style?.images, there]).toEqual([4, [false, true, true]])
  expect(style?.damage).toEqual({ rows: 0, thumbnails: 1, images: 1, kept: 0 })
  expect((await opened.thumbnails([0, 1])).map((bytes) => bytes !== null)).toEqual([true, false])
})

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

it.each([
  ['a gallery of great depth', { 'gallery.json': () => deep(100_000) }],
  ['a list of great depth', { 'databases.json': (text: string) => text.replace(/\[[\s\S]*\]/, deep(100_000)) }],
  ['settings of great length', { 'settings.json': (text: string) => text.padEnd(100_000) }],
  ['a list that is no list', { 'databases.json': () => '{"__proto__":{"databases":[]}}' }],
])('refuses %s as invalid input, and changes nothing', async (_, files) => {
  const { disk, jobs, gallery } = await setUp()
  const file = await alteredBackup(files)
  await expect(run(jobs, 'restore-backup', { file })).rejects.toMatchObject({ code: 'invalid-input' })
  expect([disk.records.size, await gallery.list()]).toEqual([0, []])
})

it('drops what a picture says beyond what pictures have, however deep and whatever its name', async () => {
  const more = `"__proto__": { "isAdmin": true }, "constructor": 1, "more": ${deep(5000)},`
  const file = await alteredBackup({
    'gallery.json': (text) => text.replace('"id":', `${more} "id":`).replace('"prompt":', `${more} "prompt":`),
  })
  const { jobs, gallery } = await setUp()
  const whole = await setUp()
  await fill(whole)
  expect((await run(jobs, 'restore-backup', { file })).output.pictures.restored).toBe(1)
  const [[picture], [original]] = [await gallery.list(), await whole.gallery.list()]
  expect([picture?.recipe, Object.keys(picture ?? {}).toSorted()]).toStrictEqual([
    original?.recipe,
    Object.keys(original ?? {}).toSorted(),
  ])
  expect(Object.getPrototypeOf(picture?.recipe)).toBe(Object.prototype)
})

it('deletes removed styles and pictures for good', async () => {
  const here = await setUp()
  await fill(here)
  const [gone] = await here.library.listRemoved()
  await run(here.jobs, 'purge-removed', { databaseIds: [gone?.id ?? ''] })
  await run(here.jobs, 'delete-pictures', null)
  const { output } = await run(here.jobs, 'measure-kept', null)
  expect(output).toMatchObject({ pictures: { count: 0, bytes: 0 }, styles: [{ name: 'Sketches' }], removed: [] })
})

it('checks every style, sets aside what is damaged, and tells of it until a person knows', async () => {
  const here = await setUp()
  await fill(here)
  const whole = await run(here.jobs, 'check-styles', null)
  expect(whole.output).toEqual({ damaged: 0 })
  expect(whole.told.at(-1)).toEqual({ kind: 'progress', done: 5, total: 5 })

  const image = [...here.disk.records.keys()].find((key) => key.startsWith('image/')) ?? ''
  const { bytes } = here.disk.records.get(image) as { bytes: Uint8Array }
  await here.disk.commit({ put: [[image, { version: 1, bytes: bytes.map((byte) => byte ^ 1) }]] }, 'strict')
  expect((await run(here.jobs, 'check-styles', null)).output).toEqual({ damaged: 1 })
  const [style] = (await run(here.jobs, 'measure-kept', null)).output.styles
  expect(style).toMatchObject({ rows: 5, damage: { rows: 0, thumbnails: 0, images: 1 } })

  await run(here.jobs, 'forget-damage', { databaseId: style?.id ?? '' })
  expect((await run(here.jobs, 'measure-kept', null)).output.styles[0]?.damage).toBeNull()
})
