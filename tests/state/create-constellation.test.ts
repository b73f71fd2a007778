// The constellation over a fake job client: maps when there is something to map, prompts placed one at a time, the latest last.

import { describe, expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { Toward } from '../../src/core/diffusion/recipe.ts'
import { HALF_WAY } from '../../src/core/retrieval/toward.ts'
import type { JobClient } from '../../src/protocol/client.ts'
import { JobError } from '../../src/protocol/errors.ts'
import type { Jobs } from '../../src/protocol/jobs.ts'
import { type AppState, INITIAL_STATE } from '../../src/state/app-state.ts'
import { type Placement, placeStar } from '../../src/state/constellation-state.ts'
import { createConstellation } from '../../src/state/create-constellation.ts'

const ready = { kind: 'ready' } as AppState['pack']
const style = (id: string, rows: number) => ({ id, name: id, rows, heldOut: false, covers: [] })
const started: AppState = {
  ...INITIAL_STATE,
  pack: ready,
  styles: [style('ink', 3), style('tile', 3)],
  styleId: 'ink',
  prompt: 'a house',
}
const neighbour = (id: string, row: number) => ({ id, row, score: 0.5, caption: `a ${id}`, thumbnail: new Blob([id]) })

type MapEvent = Jobs['style-map']['event']
type PlacePrompt = (input: Jobs['place-prompt']['input']) => Promise<Jobs['place-prompt']['output']>

function setUp(
  state: AppState,
  placePrompt: PlacePrompt = async () => ({ x: 0.5, y: 0, cut: null, neighbours: [neighbour('n1', 1)] }),
  sketched = false,
) {
  const app = createStore<AppState>(() => state)
  const asked: string[] = []
  const disposed: string[] = []
  const turned: (Toward | null)[] = []
  let urls = 0
  let rested: (() => void)[] = []
  const client = {
    run: async (name: string, input: never, { onEvent }: { onEvent?: (event: MapEvent) => void } = {}) => {
      const { styleId, prompt } = input as { styleId: string; prompt?: string }
      asked.push(prompt === undefined ? `${name} ${styleId}` : `${name} ${styleId} ${prompt}`)
      if (name === 'style-map' && sketched) onEvent?.({ kind: 'sketch', points: new Float32Array(2) })
      if (name === 'style-map') return { points: new Float32Array(6), ids: ['n0', 'n1', 'n2'] }
      if (name === 'place-prompt') return placePrompt(input)
      return { pictures: [{ thumbnail: null, caption: 'a hill' }] }
    },
    close: () => {},
  } as unknown as JobClient
  const constellation = createConstellation({
    app,
    client,
    turnToward: (toward) => void turned.push(toward),
    createUrl: () => `blob:${++urls}`,
    dispose: (url) => disposed.push(url),
    wait: () => new Promise((resolve) => rested.push(resolve)),
  })
  /** Lets what waits go on, and all that follows from it. */
  const rest = async () => {
    const waiting = rested
    rested = []
    for (const resolve of waiting) resolve()
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return { app, asked, disposed, turned, rest, ...constellation }
}

describe('the constellation', () => {
  it('asks for nothing before it is shown, then maps the style and places the prompt', async () => {
    const { asked, actions, store, rest } = setUp(started)
    await rest()
    expect(asked).toEqual([])
    actions.show()
    await rest()
    await rest()
    expect(asked).toEqual(['style-map ink', 'place-prompt ink a house'])
    expect(store.getState().map?.ids).toEqual(['n0', 'n1', 'n2'])
    expect(store.getState().placement).toMatchObject({ x: 0.5, neighbours: [{ id: 'n1', row: 1, url: 'blob:1' }] })
  })

  it('places what is written when the typing rests, not each letter', async () => {
    const { app, asked, actions, rest } = setUp({ ...started, prompt: '' })
    actions.show()
    await rest()
    for (const prompt of ['a', 'a b', 'a boat']) app.setState({ prompt })
    await rest()
    await rest()
    await rest()
    expect(asked).toEqual(['style-map ink', 'place-prompt ink a boat'])
  })

  it('waits while a picture is being made', async () => {
    const { app, asked, actions, rest } = setUp(started)
    actions.show()
    await rest()
    await rest()
    app.setState({ job: { kind: 'running' } as AppState['job'], prompt: 'a boat' })
    await rest()
    expect(asked.at(-1)).toBe('place-prompt ink a house')
    app.setState({ job: { kind: 'idle' } })
    await rest()
    await rest()
    expect(asked.at(-1)).toBe('place-prompt ink a boat')
  })

  it('maps again when another style is chosen, the pack is opened anew, or a style has grown', async () => {
    const { app, asked, actions, rest } = setUp({ ...started, prompt: '' })
    actions.show()
    await rest()
    app.setState({ styleId: 'tile' })
    await rest()
    app.setState({ pack: { ...ready } })
    await rest()
    app.setState({ styles: [style('ink', 3), style('tile', 4)] })
    await rest()
    expect(asked).toEqual(['style-map ink', 'style-map tile', 'style-map tile', 'style-map tile'])
  })

  it('shows the sketch of a large style until its map is there, but not where its map shows already', async () => {
    const { app, actions, store, rest } = setUp({ ...started, prompt: '' }, undefined, true)
    const seen: unknown[] = []
    store.subscribe(({ map, sketch }) => seen.push([map?.styleId ?? null, sketch?.styleId ?? null]))
    actions.show()
    await rest()
    expect(seen).toEqual([
      [null, 'ink'],
      ['ink', null],
    ])
    app.setState({ styles: [style('ink', 4), style('tile', 3)] })
    await rest()
    app.setState({ styleId: 'tile' })
    await rest()
    expect(seen.slice(2)).toEqual([
      ['ink', null],
      ['ink', 'tile'],
      ['tile', null],
    ])
  })

  it('keeps the picture of a neighbour that stays, and lets go of those that leave', async () => {
    let round = 0
    const { app, actions, store, disposed, rest } = setUp(started, async () => ({
      ...{ x: 0, y: 0, cut: null },
      neighbours: round++ === 0 ? [neighbour('n1', 1), neighbour('n2', 2)] : [neighbour('n2', 2), neighbour('far', 7)],
    }))
    actions.show()
    await rest()
    await rest()
    app.setState({ prompt: 'a boat' })
    await rest()
    await rest()
    expect(store.getState().placement?.neighbours).toMatchObject([
      { id: 'n2', row: 2, url: 'blob:2' },
      { id: 'far', row: null, url: 'blob:3' },
    ])
    expect(disposed).toEqual(['blob:1'])
  })

  it('does not ask again for what failed, but does for something else', async () => {
    const { app, asked, actions, rest } = setUp(started, async ({ prompt }) => {
      if (prompt === 'a house') throw new JobError('internal', 'no')
      return { x: 0, y: 0, cut: null, neighbours: [] }
    })
    actions.show()
    for (let i = 0; i < 4; i++) await rest()
    app.setState({ keepSeed: true })
    await rest()
    expect(asked).toEqual(['style-map ink', 'place-prompt ink a house'])
    app.setState({ prompt: 'a boat' })
    for (let i = 0; i < 3; i++) await rest()
    expect(asked.at(-1)).toBe('place-prompt ink a boat')
  })

  it('keeps neighbours of two styles apart that have one id: by where they lie, their pictures and their captions', async () => {
    const origin = (databaseId: string) => ({ origin: { databaseId, row: 1 } })
    const mixed = [
      { ...neighbour('n1', 1), ...origin('ink') },
      { ...neighbour('n1', 4), ...origin('tile'), caption: 'a tile' },
      { ...neighbour('n1', 6), isGiven: true, caption: 'n1.png' },
    ]
    const place = async (prompt: string, neighbours: Jobs['place-prompt']['output']['neighbours']) => {
      answer = neighbours
      app.setState({ prompt })
      await rest()
      await rest()
      return store.getState().placement?.neighbours.map(({ databaseId, isGiven, url }) => [databaseId, isGiven, url])
    }
    let answer: Jobs['place-prompt']['output']['neighbours'] = []
    const { app, actions, store, rest } = setUp(started, async () => ({ x: 0, y: 0, cut: null, neighbours: answer }))
    actions.show()
    expect(await place('a house', [neighbour('n1', 1)])).toEqual([[undefined, undefined, 'blob:1']])
    expect(await place('a boat', mixed)).toEqual([
      ['ink', undefined, 'blob:1'],
      ['tile', undefined, 'blob:2'],
      [undefined, true, 'blob:3'],
    ])
    const { captions } = store.getState()
    expect([captions.get('"n1"'), captions.get('["tile","n1"]')]).toEqual(['a n1', 'a tile'])
  })

  it('remembers the captions of pictures it has read', async () => {
    const { actions, store, rest } = setUp(started)
    actions.show()
    await rest()
    await rest()
    expect(await actions.readPictures('ink', [2])).toEqual([{ thumbnail: null, caption: 'a hill' }])
    expect(store.getState().captions.get('"n2"')).toBe('a hill')
    expect(store.getState().captions.get('"n1"')).toBe('a n1')
  })

  it('turns the search to where the star is dragged, and back at the words', async () => {
    const { actions, turned, rest } = setUp(started)
    actions.moveStar({ x: 0, y: 0 })
    expect(turned).toEqual([])
    actions.show()
    await rest()
    await rest()
    actions.moveStar({ x: 0.1, y: 0 })
    actions.moveStar({ x: 0.5, y: 0 })
    actions.drawStar('n2')
    expect(turned).toEqual([
      expect.objectContaining({ share: 0.2, place: { x: 0.1, y: 0 } }),
      null,
      { share: HALF_WAY, pictures: [{ id: 'n2', weight: 1 }] },
    ])
  })

  it('leaves the search as it is where no neighbours are looked for', async () => {
    const { app, actions, turned, rest } = setUp(started)
    actions.show()
    await rest()
    await rest()
    app.setState({ settings: { ...started.settings, k: 0 } })
    actions.moveStar({ x: 0.1, y: 0 })
    expect(turned).toEqual([])
  })

  it('asks anew when the star was dragged, but not for another place that means the same', async () => {
    const { app, asked, actions, rest } = setUp(started)
    actions.show()
    await rest()
    await rest()
    const drag = async (share: number, x: number) => {
      const toward = { share, pictures: [{ id: 'n0', weight: 1 }], place: { x, y: 0 } }
      app.setState({ steering: new Map([['ink', { pins: [], bans: [], mix: [], toward }]]) })
      for (let i = 0; i < 3; i++) await rest()
      return asked.filter((job) => job.startsWith('place-prompt')).length
    }
    expect(await drag(0.2, 0.1)).toBe(2)
    expect(await drag(0.2, 0.15)).toBe(2)
    expect(await drag(0.3, 0.15)).toBe(3)
  })
})

describe('the star', () => {
  const map = { styleId: 'ink', points: Float32Array.of(-1, 0, 1, 0, 0, 1), ids: ['n0', 'n1', 'n2'] }
  const placement = { x: 0.25, y: 0.5 } as Placement
  const pictures = [{ id: 'n1', weight: 1 }]

  it('lies at the words, or where it was dragged with its home at the words', () => {
    expect(placeStar(map, placement, undefined)).toEqual({ x: 0.25, y: 0.5, home: null })
    const home = { x: 0.25, y: 0.5 }
    expect(placeStar(map, placement, { share: 0.3, pictures })).toEqual({ x: 1, y: 0, home })
    const place = { x: -0.75, y: 0 }
    expect(placeStar(map, placement, { share: 0.3, pictures, place })).toEqual({ ...place, home })
  })

  it('lies at the words where nothing is left of what it was dragged to', () => {
    const gone = { share: 0.3, pictures: [{ id: 'gone', weight: 1 }] }
    expect(placeStar(map, placement, gone)).toEqual({ x: 0.25, y: 0.5, home: null })
  })
})
