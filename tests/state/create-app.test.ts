// The store over a fake job client and a fake gallery: what a person does, and what the page then shows.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ResumePoint } from '../../src/core/diffusion/generate.ts'
import { DEFAULT_SETTINGS, type Recipe } from '../../src/core/diffusion/recipe.ts'
import type { GalleryStore, StoredPicture } from '../../src/platform/gallery-store.ts'
import type { JobClient } from '../../src/protocol/client.ts'
import { JobError, type JobErrorCode } from '../../src/protocol/errors.ts'
import type {
  BackendDescription,
  GenerateJobEvent,
  Jobs,
  NeighbourPicture,
  PackSummary,
} from '../../src/protocol/jobs.ts'
import { type AppActions, type AppState, canGenerate } from '../../src/state/app-state.ts'
import { createApp } from '../../src/state/create-app.ts'
import type { OwnedResource } from '../../src/state/owned-resources.ts'

const pack: PackSummary = {
  id: 'mini',
  hash: 'a'.repeat(64),
  name: 'Mini',
  description: '',
  nativeSize: 256,
  contextDim: 8,
  clip: null,
  styles: [
    { id: 'ink', name: 'Ink', rows: 10, heldOut: false },
    { id: 'tile', name: 'Tile', rows: 12, heldOut: true },
  ],
}
const backend: BackendDescription = { name: 'wasm', dtype: 'fp32', threads: 2, detail: '' }
const recipe: Recipe = {
  ...DEFAULT_SETTINGS,
  version: 1,
  prompt: 'a red house',
  seed: 7,
  databaseId: 'tile',
  databaseHash: 'b'.repeat(64),
  neighbourIds: ['n1'],
  packId: 'mini',
  packHash: pack.hash,
}
const neighbour: NeighbourPicture = { row: 3, id: 'n1', score: 0.5, caption: 'a hut', thumbnail: new Blob(['thumb']) }
const output: Jobs['generate']['output'] = {
  png: new Blob(['png']),
  recipe,
  latents: { dims: [1], data: new Float32Array(1) },
  steps: 4,
  milliseconds: { text: 1, search: 1, step: 1, decode: 1 },
}

/** Where a job stood after a step, recognisable by its first latent. */
const reachedAt = (step: number): ResumePoint => ({
  step,
  latents: { dims: [1], data: Float32Array.of(step) },
  history: [],
})

type Answer<Name extends keyof Jobs> = (
  input: Jobs[Name]['input'],
  tell: (event: Jobs[Name]['event']) => void,
  signal: AbortSignal | undefined,
) => Promise<Jobs[Name]['output']>

type Answers = { [Name in keyof Jobs]: Answer<Name> }

const cancelled = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(new JobError('cancelled', 'cancelled')))
  })

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

function setUp(
  change: Partial<Answers> = {},
  stored: StoredPicture[] = [],
  loadExhibit = async () => null as never,
  crashed = 0,
  chosenModel: string | null = null,
  keptBefore = 0,
) {
  const answers: Answers = {
    'open-pack': async () => ({ pack, backend }),
    'style-cover': async ({ styleId }) => ({ thumbnails: [new Blob([styleId])] }),
    'style-neighbours': async ({ ids }) => ({
      neighbours: ids.map((id) => ({ id, caption: `a picture of ${id}`, thumbnail: new Blob([id]) })),
    }),
    'style-map': async () => ({ points: new Float32Array(0), ids: [] }),
    'style-pictures': async () => ({ pictures: [] }),
    'place-prompt': async () => ({ x: 0, y: 0, cut: null, neighbours: [] }),
    generate: async () => output,
    ...change,
  }
  const asked: { name: string; input: unknown }[] = []
  const disposed: OwnedResource[] = []
  const saved: { blob: Blob; name: string }[] = []
  const records = new Map(stored.map((picture) => [picture.id, picture]))
  let kept = keptBefore
  let clock = 1000
  let urls = 0
  let crashes = crashed
  let ids = 0
  let loseWorker = () => {}
  let onClose = () => {}
  const client: JobClient = {
    run(name, input, { onEvent, signal } = {}) {
      asked.push({ name, input })
      return (answers[name] as Answer<typeof name>)(input, (event) => onEvent?.(event), signal)
    },
    close: () => {
      asked.push({ name: 'close', input: null })
      onClose()
    },
  }
  const gallery: GalleryStore = {
    list: async () => [...records.values()].toSorted((a, b) => b.createdAt - a.createdAt),
    add: async (picture) => void records.set(picture.id, picture),
    isEmpty: async () => records.size === 0,
    delete: async (id) => void records.delete(id),
  }
  const app = createApp({
    createClient: (onWorkerLost) => {
      loseWorker = onWorkerLost
      return client
    },
    gallery,
    packUrl: '/packs/mini/',
    onPack: () => {},
    readChosenModel: async () => chosenModel,
    readStyles: async () => ({ styles: pack.styles, readCovers: async () => null }),
    backend: 'auto',
    loadGuard: {
      begin: () => crashes,
      end: () => {
        crashes = 0
      },
    },
    keptCount: { read: () => kept, tell: (count) => (kept = count) },
    loadExhibit,
    now: () => clock,
    createId: () => `id-${++ids}`,
    randomSeed: () => 99,
    createUrl: () => `blob:${++urls}`,
    dispose: (resource) => disposed.push(resource),
    saveFile: (blob, name) => saved.push({ blob, name }),
  })
  return {
    ...app,
    state: app.store.getState,
    asked,
    disposed,
    saved,
    records,
    gallery,
    tick: (ms: number) => {
      clock += ms
    },
    loseWorker: () => loseWorker(),
    whenClosed: (task: () => void) => {
      onClose = task
    },
    kept: () => kept,
  }
}

const picture = (id: string, createdAt: number): StoredPicture => ({
  version: 1,
  id,
  createdAt,
  neighbours: [neighbour],
  ...output,
})

describe('opening the page', () => {
  it('opens the pack, chooses its first style and reads the covers', async () => {
    const { state, start } = setUp()
    expect(canGenerate(state())).toBe(false)
    await start()
    expect(state().pack).toMatchObject({ kind: 'ready', backend: { threads: 2 } })
    expect(state().styleId).toBe('ink')
    expect(state().styles.map(({ covers }) => covers.length)).toEqual([1, 1])
  })

  it('hangs the exhibit with its prompt and style, ready to make another from a new seed', async () => {
    const { state, start, asked, actions } = setUp(
      {},
      [],
      async () => ({ url: 'exhibit/exhibit.png', recipe }) as never,
    )
    await start()
    expect(state().picture).toMatchObject({ source: 'exhibit', entryId: null, url: 'exhibit/exhibit.png' })
    expect(state()).toMatchObject({ prompt: 'a red house', styleId: 'tile', keepSeed: false, gallery: [] })
    expect(canGenerate(state())).toBe(true)
    actions.generate()
    await settle()
    expect(asked.at(-1)?.input).toMatchObject({ settings: { seed: 99 }, styleId: 'tile' })
  })

  it('hangs the exhibit beside words that were written, or are about to be, and leaves prompt and settings alone', async () => {
    let bring = (_: never) => {}
    const exhibit = new Promise<never>((resolve) => {
      bring = resolve
    })
    const { state, start, actions } = setUp({}, [], () => exhibit)
    const started = start()
    await settle()
    actions.beginPrompt()
    bring({ url: 'exhibit.png', recipe: { ...recipe, k: 3 } } as never)
    await started
    expect(state()).toMatchObject({ picture: { source: 'exhibit' }, prompt: '', styleId: 'ink', settings: { k: 19 } })
  })

  it('leaves settings alone that were chosen before the exhibit came', async () => {
    const exhibit = async () => ({ url: 'exhibit.png', recipe: { ...recipe, k: 3 } }) as never
    const { state, start, actions } = setUp({}, [], exhibit)
    actions.changeSettings({ steps: 7 })
    await start()
    expect(state()).toMatchObject({ picture: { source: 'exhibit' }, prompt: '', settings: { k: 19, steps: 7 } })
  })

  it.each<[string, (actions: AppActions) => void, Partial<AppState>]>([
    ['a style', (actions) => actions.setStyle('ink'), { styleId: 'ink' }],
    ['that the seed stays', (actions) => actions.setKeepSeed(true), { keepSeed: true }],
  ])('leaves %s alone where it was chosen before the exhibit came', async (_, choose, chosen) => {
    const exhibit = async () => ({ url: 'exhibit.png', recipe: { ...recipe, k: 3 } }) as never
    const { state, start, actions } = setUp({}, [], exhibit)
    choose(actions)
    await start()
    expect(state()).toMatchObject({ picture: { source: 'exhibit' }, prompt: '', settings: { k: 19 }, ...chosen })
  })

  it('shows the pictures that the exhibit was made from, and how near they are, once its style can be read', async () => {
    const placed = async () => ({ x: 0, y: 0, cut: null, neighbours: [neighbour] })
    const exhibit = async () =>
      ({ url: 'exhibit/exhibit.png', recipe: { ...recipe, neighbourIds: ['n0', 'n1'] } }) as never
    const { state, start, asked } = setUp({ 'place-prompt': placed }, [], exhibit)
    await start()
    expect(asked.find(({ name }) => name === 'style-neighbours')?.input).toEqual({ styleId: 'tile', ids: ['n0', 'n1'] })
    expect(asked.find(({ name }) => name === 'place-prompt')?.input).toMatchObject({
      prompt: 'a red house',
      styleId: 'tile',
    })
    expect(state().picture?.neighbours).toMatchObject([
      { id: 'n0', caption: 'a picture of n0', score: null },
      { id: 'n1', caption: 'a picture of n1', score: 0.5 },
    ])
  })

  it('hangs the newest picture of the gallery on later visits, with its prompt, style and settings, not the exhibit', async () => {
    let exhibits = 0
    const stored = [picture('old', 1), { ...picture('new', 2), recipe: { ...recipe, prompt: 'a blue boat', steps: 7 } }]
    const { state, start } = setUp({}, stored, async () => {
      exhibits++
      return { url: 'exhibit.png', recipe } as never
    })
    await start()
    expect(state()).toMatchObject({
      picture: { source: 'made', entryId: 'new', neighbours: [{ id: 'n1', score: 0.5 }] },
      prompt: 'a blue boat',
      styleId: 'tile',
      settings: { steps: 7 },
      keepSeed: false,
      takenRecipe: null,
    })
    expect(exhibits).toBe(0)
  })

  it('hangs a picture before those of a clock that was ahead', async () => {
    const ahead = 9e15
    const app = setUp({}, [picture('ahead', ahead)])
    await app.start()
    app.actions.setPrompt('a red house')
    app.actions.generate()
    await settle()
    const [newest, older] = app.state().gallery
    expect(older?.id).toBe('ahead')
    expect(newest?.createdAt).toBeLessThan(ahead)
    expect(app.records.get(newest?.id ?? '')?.order).toBe(ahead + 1)
  })

  it('leaves what a person was faster to write, and hangs the picture all the same', async () => {
    const app = setUp({}, [picture('new', 2)])
    app.actions.setPrompt('a green tree')
    await app.start()
    expect(app.state()).toMatchObject({ prompt: 'a green tree', styleId: 'ink', picture: { entryId: 'new' } })
  })

  it('says that the gallery cannot be read where the browser refuses it, and hangs the exhibit', async () => {
    const app = setUp({}, [], async () => ({ url: 'exhibit.png', recipe }) as never)
    app.gallery.list = async () => {
      throw new JobError('storage-failed', 'IndexedDB is refused')
    }
    await app.start()
    expect(app.state()).toMatchObject({
      picture: { source: 'exhibit' },
      notices: [{ kind: 'gallery-unread', failure: { code: 'storage-failed' } }],
    })
  })

  it('shows the styles by name before the pack is open, with the first chosen', async () => {
    let open = () => {}
    const app = setUp({
      'open-pack': () =>
        new Promise((resolve) => {
          open = () => resolve({ pack, backend })
        }),
    })
    const starting = app.start()
    await settle()
    expect(app.state()).toMatchObject({ pack: { kind: 'opening' }, styleId: 'ink' })
    expect(app.state().styles.map(({ name, covers }) => [name, covers.length])).toEqual([
      ['Ink', 0],
      ['Tile', 0],
    ])
    open()
    await starting
    expect(app.state().styles.map(({ covers }) => covers.length)).toEqual([1, 1])
  })

  it('goes on without a graphics processor where there is none, on request', async () => {
    const app = setUp({
      'open-pack': async ({ backend: choice }) => {
        if (choice !== 'wasm') throw new JobError('webgpu-unavailable', 'no adapter')
        return { pack, backend }
      },
    })
    await app.start()
    expect(app.state().pack).toMatchObject({ kind: 'failed', failure: { code: 'webgpu-unavailable' } })
    app.actions.useProcessor()
    await settle()
    expect(app.state().pack).toMatchObject({ kind: 'ready', backend: { name: 'wasm' } })
  })

  it('leaves the exhibit as it is where its neighbours cannot be read, or its style is not here', async () => {
    const fails = async () => {
      throw new JobError('database-missing', 'no such file')
    }
    const unread = setUp({ 'style-neighbours': fails }, [], async () => ({ url: 'exhibit.png', recipe }) as never)
    await unread.start()
    expect(unread.state().picture?.neighbours).toEqual([])
    const foreign = { ...recipe, databaseId: 'elsewhere' }
    const app = setUp({}, [], async () => ({ url: 'exhibit.png', recipe: foreign }) as never)
    await app.start()
    expect(app.asked.map(({ name }) => name)).not.toContain('style-neighbours')
  })

  it('does not open a pack by itself that ended the page twice, but on request, without a GPU', async () => {
    const app = setUp({}, [picture('a', 1)], undefined, 2)
    await app.start()
    expect(app.state()).toMatchObject({ pack: { kind: 'failed', failure: { code: 'load-crashed' } }, gallery: [{}] })
    expect(app.asked).toEqual([])
    app.actions.retryPack()
    await settle()
    expect(app.asked.find(({ name }) => name === 'open-pack')?.input).toMatchObject({ backend: 'wasm' })
    expect(app.state().pack.kind).toBe('ready')
  })

  it('tells why the pack did not open, and opens it again on request', async () => {
    let works = false
    const { state, start, actions } = setUp({
      'open-pack': async () => {
        if (works) return { pack, backend }
        throw new JobError('pack-damaged', 'decoder.onnx is altered', 'hash')
      },
    })
    await start()
    expect(state().pack).toMatchObject({ kind: 'failed', failure: { code: 'pack-damaged', detail: 'hash' } })
    works = true
    actions.retryPack()
    await settle()
    expect(state().pack.kind).toBe('ready')
  })

  it('does not try for ever where the worker dies while opening', async () => {
    const app = setUp({
      'open-pack': async () => {
        app.loseWorker()
        throw new JobError('worker-died', 'the worker failed')
      },
    })
    await app.start()
    expect(app.state().pack).toMatchObject({ kind: 'failed', failure: { code: 'worker-died' } })
    expect(app.asked.filter(({ name }) => name === 'open-pack')).toHaveLength(1)
  })

  it('keeps the card of a style whose database cannot be read', async () => {
    const { state, start } = setUp({
      'style-cover': async ({ styleId }) => {
        if (styleId === 'ink') throw new JobError('database-damaged', 'cut short')
        return { thumbnails: [new Blob()] }
      },
    })
    await start()
    expect(state().styles.map(({ id, covers }) => [id, covers.length])).toEqual([
      ['ink', 0],
      ['tile', 1],
    ])
  })
})

describe('an opening of which nothing comes', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  const FIVE_MINUTES = 300_000

  /** A worker that tells how far the opening is when it is asked to, and hangs; as many openings as said, then one that ends. */
  async function setUpHanging(hanging = 1) {
    let tell = (_: number) => {}
    let end = (_: JobError) => {}
    let openings = 0
    const app = setUp({
      'open-pack': (_, onEvent) => {
        tell = (loaded) => onEvent({ kind: 'progress', label: 'denoiser', loaded, total: 9 })
        if (++openings > hanging) return Promise.resolve({ pack, backend })
        return new Promise((_, reject) => {
          end = reject
        })
      },
    })
    app.whenClosed(() => end(new JobError('worker-died', 'the worker was closed')))
    void app.start()
    const pass = async (ms: number) => {
      app.tick(ms)
      await vi.advanceTimersByTimeAsync(ms)
    }
    await pass(0)
    const said = () => app.state().notices
    return { app, pass, said, tell: (loaded: number) => tell(loaded), openings: () => openings }
  }

  it('is told of after five minutes, which is taken back when something comes', async () => {
    const { app, pass, said, tell } = await setUpHanging()
    await pass(FIVE_MINUTES - 1)
    tell(1)
    await pass(FIVE_MINUTES - 1)
    expect(said()).toEqual([])
    // Three times the longest silence so far.
    await pass(2 * FIVE_MINUTES)
    expect(said()).toEqual([{ kind: 'quiet', of: 'model' }])
    tell(2)
    expect(said()).toEqual([])
    expect(app.state().pack).toMatchObject({ kind: 'opening', loaded: 2 })
  })

  it('begins again in a new worker where the person says so, however often, and makes the picture that waited', async () => {
    const { app, pass, said, openings } = await setUpHanging(2)
    app.actions.setPrompt('a red house')
    app.actions.generate()
    for (const times of [1, 2]) {
      await pass(FIVE_MINUTES)
      expect(said()).toEqual([{ kind: 'quiet', of: 'model' }])
      expect(openings()).toBe(times)
      app.actions.startAnew()
      await pass(0)
      expect(said()).toEqual([])
    }
    expect(openings()).toBe(3)
    expect(app.state()).toMatchObject({ pack: { kind: 'ready' }, job: { kind: 'idle' }, picture: { source: 'made' } })
  })

  it('is given up for another model without a word, and the other is watched in its place', async () => {
    const { app, pass, said } = await setUpHanging(2)
    await pass(FIVE_MINUTES)
    void app.switchModel('c'.repeat(64))
    await pass(0)
    expect(said()).toEqual([])
    expect(app.state().pack.kind).toBe('opening')
    await pass(FIVE_MINUTES)
    expect(said()).toEqual([{ kind: 'quiet', of: 'model' }])
    app.actions.startAnew()
    await pass(0)
    expect(app.state().pack.kind).toBe('ready')
  })
})

describe('a picture asked for while the pack is being opened', () => {
  function setUpOpening(change: Partial<Answers> = {}, chosenModel: string | null = null) {
    const openings: { resolve: () => void; reject: (error: Error) => void }[] = []
    const app = setUp(
      {
        'open-pack': () =>
          new Promise((resolve, reject) => {
            openings.push({ resolve: () => resolve({ pack, backend }), reject })
          }),
        ...change,
      },
      [],
      undefined,
      0,
      chosenModel,
    )
    return { app, openings }
  }

  async function ask(app: ReturnType<typeof setUp>) {
    const starting = app.start()
    await settle()
    app.actions.setPrompt('a red house')
    expect(canGenerate(app.state())).toBe(true)
    app.actions.generate()
    return starting
  }

  const generated = ({ asked }: ReturnType<typeof setUp>) => asked.filter(({ name }) => name === 'generate')

  it('waits, is told as waiting, and is made of the words it was asked for with once the pack is open', async () => {
    const { app, openings } = setUpOpening()
    const starting = ask(app)
    await settle()
    expect(app.state().job).toMatchObject({ kind: 'running', phase: 'opening' })
    expect(generated(app)).toEqual([])
    app.actions.setPrompt('something else')
    openings[0]?.resolve()
    await starting
    await settle()
    expect(generated(app)).toMatchObject([{ input: { prompt: 'a red house', styleId: 'ink' } }])
    expect(app.state()).toMatchObject({ job: { kind: 'idle' }, picture: { source: 'made' } })
  })

  it('can be cancelled while it waits, and is not made later', async () => {
    const { app, openings } = setUpOpening()
    const starting = ask(app)
    await settle()
    app.actions.cancel()
    await settle()
    expect(app.state().job).toEqual({ kind: 'idle' })
    openings[0]?.resolve()
    await starting
    expect(generated(app)).toEqual([])
  })

  it('is given up where the pack does not open, which the page then says', async () => {
    const { app, openings } = setUpOpening()
    const starting = ask(app)
    await settle()
    openings[0]?.reject(new JobError('pack-missing', 'no denoiser'))
    await starting
    await settle()
    expect(app.state()).toMatchObject({ job: { kind: 'idle' }, pack: { kind: 'failed' } })
  })

  it('waits on for the built-in pack where a chosen one does not open', async () => {
    const { app, openings } = setUpOpening({}, 'c'.repeat(64))
    const starting = app.start()
    await settle()
    app.actions.setPrompt('a red house')
    app.actions.setStyle('ink')
    app.actions.generate()
    await settle()
    openings[0]?.reject(new JobError('pack-damaged', 'wrong bytes'))
    await settle()
    expect(app.state().job).toMatchObject({ kind: 'running', phase: 'opening' })
    openings[1]?.resolve()
    await starting
    await settle()
    expect(generated(app)).toHaveLength(1)
  })
})

describe('making a picture', () => {
  it('shows phase, steps, time left and neighbours while it runs, then hangs and keeps the picture', async () => {
    let tell: (event: GenerateJobEvent) => void = () => {}
    let finish: () => void = () => {}
    const app = setUp({
      generate: (_, onEvent) => {
        tell = onEvent
        return new Promise((resolve) => {
          finish = () => resolve(output)
        })
      },
    })
    await app.start()
    app.actions.setPrompt('  a red house ')
    app.actions.generate()
    expect(app.asked.at(-1)?.input).toMatchObject({ prompt: 'a red house', styleId: 'ink' })
    tell({ kind: 'phase', phase: 'denoise' })
    tell({ kind: 'neighbours', neighbours: [neighbour] })
    tell({ kind: 'step', step: 1, steps: 4, preview: null, reached: reachedAt(1) })
    expect(app.state().job).toMatchObject({ phase: 'denoise', step: 1, secondsLeft: null })
    app.tick(3000)
    tell({ kind: 'step', step: 2, steps: 4, preview: null, reached: reachedAt(2) })
    expect(app.state().job).toMatchObject({ step: 2, steps: 4, secondsLeft: 6, neighbours: [{ id: 'n1' }] })
    expect(canGenerate(app.state())).toBe(false)
    finish()
    await settle()
    expect(app.state()).toMatchObject({
      job: { kind: 'idle' },
      picture: { source: 'made', entryId: 'id-1', neighbours: [{ id: 'n1', caption: 'a hut' }], run: { steps: 4 } },
      gallery: [{ id: 'id-1', recipe }],
    })
    expect(app.state().picture?.url).toBe(app.state().gallery[0]?.url)
    expect(app.records.get('id-1')?.neighbours).toEqual([neighbour])
    expect(app.disposed).toEqual([])
  })

  it('keeps the seed where that was asked for', async () => {
    const { start, actions, asked } = setUp()
    await start()
    actions.setPrompt('x')
    actions.changeSettings({ seed: 5 })
    actions.setKeepSeed(true)
    actions.generate()
    expect(asked.at(-1)?.input).toMatchObject({ settings: { seed: 5 } })
  })

  it('goes back to rest when cancelled, and frees the neighbours it showed', async () => {
    const { state, start, actions, disposed } = setUp({
      generate: (_, tell, signal) => {
        tell({ kind: 'neighbours', neighbours: [neighbour] })
        return cancelled(signal)
      },
    })
    await start()
    actions.setPrompt('x')
    actions.generate()
    const { job } = state()
    const url = job.kind === 'running' ? job.neighbours[0]?.url : null
    actions.cancel()
    expect(state().job).toMatchObject({ kind: 'running', cancelling: true })
    await settle()
    expect(state().job).toEqual({ kind: 'idle' })
    expect(disposed).toEqual([url])
  })

  it('says that a prompt was cut until the prompt changes', async () => {
    const notice = { kind: 'prompt-cut', tokenCount: 40, maxTokens: 32, cutText: 'and a boat' } as const
    const { state, start, actions } = setUp({
      generate: async (_, tell) => {
        tell(notice)
        return output
      },
    })
    await start()
    actions.setPrompt('x')
    actions.generate()
    await settle()
    expect(state().notices).toEqual([notice])
    actions.setPrompt('y')
    expect(state().notices).toEqual([])
  })

  it('shows a failure until it is put away, and leaves the picture before on the wall', async () => {
    let fails = false
    const { state, start, actions } = setUp({
      generate: async () => {
        if (fails) throw new JobError('out-of-memory', 'no room')
        return output
      },
    })
    await start()
    actions.setPrompt('x')
    actions.generate()
    await settle()
    fails = true
    actions.generate()
    await settle()
    expect(state()).toMatchObject({
      job: { kind: 'failed', failure: { code: 'out-of-memory' } },
      picture: { entryId: 'id-1' },
    })
    actions.dismissFailure()
    expect(state().job).toEqual({ kind: 'idle' })
  })

  describe('on a GPU', () => {
    const gpu: BackendDescription = { name: 'webgpu-jspi', dtype: 'fp16', threads: 2, detail: 'some adapter' }

    /** Fails as told, once for each failure, after a first step; then ends well. */
    function setUpOnGpu(failures: readonly JobErrorCode[], hasGpuAgain = true, on = gpu) {
      const left = [...failures]
      let openings = 0
      return setUp({
        'open-pack': async ({ backend: choice }) => {
          const isGone = openings++ > 0 && !hasGpuAgain
          if (choice === 'wasm' || (isGone && choice === 'auto')) return { pack, backend }
          if (isGone) throw new JobError('webgpu-unavailable', 'there is no WebGPU adapter')
          return { pack, backend: { ...on, dtype: choice === 'webgpu-fp32' ? 'fp32' : on.dtype } }
        },
        generate: async ({ resume }, tell) => {
          const step = (resume?.step ?? 0) + 1
          tell({ kind: 'step', step, steps: 4, preview: null, reached: reachedAt(step) })
          const code = left.shift()
          if (code !== undefined) throw new JobError(code, code)
          return output
        },
      })
    }

    async function make(app: ReturnType<typeof setUp>) {
      await app.start()
      app.actions.setPrompt('x')
      app.asked.length = 0
      app.actions.generate()
      await settle()
      const runs = app.asked.filter(({ name }) => name === 'generate').map(({ input }) => input as GenerateInput)
      const opened = app.asked
        .filter(({ name }) => name === 'open-pack')
        .map(({ input }) => input as { backend: string })
      return { resumed: runs.map(({ resume }) => resume?.step ?? 0), opened: opened.map(({ backend }) => backend) }
    }
    type GenerateInput = Jobs['generate']['input']

    it('goes on from the last step with a new device where the device was lost, and says so', async () => {
      const app = setUpOnGpu(['device-lost'])
      expect(await make(app)).toEqual({ resumed: [0, 1], opened: ['auto'] })
      expect(app.state()).toMatchObject({
        job: { kind: 'idle' },
        picture: { source: 'made' },
        notices: [{ kind: 'gpu-trouble', trouble: 'device-lost', backend: 'webgpu-jspi' }],
      })
    })

    it('goes on without a GPU where the device is lost again, and stays without', async () => {
      const app = setUpOnGpu(['device-lost', 'device-lost'])
      expect(await make(app)).toEqual({ resumed: [0, 1, 2], opened: ['auto', 'wasm'] })
      expect(app.state()).toMatchObject({
        picture: { source: 'made' },
        pack: { kind: 'ready', backend: { name: 'wasm' } },
        notices: [{ kind: 'gpu-trouble', backend: 'wasm' }],
      })
    })

    it('says on what it goes on where the browser gives no other device', async () => {
      const app = setUpOnGpu(['device-lost'], false)
      await make(app)
      expect(app.state().notices).toMatchObject([{ kind: 'gpu-trouble', backend: 'wasm' }])
    })

    it('leaves the GPU at once where its memory ended', async () => {
      const app = setUpOnGpu(['out-of-memory'])
      expect(await make(app)).toEqual({ resumed: [0, 1], opened: ['wasm'] })
      expect(app.state().notices).toMatchObject([{ kind: 'gpu-trouble', trouble: 'out-of-memory', backend: 'wasm' }])
    })

    describe('whose memory ends while a picture is decoded', () => {
      /** The GPU's memory ends over tiles of more latents a side than this, and over pictures of more. */
      function setUpDecoding(most: number, size = { width: 768, height: 512 }) {
        let isOnGpu = true
        const app = setUp({
          'open-pack': async ({ backend: choice }) => {
            isOnGpu = choice !== 'wasm'
            return { pack, backend: isOnGpu ? gpu : backend }
          },
          generate: async ({ settings, tileSide, resume }, tell) => {
            if (resume === null) tell({ kind: 'step', step: 4, steps: 4, preview: null, reached: reachedAt(4) })
            tell({ kind: 'phase', phase: 'decode' })
            if (isOnGpu && Math.min(tileSide, settings.width / 16) > most)
              throw new JobError('out-of-memory', 'no room')
            if (tileSide < settings.width / 16) tell({ kind: 'tile', tile: 6, tiles: 6 })
            return output
          },
        })
        app.actions.changeSettings(size)
        return app
      }

      async function makeTiled(app: ReturnType<typeof setUp>) {
        const { resumed, opened: choices } = await make(app)
        return { resumed, choices, sides: app.asked.flatMap(sideOf) }
      }

      function sideOf({ name, input }: { readonly name: string; readonly input: unknown }): readonly number[] {
        return name === 'generate' ? [(input as GenerateInput).tileSide] : []
      }

      const WHOLE = Number.POSITIVE_INFINITY
      const ranOut = (on: string) => ({ kind: 'gpu-trouble', trouble: 'out-of-memory', backend: on })

      it('decodes it in tiles on a new device, from the last step, and says so', async () => {
        const app = setUpDecoding(28)
        expect(await makeTiled(app)).toEqual({ resumed: [0, 4], choices: ['auto'], sides: [WHOLE, 28] })
        expect(app.state()).toMatchObject({
          job: { kind: 'idle' },
          picture: { source: 'made' },
          notices: [ranOut('webgpu-jspi'), { kind: 'in-tiles', tiles: 6 }],
        })
      })

      it('takes smaller tiles where those are too large, and stays with them', async () => {
        const app = setUpDecoding(16)
        expect(await makeTiled(app)).toMatchObject({ choices: ['auto', 'auto'], sides: [WHOLE, 28, 16] })
        app.asked.length = 0
        app.actions.generate()
        await settle()
        expect(app.asked.flatMap(sideOf)).toEqual([16])
        expect(app.state().notices).toEqual([{ kind: 'in-tiles', tiles: 6 }])
      })

      it('goes on without a GPU, whole, where even the smallest tiles are too large', async () => {
        const app = setUpDecoding(0)
        expect(await makeTiled(app)).toEqual({
          resumed: [0, 4, 4, 4, 4],
          choices: ['auto', 'auto', 'auto', 'wasm'],
          sides: [WHOLE, 28, 16, 12, WHOLE],
        })
        expect(app.state().notices).toMatchObject([ranOut('wasm')])
      })

      it('goes on without a GPU at once where a picture is too small for tiles', async () => {
        const app = setUpDecoding(0, { width: 128, height: 128 })
        expect(await makeTiled(app)).toMatchObject({ choices: ['wasm'], sides: [WHOLE, WHOLE] })
      })

      it('decodes whole again with another model', async () => {
        const app = setUpDecoding(28)
        await makeTiled(app)
        await app.switchModel(null)
        app.asked.length = 0
        app.actions.generate()
        await settle()
        expect(app.asked.flatMap(sideOf)).toEqual([WHOLE, 28])
      })

      it('shows how many tiles are done', async () => {
        const app = setUp({
          generate: (_, tell, signal) => {
            tell({ kind: 'phase', phase: 'decode' })
            tell({ kind: 'tile', tile: 1, tiles: 4 })
            return cancelled(signal)
          },
        })
        await make(app)
        expect(app.state().job).toMatchObject({ phase: 'decode', tile: 1, tiles: 4 })
        app.actions.cancel()
        await settle()
        expect(app.state()).toMatchObject({ job: { kind: 'idle' }, notices: [] })
      })
    })

    it('computes wrong numbers in half floats again on the GPU in whole ones, and stays with them', async () => {
      const app = setUpOnGpu(['broken-numbers'])
      expect(await make(app)).toEqual({ resumed: [0, 1], opened: ['webgpu-fp32'] })
      expect(app.state()).toMatchObject({
        picture: { source: 'made' },
        pack: { kind: 'ready', backend: { name: 'webgpu-jspi', dtype: 'fp32' } },
        notices: [{ kind: 'gpu-trouble', trouble: 'broken-numbers', backend: 'webgpu-jspi' }],
      })
    })

    it.each(['broken-numbers', 'out-of-memory', 'device-lost'] as const)(
      'goes on without a GPU where whole floats end in %s',
      async (code) => {
        const app = setUpOnGpu(['broken-numbers', code])
        expect(await make(app)).toEqual({ resumed: [0, 1, 2], opened: ['webgpu-fp32', 'wasm'] })
        expect(app.state().notices).toMatchObject([{ kind: 'gpu-trouble', trouble: code, backend: 'wasm' }])
      },
    )

    it('goes on without a GPU where none is given to try whole floats on', async () => {
      const app = setUpOnGpu(['broken-numbers'], false)
      expect(await make(app)).toEqual({ resumed: [0, 1], opened: ['webgpu-fp32', 'wasm'] })
      expect(app.state().notices).toMatchObject([{ kind: 'gpu-trouble', backend: 'wasm' }])
    })

    it('goes on without a GPU after wrong numbers in whole floats', async () => {
      const app = setUpOnGpu(['broken-numbers'], true, { ...gpu, dtype: 'fp32' })
      expect(await make(app)).toEqual({ resumed: [0, 1], opened: ['wasm'] })
    })

    it('fails with a sentence where no GPU is to blame', async () => {
      const app = setUpOnGpu(['device-lost', 'device-lost', 'broken-numbers'])
      await make(app)
      expect(app.state().job).toMatchObject({ kind: 'failed', failure: { code: 'broken-numbers' } })
    })

    it('can be cancelled while the pack is opened anew', async () => {
      let openings = 0
      const app = setUp({
        'open-pack': () => (openings++ === 0 ? Promise.resolve({ pack, backend: gpu }) : new Promise(() => {})),
        generate: async () => {
          throw new JobError('device-lost', 'gone')
        },
      })
      await make(app)
      expect(app.state()).toMatchObject({ job: { kind: 'running' }, pack: { kind: 'opening' } })
      app.actions.cancel()
      await settle()
      expect(app.state().job).toEqual({ kind: 'idle' })
    })
  })

  describe('of which nothing comes', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
    afterEach(() => void vi.useRealTimers())

    const MINUTE = 60_000
    const said = (app: ReturnType<typeof setUp>) => app.state().notices.map(({ kind }) => kind)

    /** A worker that tells of steps when it is asked to, and answers nothing else. */
    async function setUpHanging() {
      let tell = (_: number) => {}
      let end = (_: JobError) => {}
      const resumed: number[] = []
      const app = setUp({
        generate: ({ resume }, onEvent) => {
          resumed.push(resume?.step ?? 0)
          tell = (step) => onEvent({ kind: 'step', step, steps: 4, preview: null, reached: reachedAt(step) })
          if (resumed.length > 1) return Promise.resolve(output)
          return new Promise((_, reject) => {
            end = reject
          })
        },
      })
      await app.start()
      app.whenClosed(() => end(new JobError('worker-died', 'the worker was closed')))
      app.actions.setPrompt('x')
      app.actions.generate()
      const pass = async (ms: number) => {
        app.tick(ms)
        await vi.advanceTimersByTimeAsync(ms)
      }
      await pass(0)
      return { app, resumed, pass, step: (step: number) => tell(step) }
    }

    it('says so after two minutes, and takes it back when something comes', async () => {
      const { app, pass, step } = await setUpHanging()
      await pass(2 * MINUTE - 1)
      expect(said(app)).toEqual([])
      await pass(1)
      expect(said(app)).toEqual(['quiet'])
      expect(app.state().job.kind).toBe('running')
      step(1)
      expect(said(app)).toEqual([])
    })

    it('waits longer for one that was slow before, and asks again where it was told to wait', async () => {
      const { app, pass, step } = await setUpHanging()
      await pass(100_000)
      step(1)
      await pass(300_000 - 1)
      expect(said(app)).toEqual([])
      await pass(1)
      expect(said(app)).toEqual(['quiet'])
      app.actions.dismiss('quiet')
      expect(said(app)).toEqual([])
      await pass(300_000)
      expect(said(app)).toEqual(['quiet'])
    })

    it('goes on in a new worker from the step that it had reached, where the person says so', async () => {
      const { app, resumed, pass, step } = await setUpHanging()
      step(2)
      await pass(2 * MINUTE)
      app.asked.length = 0
      app.actions.startAnew()
      await pass(0)
      expect(app.asked.map(({ name }) => name)).toEqual(expect.arrayContaining(['close', 'open-pack', 'generate']))
      expect(resumed).toEqual([0, 2])
      expect(app.state()).toMatchObject({ job: { kind: 'idle' }, picture: { source: 'made' } })
      expect(app.state().notices).toMatchObject([{ kind: 'gpu-trouble', trouble: 'silence' }])
    })

    it('ends no worker of which something comes, and asks nothing once the picture was cancelled', async () => {
      const { app, pass } = await setUpHanging()
      app.asked.length = 0
      app.actions.startAnew()
      expect(app.asked).toEqual([])
      app.whenClosed(() => {})
      const other = setUp({ generate: (_, __, signal) => cancelled(signal) })
      await other.start()
      other.actions.setPrompt('x')
      other.actions.generate()
      await pass(2 * MINUTE)
      expect(said(other)).toEqual(['quiet'])
      other.actions.cancel()
      await pass(10 * MINUTE)
      expect(said(other)).toEqual([])
      expect(other.state().job).toEqual({ kind: 'idle' })
    })
  })

  it('is work from the job’s start until the picture is stored, and never rests between', async () => {
    const app = setUp()
    let stored = () => {}
    app.gallery.add = () =>
      new Promise((resolve) => {
        stored = resolve
      })
    await app.start()
    const atWork: boolean[] = []
    app.store.subscribe(({ job, writes }) => atWork.push(job.kind === 'running' || writes > 0))
    app.actions.setPrompt('x')
    atWork.length = 0
    app.actions.generate()
    await settle()
    expect(app.state()).toMatchObject({ job: { kind: 'idle' }, picture: { entryId: 'id-1' }, writes: 1 })
    expect(atWork.slice(atWork.indexOf(true))).not.toContain(false)
    stored()
    await settle()
    expect(app.state().writes).toBe(0)
  })

  it('says so where the picture could not be stored, and shows it all the same', async () => {
    const app = setUp()
    app.gallery.add = async () => {
      throw new JobError('storage-full', 'no room')
    }
    await app.start()
    app.actions.setPrompt('x')
    app.actions.generate()
    await settle()
    expect(app.state()).toMatchObject({
      picture: { entryId: 'id-1' },
      notices: [{ kind: 'not-saved', failure: { code: 'storage-full' } }],
      writes: 0,
    })
  })
})

describe('the gallery', () => {
  it('lists what was stored, newest first, and puts any of it back on the wall with its neighbours', async () => {
    const { state, start, actions } = setUp({}, [picture('old', 1), picture('new', 2)])
    await start()
    expect(state().gallery.map(({ id }) => id)).toEqual(['new', 'old'])
    actions.showEntry('old')
    expect(state().picture).toMatchObject({ entryId: 'old', neighbours: [{ id: 'n1' }] })
  })

  it('deletes for good, and undoes the last deletion', async () => {
    const { state, start, actions, records, disposed } = setUp({}, [picture('a', 1), picture('b', 2)])
    await start()
    const url = state().gallery[1]?.url
    actions.deleteEntry('a')
    expect(state().gallery.map(({ id }) => id)).toEqual(['b'])
    expect([...records.keys()]).toEqual(['b'])
    actions.undoDelete()
    expect(state().gallery.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(records.has('a')).toBe(true)
    actions.deleteEntry('a')
    expect(disposed).toEqual([])
    actions.deleteEntry('b')
    expect(disposed).toEqual([url])
  })

  it('shows what something else stored or deleted, and keeps what could not be stored', async () => {
    const app = setUp({}, [picture('a', 1), picture('b', 2)])
    await app.start()
    const [shownB, shownA] = app.state().gallery
    app.gallery.add = async () => {
      throw new JobError('storage-full', 'no room')
    }
    app.actions.setPrompt('a boat')
    app.actions.generate()
    await settle()
    app.records.delete('b')
    app.records.set('c', picture('c', 3))
    await app.rereadGallery()
    expect(app.state().gallery.map(({ id }) => id)).toEqual(['id-1', 'c', 'a'])
    expect(app.state().gallery[2]).toBe(shownA)
    expect(app.disposed).toContain(shownB?.url)
    app.actions.download('b')
    expect(app.saved).toEqual([])
    app.actions.download('id-1')
    expect(app.saved).toHaveLength(1)
  })

  it('reads once more what changed while it was being read, however often that was told', async () => {
    const app = setUp({}, [picture('a', 1)])
    await app.start()
    let reads = 0
    const { list } = app.gallery
    app.gallery.list = async () => {
      reads++
      const stored = await list()
      await settle()
      return stored
    }
    const first = app.rereadGallery()
    await Promise.resolve()
    app.records.set('b', picture('b', 2))
    await Promise.all([first, app.rereadGallery(), app.rereadGallery()])
    expect(app.state().gallery.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(reads).toBe(2)
  })

  it('lets go of the files of deleted pictures, but of the last, which can be brought back', async () => {
    const seeded = (id: string, seed: number) => ({ ...picture(id, seed), recipe: { ...picture(id, 1).recipe, seed } })
    const { start, actions, saved } = setUp({}, [seeded('a', 1), seeded('b', 2), seeded('c', 3)])
    await start()
    for (const id of ['a', 'b']) actions.deleteEntry(id)
    for (const id of ['a', 'b', 'c']) actions.download(id)
    expect(saved.map(({ name }) => name)).toEqual(['a-red-house-2.png', 'a-red-house-3.png'])
  })

  it('downloads a picture under its prompt and seed', async () => {
    const { start, actions, saved } = setUp({}, [picture('a', 1)])
    await start()
    actions.download('a')
    expect(saved).toEqual([{ blob: output.png, name: 'a-red-house-7.png' }])
  })
})

describe('what the browser cleared', () => {
  const startWith = async (kept: number, stored: StoredPicture[] = []) => {
    const app = setUp({}, stored, undefined, 0, null, kept)
    await app.start()
    return app
  }

  it('is said once on the next visit, and stays said when a picture is made', async () => {
    const app = await startWith(3)
    expect(app.state().notices).toEqual([{ kind: 'pictures-cleared', count: 3 }])
    expect(app.kept()).toBe(0)
    app.actions.setPrompt('a red house')
    app.actions.generate()
    await settle()
    expect(app.state().notices).toEqual([{ kind: 'pictures-cleared', count: 3 }])
  })

  it('is nothing where there never was a picture, or some are left', async () => {
    expect((await startWith(0)).state().notices).toEqual([])
    expect((await startWith(3, [picture('a', 1)])).state().notices).toEqual([])
  })

  it('is nothing where pictures are there that a newer app made', async () => {
    const app = setUp({}, [], undefined, 0, null, 3)
    app.gallery.isEmpty = async () => false
    await app.start()
    expect(app.state().notices).toEqual([])
  })

  it('is not what a person deleted, nor what was never stored', async () => {
    const app = await startWith(2, [picture('a', 1), picture('b', 2)])
    expect(app.kept()).toBe(2)
    app.actions.deleteEntry('a')
    await settle()
    expect(app.kept()).toBe(1)
    app.actions.undoDelete()
    await settle()
    expect(app.kept()).toBe(2)
    app.gallery.add = async () => {
      throw new JobError('storage-full', 'no room')
    }
    app.actions.setPrompt('x')
    app.actions.generate()
    await settle()
    app.actions.deleteEntry('b')
    await settle()
    expect(app.state().gallery).toHaveLength(2)
    expect(app.kept()).toBe(1)
  })
})

it('says so where a picture could not be deleted, in words of its own', async () => {
  const app = setUp({}, [picture('a', 1)])
  app.gallery.delete = async () => {
    throw new JobError('storage-failed', 'refused')
  }
  await app.start()
  app.actions.deleteEntry('a')
  await settle()
  expect(app.state().notices).toMatchObject([{ kind: 'not-deleted' }])
})

describe('a recipe', () => {
  it('is told of until something else is done', async () => {
    const { state, start, actions } = setUp()
    const { useRecipe: take } = actions
    await start()
    take(recipe)
    expect(state().takenRecipe).toEqual(recipe)
    actions.setPrompt('another')
    expect(state().takenRecipe).toBeNull()
  })

  it('brings its prompt, style, settings and seed', async () => {
    const { state, start, actions } = setUp()
    const { useRecipe: take } = actions
    await start()
    take({ ...recipe, steps: 31, k: 4 })
    expect(state()).toMatchObject({
      prompt: 'a red house',
      styleId: 'tile',
      keepSeed: true,
      settings: { seed: 7, steps: 31, k: 4 },
      notices: [],
    })
  })

  it('of a style that is not here says so and keeps the chosen style', async () => {
    const { state, start, actions } = setUp()
    const { useRecipe: take } = actions
    await start()
    take({ ...recipe, databaseId: 'elsewhere' })
    expect(state()).toMatchObject({ styleId: 'ink', notices: [{ kind: 'recipe-elsewhere', databaseId: 'elsewhere' }] })
  })
})

describe('a dragged star', () => {
  const toward = { share: 0.3, pictures: [{ id: 'n1', weight: 1 }], place: { x: 0.5, y: 0 } }
  const other = { share: 0.5, pictures: [{ id: 'n2', weight: 1 }] }
  const turned = { pins: [], bans: [], mix: [], toward }

  it('stays where it is while other words are written, is asked with them, and goes back by one action', async () => {
    const { state, start, actions, asked } = setUp()
    await start()
    actions.turnToward(other)
    actions.turnToward(toward)
    actions.setPrompt('a blue boat')
    actions.generate()
    await settle()
    expect(asked.find(({ name }) => name === 'generate')?.input).toMatchObject({
      prompt: 'a blue boat',
      steering: turned,
    })
    actions.turnToward(null)
    expect(state().steering.size).toBe(0)
  })

  it('leaves pins and bans as they are, and they leave it', async () => {
    const { state, start, actions } = setUp()
    await start()
    actions.steer('n5')
    actions.turnToward(toward)
    actions.steer('n6')
    actions.takeBack('none', 'query')
    expect(state().steering.get('ink')).toEqual({ ...turned, pins: ['n5', 'n6'] })
    actions.turnToward(null)
    expect(state().steering.get('ink')).toEqual({ pins: ['n5', 'n6'], bans: [], mix: [] })
  })

  it('is back at the words when another style is chosen, where pins stay', async () => {
    const { state, start, actions } = setUp()
    await start()
    actions.steer('n5')
    actions.turnToward(toward)
    actions.setStyle('ink')
    expect(state().steering.get('ink')?.toward).toEqual(toward)
    actions.setStyle('tile')
    expect(state().steering.get('ink')).toEqual({ pins: ['n5'], bans: [], mix: [] })
    actions.turnToward(toward)
    actions.setStyle('ink')
    expect(state().steering.has('tile')).toBe(false)
  })

  it('comes again with a recipe, and goes with one that has none', async () => {
    const { state, start, actions } = setUp()
    const { useRecipe: take } = actions
    await start()
    actions.turnToward(other)
    take({ ...recipe, steering: turned })
    expect(state().steering.get('tile')).toEqual(turned)
    expect(state().steering.has('ink')).toBe(false)
    take(recipe)
    expect(state().steering.size).toBe(0)
  })
})
