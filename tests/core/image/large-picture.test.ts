// One picture to be looked at: bounded in bytes and pixels before it is decoded, and in size when it is drawn.

import sharp from 'sharp'
import { expect, it } from 'vitest'
import { drawPicture } from '../../../src/core/image/large-picture.ts'
import { createFakePainter } from '../../fixtures/fake-painter.ts'
import { makeBomb } from '../../fixtures/hostile-pictures.ts'

const plain = async (width: number, height: number) =>
  new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: 'teal' } })
      .webp()
      .toBuffer(),
  )

it.each([
  [512, 384, { width: 512, height: 384 }],
  [2048, 512, { width: 1024, height: 256 }],
  [2, 3000, { width: 1, height: 1024 }],
])('of %i × %i pixels is drawn in one piece, no larger than a screen has use for', async (width, height, drawn) => {
  const { painter, open } = createFakePainter()
  expect(await drawPicture(await plain(width, height), painter)).toMatchObject({ ...drawn, bitmap: drawn })
  expect(open.size).toBe(0)
})

it('is not decoded where its header promises too much, or it is none', async () => {
  const { painter, counts } = createFakePainter()
  const hostile = [makeBomb(16_000), new Uint8Array(), new TextEncoder().encode('<svg/>'), new Uint8Array(17 << 20)]
  for (const bytes of hostile) expect(await drawPicture(bytes, painter)).toBeNull()
  expect(counts.decoded).toBe(0)
})

it('that is cut short is none', async () => {
  const { painter, open } = createFakePainter()
  expect(await drawPicture((await plain(300, 200)).slice(0, 60), painter)).toBeNull()
  expect(open.size).toBe(0)
})
