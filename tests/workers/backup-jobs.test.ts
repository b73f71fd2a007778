// The backup worker's jobs over simulated disks, reading archives by way of the parse worker's jobs.

import { readFileSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { createGalleryStore } from '../../src/platform/gallery-store.ts'
import type { BackupJobs } from '../../src/protocol/backup-jobs.ts'
import type { JobHandlers } from '../../src/protocol/host.ts'
import { createBackupJobs } from '../../workers/backup-jobs.ts'
import { CLIP, many, openLibrary } from '../core/library/world.ts'
import { readDump } from '../core/storage/disk-dump.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'
import { openParseChannel } from './parse-channel.ts'

const { parser, close } = openParseChannel()
afterAll(close)

async function setUp() {
  const disk = createSimulatedDisk()
  const library = openLibrary(disk)
  const gallery = createGalleryStore(createSimulatedDisk())
  return { disk, library, gallery, jobs: createBackupJobs({ library, gallery, parser }) }
}

async function fill({ library, gallery }: Awaited<ReturnType<typeof setUp>>) {
  await library.create({ name: 'Sketches', clip: CLIP }, many('x', 5))
  const { databaseId } = await library.create({ name: 'Gone', clip: CLIP }, many('y', 2))
  await library.remove(databaseId)
  const dump = readDump(readFileSync(new URL('../fixtures/stored/gallery-1.json', import.meta.url), 'utf8'))
  const [[, stored] = ['', null]] = dump.put ?? []
  await gallery.add(stored as never)
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
    pictures: { restored: 1, present: 0 },
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
