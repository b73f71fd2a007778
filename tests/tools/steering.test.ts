// Steering on the command line: what the flags say, and a picture made as they say, with a recipe that tells of it.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { extractRecipe } from '../../src/core/formats/png-metadata.ts'
import { readSteering } from '../../tools/steering.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'kindred-steering-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('flags that steer', () => {
  it('are none where none is given', () => {
    expect(readSteering({}, 'ink')).toBeNull()
  })

  it('say what is pinned, left out, mixed in, added and looked for', () => {
    const flags = {
      pin: ['a', 'a'],
      'leave-out': ['b'],
      'mix-in': ['oil=0.5', 'neon'],
      add: ['x.png'],
      'look-for': 'y',
    }
    expect(readSteering(flags, 'ink')).toEqual({
      pins: ['a'],
      bans: ['b'],
      mix: [
        { databaseId: 'oil', weight: 0.5 },
        { databaseId: 'neon', weight: 1 },
      ],
      added: ['x.png'],
      query: 'y',
      toward: null,
    })
  })

  it('say which pictures the search is drawn to, with weights that add up to 1, and how far', () => {
    expect(readSteering({ toward: ['a=3', 'b'] }, 'ink')?.toward).toEqual({
      share: 0.3,
      pictures: [
        { id: 'a', weight: 0.75 },
        { id: 'b', weight: 0.25 },
      ],
    })
    expect(readSteering({ toward: ['a'], 'toward-share': '0.05' }, 'ink')?.toward?.share).toBe(0.05)
  })

  it.each([
    [{ 'toward-share': '0.5' }, /no --toward says where to/],
    [{ toward: ['a'], 'toward-share': '0' }, /is no share above 0 and at most 1/],
    [{ toward: ['a'], 'toward-share': '1.1' }, /is no share above 0 and at most 1/],
    [{ toward: ['a'], 'toward-share': '' }, /is no share above 0 and at most 1/],
    [{ toward: ['a=0'] }, /--toward a=0: 0 is no weight above 0/],
    [{ toward: ['a', 'a=2'] }, /--toward a is given twice/],
    [{ toward: Array.from({ length: 21 }, (_, i) => `${i}`) }, /20 are the most/],
  ])('refuse a search drawn to what is none: %j', (flags, message) => {
    expect(() => readSteering(flags, 'ink')).toThrow(message)
  })

  it.each(['oil=', 'oil=0', 'oil=-1', 'oil=much', 'oil=Infinity'])('refuse a weight that is none: %s', (mixed) => {
    expect(() => readSteering({ 'mix-in': [mixed] }, 'ink')).toThrow(/is no weight above 0$/)
  })

  it('refuse a style twice, and more pictures than there can be neighbours', () => {
    expect(() => readSteering({ 'mix-in': ['ink'] }, 'ink')).toThrow('--mix-in ink is in the mixture already')
    expect(() => readSteering({ 'mix-in': ['oil', 'oil=2'] }, 'ink')).toThrow(/already/)
    expect(() => readSteering({ add: Array.from({ length: 21 }, () => 'x.png') }, 'ink')).toThrow(/20 are the most/)
  })
})

describe('npm run generate', () => {
  const generate = (...flags: string[]) =>
    spawnSync(
      process.execPath,
      [
        ...['--import', 'tsx', 'tools/generate.ts', '--prompt', 'a red house', '--style', 'woodblock'],
        ...['--steps', '1', '--k', '6', '--out', join(folder, 'a.png'), ...flags],
      ],
      { cwd: ROOT, encoding: 'utf8' },
    )

  it('steers as the flags say, and the picture carries that as a recipe', { timeout: 120_000 }, () => {
    const picture = 'public/exhibit.png'
    const { status, stdout, stderr } = generate(
      ...['--pin', '00051', '--leave-out', '00184', '--mix-in', 'watercolour', '--add', picture, '--look-for', picture],
    )
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const { neighbours } = JSON.parse(stdout) as { neighbours: { id: string; score: number }[] }
    const ids = neighbours.map(({ id }) => id)
    expect(ids).toHaveLength(6)
    expect(ids).toContain('00051')
    expect(neighbours[0]?.score).toBeCloseTo(1)
    const recipe = extractRecipe(new Uint8Array(readFileSync(join(folder, 'a.png'))))
    expect(recipe?.neighbourIds).toEqual(ids)
    expect(recipe?.steering).toMatchObject({
      pins: ['00051'],
      bans: ['00184'],
      mix: [{ databaseId: 'watercolour', weight: 1 }],
      added: [{ id: ids[0], name: 'exhibit.png' }],
      query: { id: ids[0] },
    })
  })

  it('looks where the star is drawn to, and the recipe says so', { timeout: 120_000 }, () => {
    const { status, stdout } = generate('--toward', '00051', '--toward-share', '1')
    expect(status).toBe(0)
    const { neighbours } = JSON.parse(stdout) as { neighbours: { id: string; score: number }[] }
    expect(neighbours[0]?.id).toBe('00051')
    expect(neighbours[0]?.score).toBeCloseTo(1)
    const recipe = extractRecipe(new Uint8Array(readFileSync(join(folder, 'a.png'))))
    expect(recipe?.steering?.toward).toEqual({ share: 1, pictures: [{ id: '00051', weight: 1 }] })
    expect(generate('--toward', 'nothing').stderr.trim()).toBe(
      '--toward nothing: woodblock has no picture of that name',
    )
  })

  it('names a picture that the style does not have, and a file that is no picture', { timeout: 120_000 }, () => {
    expect(generate('--leave-out', 'nothing').stderr.trim()).toBe(
      '--leave-out nothing: woodblock has no picture of that name',
    )
    expect(generate('--add', 'README.md').stderr.trim()).toMatch(
      /^README\.md is neither PNG, JPEG, WebP, AVIF, GIF nor BMP$/,
    )
  })
})
