// Changing the model without a reload: the worker is replaced, and a model that is gone gives way to the built-in one.

import { describe, expect, it } from 'vitest'
import type { JobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import type { BackendDescription, Jobs, PackReference, PackSummary } from '../../src/protocol/jobs.ts'
import { createApp } from '../../src/state/create-app.ts'

const ID = 'c'.repeat(64)
const backend: BackendDescription = { name: 'wasm', dtype: 'fp32', threads: 1, detail: '' }

function packOf(name: string, ...styles: string[]): PackSummary {
  return {
    id: name,
    hash: name,
    name,
    description: '',
    nativeSize: 256,
    contextDim: 8,
    clip: null,
    styles: styles.map((id) => ({ id, name: id, rows: 1, heldOut: false })),
  }
}

function setUp(
  chosen: string | null | Promise<string | null>,
  open?: (pack: PackReference) => Promise<void>,
  builtIn = packOf('mini', 'ink'),
) {
  const covered: string[] = []
  const done: string[] = []
  const disposed: unknown[] = []
  const told: string[] = []
  const waiting = new Set<(error: JobError) => void>()
  const closing = () => new Promise<never>((_, reject) => waiting.add(reject))
  const client: JobClient = {
    run: async (name, input) => {
      if (name === 'style-cover') {
        const { styleId } = input as Jobs['style-cover']['input']
        covered.push(styleId)
        if (styleId === 'never') await closing()
        return { thumbnails: [new Blob(['x'])] } as never
      }
      if (name !== 'open-pack') throw new JobError('internal', name)
      const { pack } = input as Jobs['open-pack']['input']
      done.push(pack.kind)
      await Promise.race([open?.(pack), closing()])
      return { pack: pack.kind === 'url' ? builtIn : packOf('large', 'oil'), backend } as never
    },
    close: () => {
      done.push('close')
      for (const breakOff of waiting) breakOff(new JobError('worker-died', 'closed'))
      waiting.clear()
    },
  }
  let urls = 0
  const app = createApp({
    createClient: () => client,
    gallery: { list: async () => [], isEmpty: async () => true, add: async () => {}, delete: async () => {} },
    packUrl: '/packs/mini/',
    onPack: (pack) => told.push(pack.kind),
    readChosenModel: async () => chosen,
    readStyles: async () => {
      throw new JobError('pack-missing', 'no pack.json')
    },
    backend: 'auto',
    keptCount: { read: () => 0, tell: () => undefined },
    loadGuard: { begin: () => 0, end: () => {} },
    loadExhibit: async () => null,
    now: () => 0,
    createId: () => 'id',
    randomSeed: () => 1,
    createUrl: () => `blob:${++urls}`,
    dispose: (resource) => disposed.push(resource),
    saveFile: () => {},
  })
  return { ...app, covered, done, disposed, told, state: () => app.store.getState() }
}

describe('switching models', () => {
  it('replaces the worker, the styles and their covers', async () => {
    const app = setUp(null)
    await app.start()
    expect(app.state().styles).toMatchObject([{ id: 'ink', covers: ['blob:1'] }])
    app.done.splice(0)
    expect(await app.switchModel(ID)).toBe(true)
    expect(app.done).toEqual(['close', 'installed'])
    expect(app.state()).toMatchObject({
      pack: { kind: 'ready', pack: { name: 'large' } },
      styles: [{ id: 'oil' }],
      styleId: 'oil',
    })
    expect(app.disposed).toEqual(['blob:1'])
    expect(app.told).toEqual(['url', 'installed'])
  })

  it('asks the new worker for no cover of the model that is left', async () => {
    const app = setUp(null, undefined, packOf('mini', 'ink', 'never', 'pen'))
    const started = app.start()
    await expect.poll(() => app.covered).toEqual(['ink', 'never'])
    await app.switchModel(ID)
    await started
    expect(app.covered).toEqual(['ink', 'never', 'oil'])
    expect(app.state().styles).toMatchObject([{ id: 'oil' }])
  })

  it('before the model of the last visit is known opens what was chosen, and that stays', async () => {
    let tell = (_: string | null) => {}
    const app = setUp(new Promise((resolve) => (tell = resolve)))
    const started = app.start()
    expect(await app.switchModel(ID)).toBe(true)
    tell(null)
    await started
    expect(app.told).toEqual(['installed'])
    expect(app.state().pack).toMatchObject({ kind: 'ready', pack: { name: 'large' } })
  })

  it('while the first one opens leaves that one, at whatever it waits for', async () => {
    const app = setUp(null, ({ kind }) => (kind === 'url' ? new Promise(() => {}) : Promise.resolve()))
    const started = app.start()
    await expect.poll(() => app.done).toEqual(['close', 'url'])
    expect(await app.switchModel(ID)).toBe(true)
    await started
    expect(app.state().pack).toMatchObject({ kind: 'ready', pack: { name: 'large' } })
  })

  it('twice at once opens the second, and the first has nothing to say', async () => {
    let slow = true
    const app = setUp(null, (pack) => (pack.kind === 'installed' && slow ? new Promise(() => {}) : Promise.resolve()))
    await app.start()
    const first = app.switchModel(ID)
    slow = false
    const seen: string[] = []
    app.store.subscribe(({ pack }) => seen.push(pack.kind))
    expect(await app.switchModel(null)).toBe(true)
    await first
    expect(seen).not.toContain('failed')
    expect(app.state().pack).toMatchObject({ kind: 'ready', pack: { name: 'mini' } })
  })
})

describe('a model that was chosen on an earlier visit', () => {
  it('is opened at the start', async () => {
    const app = setUp(ID)
    await app.start()
    expect(app.done).toEqual(['close', 'installed'])
  })

  it('and cannot be opened gives way to the built-in one, with a word why', async () => {
    const app = setUp(ID, async ({ kind }) => {
      if (kind === 'installed') throw new JobError('pack-damaged', 'bytes are wrong')
    })
    await app.start()
    expect(app.state()).toMatchObject({
      pack: { kind: 'ready', pack: { name: 'mini' } },
      notices: [{ kind: 'model-not-opened', failure: { message: 'bytes are wrong' } }],
    })
    expect(app.told).toEqual(['installed', 'url'])
    await app.switchModel(null)
    expect(app.state().notices).toEqual([])
  })
})
