// The models' store over a fake install worker and a fake app: what a person does, and what the page then shows.

import { describe, expect, it, vi } from 'vitest'
import type { JobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import type { InstallEvent, InstallJobs, StoredModel } from '../../src/protocol/install-jobs.ts'
import { type AppState, INITIAL_STATE } from '../../src/state/app-state.ts'
import { createModels } from '../../src/state/create-models.ts'
import { createRateMeter } from '../../src/state/transfer-rate.ts'

const model: StoredModel = {
  id: 'a'.repeat(64),
  name: 'Large',
  description: '',
  state: 'installed',
  byteLength: 1000,
  verifiedBytes: 1000,
  clipId: 'c',
  origin: { kind: 'url', url: 'https://host.example/' },
}
const unfinished: StoredModel = { ...model, state: 'unfinished', verifiedBytes: 300 }

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

interface Running {
  readonly name: string
  readonly input: unknown
  readonly tell: (event: InstallEvent) => void
  readonly finish: (output: unknown) => void
  readonly fail: (error: JobError) => void
}

function setUp(stored: StoredModel[] = []) {
  const running: Running[] = []
  const asked: string[] = []
  let clock = 0
  let open = 'built-in'
  let opens = true
  let chosen: string | null = null
  const state = (): AppState => ({
    ...INITIAL_STATE,
    pack: opens
      ? { kind: 'ready', pack: { hash: open } as never, backend: {} as never }
      : { kind: 'failed', failure: { code: 'pack-damaged', message: 'bad', detail: '' } },
  })
  const client: JobClient<InstallJobs> = {
    run: (name, input, { signal, onEvent } = {}) => {
      asked.push(name)
      if (name === 'list-models') return Promise.resolve({ models: [...stored] }) as never
      if (name === 'remove-model') {
        stored.splice(0)
        return Promise.resolve(null) as never
      }
      return new Promise((finish, fail) => {
        signal?.addEventListener('abort', () => fail(new JobError('cancelled', 'cancelled')))
        running.push({ name, input, tell: onEvent as never, finish: finish as never, fail })
      })
    },
    close: () => {},
  }
  const { store, actions } = createModels({
    client,
    app: {
      store: { getState: state },
      switchModel: async (id) => {
        opens = id !== 'bad'.padEnd(64, '0')
        open = id ?? 'built-in'
        return opens
      },
    },
    choice: {
      read: async () => chosen,
      write: async (id) => {
        chosen = id
      },
    },
    files: {
      findTransferred: () => ({ entries: list(), handles: Promise.resolve([]) }),
      findPicked: () => ({ entries: list(), handles: Promise.resolve([]) }),
    },
    persist: async () => false,
    now: () => clock,
  })
  async function* list() {
    yield { path: 'pack/pack.json', file: null }
  }
  return {
    store,
    actions,
    asked,
    running,
    stored,
    at: (milliseconds: number) => {
      clock = milliseconds
    },
    open: () => open,
    chosen: () => chosen,
  }
}

const progress = (verifiedBytes: number, trouble: string | null = null): InstallEvent => ({
  kind: 'progress',
  verifiedBytes,
  byteLength: 1000,
  trouble,
})

describe('installing', () => {
  it('shows what comes, how fast and how long yet, and lists the model when it is there', async () => {
    const { store, actions, running, stored, at } = setUp()
    actions.installFrom('https://host.example/')
    await settle()
    expect(store.getState().work).toMatchObject({ model: null, byteLength: 0 })
    running[0]?.tell({ kind: 'model', model: { ...unfinished, verifiedBytes: 0 } })
    running[0]?.tell(progress(0))
    at(2000)
    running[0]?.tell(progress(400))
    expect(store.getState().work).toMatchObject({ verifiedBytes: 400, bytesPerSecond: 200, secondsLeft: 3 })
    running[0]?.tell(progress(400, 'no byte came'))
    expect(store.getState().work?.trouble).toBe('no byte came')
    stored.push(model)
    running[0]?.finish({ id: model.id })
    await settle()
    expect(store.getState()).toMatchObject({ work: null, failure: null, models: [model], isProtected: false })
  })

  it('is one thing at a time', async () => {
    const { actions, running } = setUp()
    actions.installFrom('https://host.example/')
    actions.installFrom('https://other.example/')
    actions.check(model.id)
    await settle()
    expect(running).toHaveLength(1)
  })

  it('from a folder hands over its files', async () => {
    const { actions, running } = setUp()
    actions.installPicked([])
    await settle()
    expect(running[0]?.input).toEqual({ kind: 'folder', files: [{ path: 'pack/pack.json', file: null }] })
  })

  it('from a folder that was found elsewhere hands over those files', async () => {
    const { actions, running } = setUp()
    const files = [{ path: 'mini/pack.json', file: null }]
    actions.installFound(files)
    await settle()
    expect(running[0]?.input).toEqual({ kind: 'folder', files })
  })

  it('from a zip that was found elsewhere hands over that', async () => {
    const { actions, running } = setUp()
    const file = new File(['zip'], 'mini.zip')
    actions.installFound([{ path: 'mini.zip', file }])
    await settle()
    expect(running[0]?.input).toEqual({ kind: 'zip', name: 'mini.zip', file })
  })

  it('that fails says why, and what is there is listed', async () => {
    const { store, actions, running, stored } = setUp()
    actions.installFrom('https://host.example/')
    await settle()
    stored.push(unfinished)
    running[0]?.fail(new JobError('download-failed', 'gone'))
    await settle()
    expect(store.getState()).toMatchObject({ work: null, failure: { code: 'download-failed' }, models: [unfinished] })
  })

  it('that is paused is no failure and removes nothing', async () => {
    const { store, actions, running, asked } = setUp([unfinished])
    actions.resume(unfinished.id)
    actions.refresh()
    await settle()
    actions.resume(unfinished.id)
    await settle()
    running[0]?.tell({ kind: 'model', model: unfinished })
    actions.pause()
    await settle()
    expect(store.getState()).toMatchObject({ work: null, failure: null })
    expect(asked).not.toContain('remove-model')
  })

  it('that is cancelled removes what came', async () => {
    const { store, actions, running, asked, stored } = setUp()
    actions.installFrom('https://host.example/')
    await settle()
    stored.push(unfinished)
    running[0]?.tell({ kind: 'model', model: unfinished })
    actions.cancel()
    await settle()
    expect(asked).toContain('remove-model')
    expect(store.getState()).toMatchObject({ work: null, failure: null, models: [] })
  })

  it('repairs a damaged model by checking it first', async () => {
    const { actions, running } = setUp([{ ...model, state: 'damaged' }])
    actions.refresh()
    await settle()
    actions.resume(model.id)
    await settle()
    expect(running.map(({ name }) => name)).toEqual(['check-model'])
    running[0]?.finish({ isWhole: false })
    await settle()
    expect(running[1]).toMatchObject({ name: 'install-model', input: { kind: 'resume', id: model.id } })
  })
})

describe('using a model', () => {
  it('opens it and remembers the choice; going back forgets it', async () => {
    const { actions, open, chosen } = setUp([model])
    actions.refresh()
    await settle()
    actions.use(model.id)
    await settle()
    expect([open(), chosen()]).toEqual([model.id, model.id])
    actions.use(null)
    await settle()
    expect([open(), chosen()]).toEqual(['built-in', null])
  })

  it('that cannot be opened says so and goes back to the one before', async () => {
    const { store, actions, open, chosen } = setUp([model])
    actions.refresh()
    await settle()
    actions.use('bad'.padEnd(64, '0'))
    await settle()
    expect(store.getState().failure?.code).toBe('pack-damaged')
    expect([open(), chosen()]).toEqual(['built-in', null])
  })

  it('and removing it opens the built-in one first', async () => {
    const { store, actions, open, chosen } = setUp([model])
    actions.refresh()
    await settle()
    actions.use(model.id)
    await settle()
    actions.remove(model.id)
    await settle()
    expect([open(), chosen(), store.getState().models]).toEqual(['built-in', null, []])
  })
})

describe('a rate', () => {
  it('is of the last seconds, and unknown at first and where nothing comes', () => {
    const measure = createRateMeter()
    expect(measure(0, 500, 1000).bytesPerSecond).toBeNull()
    expect(measure(1000, 500, 1000).bytesPerSecond).toBeNull()
    expect(measure(2000, 600, 1000)).toEqual({ bytesPerSecond: 50, secondsLeft: 8 })
    for (let second = 3; second < 40; second++) measure(second * 1000, 600 + second, 1000)
    expect(measure(40_000, 640, 1000).bytesPerSecond).toBeCloseTo(1, 1)
  })
})

it('a model that another tab is at is looked at again until that is done', async () => {
  vi.useFakeTimers()
  try {
    const stored = [{ ...model, state: 'busy' as const }]
    const { store, actions, asked } = setUp(stored)
    actions.refresh()
    await vi.advanceTimersByTimeAsync(2500)
    expect(store.getState().models).toMatchObject([{ state: 'busy' }])
    stored.splice(0, 1, model as never)
    await vi.advanceTimersByTimeAsync(1000)
    expect(store.getState().models).toMatchObject([{ state: 'installed' }])
    const count = asked.length
    await vi.advanceTimersByTimeAsync(5000)
    expect(asked).toHaveLength(count)
  } finally {
    vi.useRealTimers()
  }
})
