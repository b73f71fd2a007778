import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS, type Recipe } from '../../../src/core/diffusion/recipe.ts'
import { joinBytes } from '../../../src/core/formats/join-bytes.ts'
import { embedRecipe, extractRecipe, readPngText, writePngText } from '../../../src/core/formats/png-metadata.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'

const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9)
const raw = { width: 2, height: 2, channels: 3 } as const
const png = new Uint8Array(await sharp(pixels, { raw }).png().toBuffer())

const recipe: Recipe = {
  ...DEFAULT_SETTINGS,
  version: 1,
  prompt: 'eine Möwe 海',
  databaseId: 'ink',
  databaseHash: 'a',
  neighbourIds: ['one', 'two'],
  packId: 'mini',
  packHash: 'b',
}

describe('text in a PNG', () => {
  it('gives the recipe back, and leaves the picture as it was', async () => {
    const written = embedRecipe(png, recipe)
    expect(extractRecipe(written)).toEqual(recipe)
    const { data } = await sharp(written).raw().toBuffer({ resolveWithObject: true })
    expect(new Uint8Array(data)).toEqual(pixels)
  })

  const boat = { id: 'b0a7', name: 'boat.png', clipId: 'c', embedding: '3c00bc00' }
  const steering = { pins: ['one'], bans: [], mix: [], added: [boat], query: boat }

  it('keeps pictures that were given to the search as their embeddings', () => {
    const steered = { ...recipe, steering }
    expect(extractRecipe(embedRecipe(png, steered))).toEqual(steered)
  })

  it('keeps which of the mixed styles a picture was pinned or left out in', () => {
    const tile = { databaseId: 'tile', id: 'one' }
    const mix = [{ databaseId: 'tile', weight: 0.5 }]
    const steered = { ...recipe, steering: { pins: ['one', tile], bans: [{ ...tile, id: 'two' }, 'two'], mix } }
    expect(extractRecipe(embedRecipe(png, steered))).toEqual(steered)
  })

  const place = { x: -0.25, y: 0.5 }
  const toward = { share: 0.3, pictures: [{ id: 'one', weight: 0.8 }], place }

  it('keeps where the star was dragged, and is the same bytes when it is written again', () => {
    const { place: _, ...drawn } = toward
    for (const kept of [toward, drawn]) {
      const steered = { ...recipe, steering: { pins: [], bans: ['two'], mix: [], toward: kept } }
      const read = extractRecipe(embedRecipe(png, steered))
      if (read === null) throw new Error('no recipe')
      expect(read).toEqual(steered)
      // A recipe that was taken over writes what it was read from.
      expect(JSON.stringify(read.steering?.toward)).toBe(JSON.stringify(kept))
      const again = embedRecipe(png, read)
      expect(embedRecipe(png, extractRecipe(again) ?? recipe)).toEqual(again)
    }
  })

  it('leaves out what a later app may have added to it', () => {
    const later = { ...recipe, steering: { ...steering, toward: { ...toward, colour: 'red' } }, weather: 'fog' }
    expect(extractRecipe(embedRecipe(png, later))).toEqual({ ...recipe, steering: { ...steering, toward } })
  })

  it.each([
    ['a share that is no number', { ...steering, toward: { ...toward, share: 'all' } }],
    ['a place that is none', { ...steering, toward: { ...toward, place: { x: 0 } } }],
    ['too many to turn to', { ...steering, toward: { ...toward, pictures: Array(21).fill(toward.pictures[0]) } }],
    ['a pin without an id', { ...steering, pins: [{ databaseId: 'tile' }] }],
    ['a ban in no style', { ...steering, bans: [{ databaseId: 7, id: 'one' }] }],
    ['embeddings that are none', { ...steering, query: { ...boat, embedding: '3C00' } }],
    ['half a number', { ...steering, query: { ...boat, embedding: '3c003c' } }],
    ['what comes before an embedding', { ...steering, query: { ...boat, embedding: 'x3c00' } }],
    ['what comes behind one', { ...steering, query: { ...boat, embedding: '3c00x' } }],
    ['more pictures than there can be neighbours', { ...steering, added: Array.from({ length: 21 }, () => boat) }],
  ])('is refused as a recipe for %s', (_, hostile) => {
    const written = embedRecipe(png, { ...recipe, steering: hostile } as unknown as Recipe)
    expect(() => extractRecipe(written)).toThrow(/^recipe: /)
  })

  it('is absent from other PNGs', () => {
    expect(extractRecipe(png)).toBeNull()
    expect(readPngText(writePngText(png, 'other', 'text'), 'kindred-recipe')).toBeNull()
  })

  it('replaces what was there under the same keyword', () => {
    const twice = writePngText(writePngText(png, 'a', 'first'), 'a', 'second')
    expect(readPngText(twice, 'a')).toBe('second')
    expect(twice.length - png.length).toBe(12 + 'a'.length + 5 + 'second'.length)
  })

  it('stands beside others, of which the first under a keyword counts', () => {
    const both = writePngText(writePngText(png, 'a', 'first'), 'b', 'second')
    expect([readPngText(both, 'a'), readPngText(both, 'b')]).toEqual(['first', 'second'])
    // IHDR ends at byte 33, and a text is put behind it.
    const chunk = writePngText(png, 'b', 'another').subarray(33, 33 + 12 + 'b'.length + 5 + 'another'.length)
    const twice = joinBytes([both.subarray(0, 33), chunk, both.subarray(33)])
    expect(readPngText(twice, 'b')).toBe('another')
    const replaced = writePngText(twice, 'b', 'only')
    expect([readPngText(replaced, 'a'), readPngText(replaced, 'b')]).toEqual(['first', 'only'])
    expect(replaced.length).toBe(both.length - 'second'.length + 'only'.length)
  })

  it('leaves chunks that only look like one, and one that is damaged', () => {
    const written = writePngText(png, 'a', 'text')
    const at = Buffer.from(written).indexOf('iTXta')
    for (const other of [written.with(at, 0x74), written.with(at + 5, 1)]) {
      const again = writePngText(other, 'a', 'new')
      expect(again.length).toBe(other.length + 12 + 'a'.length + 5 + 'new'.length)
      expect(readPngText(again, 'a')).toBe('new')
    }
  })

  it('is of a MiB at most', () => {
    const longest = 'x'.repeat((1 << 20) - 'a'.length - 5)
    expect(readPngText(writePngText(png, 'a', longest), 'a')).toBe(longest)
    expect(readPngText(writePngText(png, 'a', `${longest}x`), 'a')).toBe(null)
  })

  it('is refused where its CRC is wrong', () => {
    const written = writePngText(png, 'a', 'unmistakable')
    const at = Buffer.from(written).indexOf('unmistakable')
    expect(() => readPngText(written.with(at, 0x55), 'a')).toThrow(/^png: the CRC/)
  })

  it.each(['{', '{"version":2}', '[]'])('is refused as a recipe where it says %s', (text) => {
    expect(() => extractRecipe(writePngText(png, 'kindred-recipe', text))).toThrow(/^recipe: /)
  })

  it('answers every truncation with a FormatError, and survives every flip', async () => {
    const written = embedRecipe(png, recipe)
    await expectTruncationErrors(written, extractRecipe)
    await expectTypedErrorsOnFlips(written, extractRecipe)
  })
})
