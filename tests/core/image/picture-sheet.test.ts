// Sheets of small pictures: each has its square, what cannot be read is left out alone, and what nobody wants is not decoded.

import sharp from 'sharp'
import { expect, it } from 'vitest'
import { drawSheet } from '../../../src/core/image/picture-sheet.ts'
import { createFakePainter } from '../../fixtures/fake-painter.ts'

async function webp(width: number, height: number): Promise<Uint8Array> {
  const image = sharp({ create: { width, height, channels: 3, background: 'teal' } })
  return new Uint8Array(await image.webp().toBuffer())
}

const wanted = () => undefined

it('gives each picture a square of its own, and draws its middle', async () => {
  const { painter, open } = createFakePainter()
  const pictures = [await webp(96, 96), null, await webp(96, 96), await webp(80, 40)]
  const { sheet, places } = await drawSheet(pictures, painter, wanted)
  expect(places.map((place) => place !== null)).toEqual([true, false, true, true])
  expect(new Set(places).size).toBe(4)
  expect(sheet).toMatchObject({ side: 96, columns: 2, bitmap: { width: 192, height: 192 } })
  const wide = sheet?.bitmap.drawn.find(({ from }) => from.side === 40)
  const place = places[3] ?? -1
  expect(wide).toEqual({
    type: 'image/webp',
    from: { left: 20, top: 0, side: 40 },
    to: { left: 96 * (place % 2), top: 96 * Math.floor(place / 2), side: 96 },
  })
  expect(open.size).toBe(0)
})

it('leaves out a damaged thumbnail, one that is no picture and one that is far too large, and draws the others', async () => {
  const { painter, counts, open } = createFakePainter()
  const good = await webp(96, 96)
  const damaged = good.slice(0, good.length >> 1)
  const none = new TextEncoder().encode('no picture at all')
  const { sheet, places } = await drawSheet([damaged, none, await webp(1100, 1000), good], painter, wanted)
  expect(places).toEqual([null, null, null, 0])
  expect(sheet?.bitmap.drawn).toHaveLength(1)
  expect(counts.decoded).toBe(2)
  expect(open.size).toBe(0)
})

it('makes no sheet where there is nothing to draw', async () => {
  const { painter } = createFakePainter()
  expect(await drawSheet([null, null], painter, wanted)).toEqual({ sheet: null, places: [null, null] })
  const damaged = (await webp(96, 96)).slice(0, 40)
  expect(await drawSheet([damaged], painter, wanted)).toEqual({ sheet: null, places: [null] })
})

it('draws large thumbnails smaller: a sheet takes a bounded number of pixels', async () => {
  const { painter } = createFakePainter()
  const { sheet } = await drawSheet(Array(9).fill(await webp(300, 400)), painter, wanted)
  expect(sheet).toMatchObject({ side: 192, columns: 3, bitmap: { width: 576, height: 576 } })
})

it('decodes no more once nobody wants the sheet', async () => {
  const { painter, counts, open } = createFakePainter()
  let turns = 0
  const stop = () => {
    if (++turns > 2) throw new Error('scrolled past')
  }
  await expect(drawSheet(Array(64).fill(await webp(96, 96)), painter, stop)).rejects.toThrow('scrolled past')
  expect(counts.decoded).toBe(32)
  expect(counts.mostOpen).toBeLessThanOrEqual(16)
  expect(open.size).toBe(0)
})
