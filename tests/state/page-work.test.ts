// What holds an update back, part by part, and that each part tells when it begins and ends.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { type AppState, INITIAL_STATE, type Job, type Picture } from '../../src/state/app-state.ts'
import { type Import, INITIAL_LIBRARY, type LibraryAppState } from '../../src/state/library-state.ts'
import { INITIAL_MODELS, type ModelsState, type ModelWork } from '../../src/state/models-state.ts'
import { listenForPack } from '../../src/state/pack-silence.ts'
import { createPageWork } from '../../src/state/page-work.ts'
import { INITIAL_STORAGE, type StorageState } from '../../src/state/storage-state.ts'

/** As idle as one that is open. */
const NOT_OPENED = { kind: 'failed', failure: { code: 'pack-missing', message: '', detail: '' } } as const
const RUNNING = { kind: 'running' } as Job

function setUp() {
  const app = createStore<AppState>(() => ({ ...INITIAL_STATE, pack: NOT_OPENED }))
  const library = createStore<LibraryAppState>(() => INITIAL_LIBRARY)
  const models = createStore<ModelsState>(() => INITIAL_MODELS)
  const storage = createStore<StorageState>(() => INITIAL_STORAGE)
  const work = createPageWork({ app, library, models, storage, silence: listenForPack(app) })
  const told: boolean[] = []
  work.subscribe(() => told.push(work.isBusy()))
  return { app, library, models, storage, work, told }
}

type Parts = ReturnType<typeof setUp>

const importing = (status: Import['status']) => [{ status } as Import]

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('an update waits', () => {
  it.each<[string, (parts: Parts) => void, (parts: Parts) => void]>([
    [
      'a picture is made',
      ({ app }) => app.setState({ job: RUNNING }),
      ({ app }) => app.setState({ job: { kind: 'idle' } }),
    ],
    ['a picture is stored', ({ app }) => app.setState({ writes: 1 }), ({ app }) => app.setState({ writes: 0 })],
    [
      'a model is opened',
      ({ app }) => app.setState({ pack: INITIAL_STATE.pack }),
      ({ app }) => app.setState({ pack: NOT_OPENED }),
    ],
    [
      'pictures are imported',
      ({ library }) => library.setState({ imports: importing('running') }),
      ({ library }) => library.setState({ imports: importing('done') }),
    ],
    [
      'an import is stopped',
      ({ library }) => library.setState({ imports: importing('stopping') }),
      ({ library }) => library.setState({ imports: [] }),
    ],
    [
      'a model is installed',
      ({ models }) => models.setState({ work: { kind: 'installing' } as ModelWork }),
      ({ models }) => models.setState({ work: null }),
    ],
    ...(['backing-up', 'restoring', 'freeing', 'checking'] as const).map(
      (kind): [string, (parts: Parts) => void, (parts: Parts) => void] => [
        `storage is ${kind}`,
        ({ storage }) => storage.setState({ work: { kind, done: 0, total: 0 } }),
        ({ storage }) => storage.setState({ work: null }),
      ],
    ),
  ])('while %s, and no longer', (_, begin, end) => {
    const parts = setUp()
    expect(parts.work.isBusy()).toBe(false)
    begin(parts)
    expect(parts.work.isBusy()).toBe(true)
    end(parts)
    expect(parts.work.isBusy()).toBe(false)
    expect(parts.told).toEqual([true, false])
  })

  it('for a model that is being opened until nothing is heard of that for long: the update may mend it', () => {
    const { app, work, told } = setUp()
    const tell = (loaded: number) => app.setState({ pack: { kind: 'opening', label: 'x', loaded, total: 9 } })
    tell(1)
    vi.advanceTimersByTime(300_000)
    expect(work.isBusy()).toBe(false)
    tell(2)
    expect(told).toEqual([true, false, true])
  })

  it('for a picture that waits for a silent model, which its person can cancel', () => {
    const { app, work } = setUp()
    app.setState({ pack: INITIAL_STATE.pack, job: RUNNING })
    vi.advanceTimersByTime(300_000)
    expect(work.isBusy()).toBe(true)
  })
})

it('counts the pictures of this visit, and none that was only shown', () => {
  const { app, work } = setUp()
  const picture = { entryId: 'one' } as Picture
  app.setState({ picture })
  app.setState({ job: RUNNING })
  app.setState({ job: { kind: 'idle' } })
  expect(work.picturesMade()).toBe(0)
  app.setState({ job: RUNNING })
  app.setState({ job: { kind: 'idle' }, picture: { ...picture, entryId: 'two' } })
  expect(work.picturesMade()).toBe(1)
})
