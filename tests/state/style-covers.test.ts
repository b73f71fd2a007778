// The pictures on the cards of the styles, over a fake worker and a fake pack.

import { describe, expect, it } from 'vitest'
import type { PackStyles } from '../../src/platform/pack-styles.ts'
import type { JobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import type { BackendDescription, Jobs, PackReference, PackSummary } from '../../src/protocol/jobs.ts'
import { type AppState, INITIAL_STATE } from '../../src/state/app-state.ts'
import { reduce } from '../../src/state/reduce.ts'
import { createStyleCovers } from '../../src/state/style-covers.ts'

const STYLES = ['ink', 'oil', 'tile'].map((id) => ({ id, name: id, rows: 9, heldOut: false }))
const BACKEND: BackendDescription = { name: 'wasm', dtype: 'fp32', threads: 1, detail: '' }
const BUILT_IN: PackReference = { kind: 'url', url: '/packs/mini/' }
const INSTALLED: PackReference = { kind: 'installed', id: 'c'.repeat(64) }
const ALL = new Map(STYLES.map(({ id }) => [id, new Blob([id])]))
const THUMBNAILS = Array.from({ length: 6 }, (_, i) => new Blob([`${i}`]))

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

interface Given {
  readonly covers?: PackStyles['readCovers']
  readonly readStyles?: (pack: PackReference) => Promise<PackStyles>
  readonly cover?: (styleId: string) => Promise<Jobs['style-cover']['output']>
}

function setUp({
  covers = async () => ALL,
  readStyles = async () => ({ styles: STYLES, readCovers: covers }),
  cover = async () => ({ thumbnails: THUMBNAILS }),
}: Given = {}) {
  let state: AppState = INITIAL_STATE
  let urls = 0
  const asked: string[] = []
  const client = {
    run: (_: 'style-cover', { styleId }: Jobs['style-cover']['input']) => {
      asked.push(styleId)
      return cover(styleId)
    },
  } as unknown as JobClient
  const dispatch: Parameters<typeof createStyleCovers>[0]['dispatch'] = (event) => {
    state = reduce(state, event)
  }
  const made = createStyleCovers({
    getState: () => state,
    dispatch,
    client,
    readStyles,
    createUrl: () => `blob:${++urls}`,
  })
  return {
    ...made,
    asked,
    dispatch,
    shown: () => state.styles.map(({ covers: { length } }) => length),
    urlsOf: (styleId: string) => state.styles.find(({ id }) => id === styleId)?.covers,
    open: () => dispatch({ kind: 'pack-ready', pack: { styles: STYLES } as unknown as PackSummary, backend: BACKEND }),
    fail: () => dispatch({ kind: 'pack-failed', failure: { code: 'webgpu-unavailable', message: '', detail: '' } }),
    urlCount: () => urls,
  }
}

describe('covers that come with the pack', () => {
  it('show before the pack is open, and no database is asked for', async () => {
    const app = setUp()
    app.foresee(BUILT_IN)
    await settle()
    expect(app.shown()).toEqual([1, 1, 1])
    app.open()
    await app.complete()
    expect(app.shown()).toEqual([1, 1, 1])
    expect(app.asked).toEqual([])
  })

  it('show where the pack failed to open before they came', async () => {
    const app = setUp()
    app.foresee(BUILT_IN)
    app.fail()
    await settle()
    expect(app.shown()).toEqual([1, 1, 1])
  })

  it('show where the pack was open before they came', async () => {
    let come = (_: ReadonlyMap<string, Blob>) => {}
    const app = setUp({ covers: () => new Promise((resolve) => (come = resolve)) })
    app.foresee(BUILT_IN)
    await settle()
    expect(app.shown()).toEqual([0, 0, 0])
    app.open()
    const completed = app.complete()
    come(ALL)
    await completed
    expect(app.shown()).toEqual([1, 1, 1])
    expect(app.asked).toEqual([])
  })

  it('of an installed pack show once it is open, for its styles are not foreseen', async () => {
    const app = setUp()
    app.foresee(INSTALLED)
    await settle()
    expect(app.shown()).toEqual([])
    app.open()
    await app.complete()
    expect(app.shown()).toEqual([1, 1, 1])
    expect(app.asked).toEqual([])
  })

  it('of a pack that is left come too late', async () => {
    let come = (_: ReadonlyMap<string, Blob>) => {}
    const late = new Promise<ReadonlyMap<string, Blob>>((resolve) => (come = resolve))
    const app = setUp({
      readStyles: async ({ kind }) => ({ styles: STYLES, readCovers: async () => (kind === 'url' ? late : null) }),
    })
    app.foresee(BUILT_IN)
    await settle()
    app.foresee(INSTALLED)
    come(ALL)
    await settle()
    expect(app.shown()).toEqual([0, 0, 0])
  })

  it('stay as they are where the same pack is opened again', async () => {
    const app = setUp()
    app.foresee(BUILT_IN)
    await settle()
    const before = app.urlsOf('ink')
    app.foresee(BUILT_IN)
    await settle()
    app.open()
    await app.complete()
    expect(app.urlsOf('ink')).toEqual(before)
    expect(app.urlCount()).toBe(3)
  })
})

describe('a style that is pointed at', () => {
  it('gets six pictures, once, of which the first stays as it is', async () => {
    const app = setUp()
    app.foresee(BUILT_IN)
    await settle()
    app.open()
    await app.complete()
    const [cover] = app.urlsOf('oil') ?? []
    await Promise.all([app.pointAt('oil'), app.pointAt('oil')])
    await app.pointAt('oil')
    expect(app.asked).toEqual(['oil'])
    expect(app.shown()).toEqual([1, 6, 1])
    expect(app.urlsOf('oil')?.[0]).toBe(cover)
    expect(app.urlCount()).toBe(3 + 5)
  })

  it('gets them when the pack is open, where it was pointed at before', async () => {
    const app = setUp()
    app.foresee(BUILT_IN)
    await settle()
    await app.pointAt('ink')
    await app.pointAt('tile')
    expect(app.asked).toEqual([])
    app.open()
    await app.complete()
    expect(app.asked).toEqual(['tile'])
    expect(app.shown()).toEqual([1, 1, 6])
  })

  it('is asked for again where its database could not be read', async () => {
    let works = false
    const app = setUp({
      cover: async () => {
        if (works) return { thumbnails: THUMBNAILS }
        throw new JobError('database-missing', 'no network')
      },
    })
    app.foresee(BUILT_IN)
    await settle()
    app.open()
    await app.pointAt('ink')
    expect(app.shown()).toEqual([1, 1, 1])
    works = true
    await app.pointAt('ink')
    expect(app.shown()).toEqual([6, 1, 1])
  })

  it('is left to the library where it is one of the person’s own', async () => {
    const app = setUp()
    app.dispatch({ kind: 'own-styles', styles: [{ id: 'user:a', name: 'Mine', rows: 3, heldOut: false, covers: [] }] })
    app.foresee(BUILT_IN)
    await settle()
    app.open()
    await app.pointAt('user:a')
    expect(app.asked).toEqual([])
  })
})

describe('a pack without covers', () => {
  it.each([
    ['of before covers', async () => null],
    [
      'whose covers cannot be read',
      async () => {
        throw new JobError('pack-damaged', 'altered')
      },
    ],
  ])('%s has them read from its databases once it is open, the chosen style first', async (_, covers) => {
    const app = setUp({ covers })
    app.foresee(BUILT_IN)
    await settle()
    app.dispatch({ kind: 'style-set', styleId: 'tile' })
    expect(app.shown()).toEqual([0, 0, 0])
    app.open()
    await app.complete()
    expect(app.asked).toEqual(['tile', 'ink', 'oil'])
    expect(app.shown()).toEqual([6, 6, 6])
  })
})
