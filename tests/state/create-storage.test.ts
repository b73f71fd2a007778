// The storage view's store over a fake backup worker: what a person does, and what the page then shows.

import { expect, it } from 'vitest'
import type { BackupJobs, BackupProgress, ChosenModel, Kept } from '../../src/protocol/backup-jobs.ts'
import type { JobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { createStorage } from '../../src/state/create-storage.ts'

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

const sketches = { id: 'aa', name: 'Sketches', rows: 3, bytes: 30, damage: null }

interface Running {
  readonly name: string
  readonly input: unknown
  readonly tell: (event: BackupProgress) => void
  readonly finish: (output: unknown) => void
  readonly fail: (error: JobError) => void
}

function setUp(
  kept: Kept = { pictures: { count: 1, bytes: 10 }, styles: [sketches], removed: [] },
  folder = 'https://kindred.example/',
) {
  const running: Running[] = []
  const saved: [Blob, string][] = []
  const heard: string[] = []
  let measures = true
  let chosen: ChosenModel | null = null
  const client: JobClient<BackupJobs> = {
    run: (name, input, { onEvent } = {}) => {
      if (name === 'measure-kept') {
        return (
          measures ? Promise.resolve(kept) : Promise.reject(new JobError('storage-failed', 'unreadable'))
        ) as never
      }
      return new Promise((finish, fail) => {
        running.push({ name, input, tell: onEvent as never, finish: finish as never, fail })
      })
    },
    close: () => {},
  }
  const storage = createStorage({
    client,
    folder: new URL(folder),
    measureRoom: async () => ({ used: 50, quota: 1000 }),
    isProtected: async () => false,
    protect: async () => true,
    chosenModel: async () => chosen,
    saveFile: (blob, name) => saved.push([blob, name]),
    now: () => Date.UTC(2026, 10, 26),
    onPictures: async () => void heard.push('pictures'),
    onStyles: async () => void heard.push('styles'),
  })
  return {
    ...storage,
    ...{ state: storage.store.getState, running, saved, heard, kept },
    choose: (model: ChosenModel | null) => {
      chosen = model
    },
    failToMeasure: () => {
      measures = false
    },
  }
}

it('shows what is kept, how much room it takes, and whether the browser promised to keep it', async () => {
  const { actions, state, kept } = setUp()
  actions.refresh()
  await settle()
  expect(state()).toMatchObject({ kept, room: { used: 50, quota: 1000 }, isProtected: false, failure: null })
  actions.protect()
  await settle()
  expect(state().isProtected).toBe(true)
})

it('shows what it knew, and why it knows no more, where storage cannot be read', async () => {
  const { actions, state, kept, failToMeasure } = setUp()
  actions.refresh()
  await settle()
  failToMeasure()
  actions.refresh()
  await settle()
  expect(state()).toMatchObject({ kept, failure: { code: 'storage-failed' } })
})

it('backs up to one file named after the day, and says how far it is and how large it became', async () => {
  const { actions, state, running, saved } = setUp()
  actions.backUp()
  await settle()
  running[0]?.tell({ kind: 'progress', done: 4, total: 0 })
  expect(state().work).toEqual({ kind: 'backing-up', done: 4, total: 0 })
  const file = new Blob(['everything'])
  running[0]?.finish({ file })
  await settle()
  expect(saved).toEqual([[file, 'kindred-backup-2026-11-26.zip']])
  expect(state()).toMatchObject({ work: null, news: { kind: 'backed-up', bytes: 10 } })
})

it('restores, and shows what came', async () => {
  const { actions, state, running, heard } = setUp()
  const file = new Blob(['a backup'])
  actions.restore(file)
  expect(running[0]).toMatchObject({ name: 'restore-backup', input: { file } })
  const counts = { styles: { restored: 1, present: 0 }, pictures: { restored: 2, present: 1, leftOut: 0 } }
  running[0]?.finish({ ...counts, model: null })
  await settle()
  expect(state().news).toEqual({ kind: 'restored', ...counts, model: null })
  expect(heard).toEqual(['pictures', 'styles'])
})

it('says why a file could not be restored, and shows what came before', async () => {
  const { actions, state, running, heard } = setUp()
  actions.restore(new Blob(['no backup']))
  running[0]?.fail(new JobError('invalid-input', 'file: zip: no directory'))
  await settle()
  expect(state()).toMatchObject({ work: null, news: null, failure: { code: 'invalid-input' } })
  expect(heard).toEqual(['pictures', 'styles'])
  actions.dismissFailure()
  expect(state().failure).toBeNull()
})

it('does one thing at a time', async () => {
  const { actions, running } = setUp()
  actions.backUp()
  actions.restore(new Blob())
  actions.deletePictures()
  await settle()
  expect(running.map(({ name }) => name)).toEqual(['back-up'])
})

it('frees what removed styles and pictures take', async () => {
  const removed = { ...sketches, id: 'bb' }
  const { actions, running, heard } = setUp({ pictures: { count: 1, bytes: 10 }, styles: [], removed: [removed] })
  actions.refresh()
  await settle()
  actions.purgeRemoved()
  expect(running[0]).toMatchObject({ name: 'purge-removed', input: { databaseIds: ['bb'] } })
  running[0]?.finish(null)
  await settle()
  actions.deletePictures()
  expect(running[1]?.name).toBe('delete-pictures')
  running[1]?.finish(null)
  await settle()
  expect(heard).toEqual(['pictures', 'styles', 'pictures', 'styles'])
})

it('checks the styles, says how many lost something, and forgets what a person knows', async () => {
  const { actions, state, running, heard } = setUp()
  actions.checkStyles()
  running[0]?.tell({ kind: 'progress', done: 1, total: 3 })
  expect(state().work).toEqual({ kind: 'checking', done: 1, total: 3 })
  running[0]?.finish({ damaged: 2 })
  await settle()
  expect(state()).toMatchObject({ work: null, news: { kind: 'checked', damaged: 2 } })
  expect(heard).toContain('styles')
  actions.forgetDamage('aa')
  expect(running[1]).toMatchObject({ name: 'forget-damage', input: { databaseId: 'aa' } })
  running[1]?.finish(null)
  await settle()
  expect(state().work).toBeNull()
})

it('backs up which model is in use, and names it after restoring where another is', async () => {
  const { actions, state, running, choose } = setUp()
  const model = { id: 'e'.repeat(64), name: 'Large', url: null }
  choose(model)
  actions.backUp()
  await settle()
  expect(running[0]).toMatchObject({ name: 'back-up', input: { model } })
  running[0]?.finish({ file: new Blob(['zip']) })
  await settle()

  const counts = { styles: { restored: 1, present: 0 }, pictures: { restored: 0, present: 0, leftOut: 0 } }
  actions.restore(new Blob())
  running[1]?.finish({ ...counts, model })
  await settle()
  expect(state().news).toEqual({ kind: 'restored', ...counts, model: null })
  choose(null)
  actions.restore(new Blob())
  running[2]?.finish({ ...counts, model })
  await settle()
  expect(state().news).toEqual({ kind: 'restored', ...counts, model })
})

it.each([
  ['https://kindred.example/', null],
  ['https://user.github.io/kindred/', 'user.github.io'],
  ['http://localhost:4173/', null],
])('says whose pages share what is kept at %s', (folder, host) => {
  expect(setUp(undefined, folder).state().sharedHost).toBe(host)
})
