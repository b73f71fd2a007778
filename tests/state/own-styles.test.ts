// The person's own styles in the page's state: beside the pack's, and steered like them.

import { describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS, type Recipe } from '../../src/core/diffusion/recipe.ts'
import type { BackendDescription, PackSummary } from '../../src/protocol/jobs.ts'
import { type AppState, INITIAL_STATE, type Style } from '../../src/state/app-state.ts'
import { droppedResources } from '../../src/state/owned-resources.ts'
import { type AppEvent, reduce } from '../../src/state/reduce.ts'

const pack = { styles: [{ id: 'ink', name: 'Ink', rows: 3, heldOut: false }] } as unknown as PackSummary
const opened: AppEvent = { kind: 'pack-ready', pack, backend: {} as BackendDescription }
const own = (id: string): Style => ({ id: `user:${id}`, name: id, rows: 2, heldOut: false, covers: [`blob:${id}`] })
const play = (...events: AppEvent[]): AppState => events.reduce(reduce, INITIAL_STATE)
const idsOf = ({ styles }: AppState) => styles.map(({ id }) => id)

describe('own styles', () => {
  it('stand after the pack’s, whichever was read first', () => {
    const mine: AppEvent = { kind: 'own-styles', styles: [own('sea')] }
    expect(idsOf(play(opened, mine))).toEqual(['ink', 'user:sea'])
    expect(idsOf(play(mine, opened))).toEqual(['ink', 'user:sea'])
    expect(idsOf(play(opened, mine, opened))).toEqual(['ink', 'user:sea'])
  })

  it('that are gone leave the choice to the first style', () => {
    const mine: AppEvent = { kind: 'own-styles', styles: [own('sea'), own('land')] }
    const chosen = play(opened, mine, { kind: 'style-set', styleId: 'user:land' })
    expect(reduce(chosen, { kind: 'own-styles', styles: [own('land')] }).styleId).toBe('user:land')
    expect(reduce(chosen, { kind: 'own-styles', styles: [own('sea')] }).styleId).toBe('ink')
  })

  it('do not have their covers freed by the page, which does not own them', () => {
    const before = play(opened, { kind: 'own-styles', styles: [own('sea')] })
    expect(droppedResources(before, reduce(before, { kind: 'own-styles', styles: [] }))).toEqual([])
  })
})

describe('steering', () => {
  const given = (id: string, as: 'neighbour' | 'query' = 'neighbour'): AppEvent => ({
    kind: 'given',
    picture: { id, name: `${id}.png`, clipId: 'c', embedding: '3c00' },
    as,
  })
  const steer: AppEvent = { kind: 'steered', picture: 'a' }

  it('turns a picture from neither to pinned, to banned, to neither', () => {
    expect(play(opened, steer).steering.get('ink')).toEqual({ pins: ['a'], bans: [], mix: [] })
    expect(play(opened, steer, steer).steering.get('ink')).toEqual({ pins: [], bans: ['a'], mix: [] })
    expect(play(opened, steer, steer, steer).steering.has('ink')).toBe(false)
  })

  it('tells a picture of a style that is mixed in from one of the same id in the chosen style', () => {
    const tile = { databaseId: 'tile', id: 'a' }
    const mixed: AppEvent = { kind: 'mixed-in', styleId: 'tile', weight: 1 }
    const turnTile: AppEvent = { kind: 'steered', picture: tile }
    const mix = [{ databaseId: 'tile', weight: 1 }]
    const both = play(opened, mixed, steer, turnTile)
    expect(both.steering.get('ink')).toEqual({ pins: ['a', tile], bans: [], mix })
    expect(reduce(both, turnTile).steering.get('ink')).toEqual({ pins: ['a'], bans: [tile], mix })
    expect(play(opened, mixed, turnTile, turnTile, turnTile).steering.get('ink')).toEqual({ pins: [], bans: [], mix })
  })

  it('lets go of the pictures of a style that is taken out of the mix', () => {
    const turnTile = (id: string): AppEvent => ({ kind: 'steered', picture: { databaseId: 'tile', id } })
    const mix = (weight: number): AppEvent => ({ kind: 'mixed-in', styleId: 'tile', weight })
    const steered = play(opened, mix(1), steer, turnTile('a'), turnTile('b'), turnTile('b'))
    expect(reduce(steered, mix(2)).steering.get('ink')).toMatchObject({ pins: ['a', { id: 'a' }], bans: [{ id: 'b' }] })
    expect(reduce(steered, mix(0)).steering.get('ink')).toEqual({ pins: ['a'], bans: [], mix: [] })
  })

  it('pins a picture of the style where the same one was given as well', () => {
    const { pins, added } = play(opened, given('a'), steer).steering.get('ink') ?? {}
    expect([pins, added?.length]).toEqual([['a'], 1])
  })

  it('belongs to its style', () => {
    const state = play(opened, { kind: 'own-styles', styles: [own('sea')] }, steer)
    const elsewhere = reduce(state, { kind: 'style-set', styleId: 'user:sea' })
    expect(elsewhere.steering.has('user:sea')).toBe(false)
    expect(elsewhere.steering.get('ink')?.pins).toEqual(['a'])
  })

  it('mixes another style in, changes its weight and takes it out, but never mixes a style into itself', () => {
    const mix = (styleId: string, weight: number): AppEvent => ({ kind: 'mixed-in', styleId, weight })
    expect(play(opened, mix('tile', 1), mix('tile', 0.5)).steering.get('ink')?.mix).toEqual([
      { databaseId: 'tile', weight: 0.5 },
    ])
    expect(play(opened, mix('tile', 1), mix('tile', 0)).steering.has('ink')).toBe(false)
    expect(play(opened, mix('ink', 1)).steering.has('ink')).toBe(false)
  })

  const ids = (state: AppState) => state.steering.get('ink')?.added?.map(({ id }) => id)

  it('takes a picture from elsewhere once, drops the oldest past twenty, and gives it back by a press', () => {
    expect(ids(play(opened, given('a'), given('b'), given('a')))).toEqual(['b', 'a'])
    const many = play(opened, ...Array.from({ length: 22 }, (_, i) => given(`${i}`)))
    expect(ids(many)).toEqual(Array.from({ length: 20 }, (_, i) => `${i + 2}`))
    expect(ids(play(opened, given('a'), given('b'), { kind: 'taken-back', itemId: 'a', as: 'neighbour' }))).toEqual([
      'b',
    ])
  })

  it('looks for one picture at a time, beside what else was chosen', () => {
    const asked = play(opened, given('b'), given('a', 'query'), given('c', 'query'), { kind: 'steered', picture: 'p' })
    expect(asked.steering.get('ink')).toMatchObject({ pins: ['p'], added: [{ id: 'b' }], query: { id: 'c' } })
    const back = reduce(asked, { kind: 'taken-back', itemId: 'c', as: 'query' }).steering.get('ink')
    expect(back).toMatchObject({ pins: ['p'], added: [{ id: 'b' }] })
    expect(back).not.toHaveProperty('query')
  })

  it('comes and goes with a recipe', () => {
    const recipe: Recipe = {
      ...DEFAULT_SETTINGS,
      ...{
        version: 1,
        prompt: 'a house',
        databaseId: 'ink',
        databaseHash: '',
        neighbourIds: [],
        packId: '',
        packHash: '',
      },
      steering: { pins: ['p'], bans: [], mix: [] },
    }
    const used = play(opened, steer, { kind: 'recipe-used', recipe, keepSeed: true })
    expect(used.steering.get('ink')).toEqual(recipe.steering)
    const { steering: _, ...plain } = recipe
    expect(reduce(used, { kind: 'recipe-used', recipe: plain, keepSeed: true }).steering.has('ink')).toBe(false)
  })
})
