import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { MOST_FILE_BYTES, readPicture } from '../../../src/core/image/read-picture.ts'
import { fakeHeader, makePictures } from '../../fixtures/hostile-pictures.ts'

const pictures = await makePictures()

const read = (bytes: Uint8Array) => readPicture(bytesSource(bytes))
const reasonOf = (bytes: Uint8Array) =>
  read(bytes).then(
    () => 'read',
    (error: { name: string; reason: string }) => (error.name === 'SkippedFile' ? error.reason : String(error)),
  )

describe('a picture file', () => {
  it.each(Object.entries(pictures))('%s is read whole', async (_, { type, bytes }) => {
    const picture = await read(bytes)
    expect(picture.bytes).toEqual(new Uint8Array(bytes))
    expect(picture.header).toMatchObject({ type, width: 37, height: 19 })
  })

  it.each(Object.entries(pictures))(
    '%s is refused where it ends too soon, at whatever byte',
    async (_, { bytes, end }) => {
      const reasons = new Set<string>()
      for (let length = 18; length < end; length++) reasons.add(await reasonOf(bytes.subarray(0, length)))
      expect([...reasons]).toEqual(['truncated'])
      expect(await reasonOf(bytes.subarray(0, end))).toBe('read')
    },
  )

  it('is asked for its first bytes only where it is refused for its size', async () => {
    let asked = 0
    const head = fakeHeader.png(16_000, 16_000, 1)
    const source = {
      byteLength: 50_000_000,
      slice: async (start: number, end: number) => {
        asked += end - start
        return new Uint8Array(end - start).fill(0).map((_, i) => head[start + i] ?? 0)
      },
    }
    await expect(readPicture(source)).rejects.toMatchObject({ reason: 'too-many-pixels', detail: '16000 × 16000' })
    expect(asked).toBeLessThanOrEqual(65_536)
  })

  it('is read further where long metadata comes before its size', async () => {
    const bytes = await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer()
    const comment = Buffer.alloc(60_000, 'x')
    const segment = Buffer.concat([Buffer.from([0xff, 0xfe, 60_002 >> 8, 60_002 & 255]), comment])
    const long = Buffer.concat([bytes.subarray(0, 2), segment, segment, bytes.subarray(2)])
    expect((await read(long)).header).toMatchObject({ width: 20, height: 10 })
  })

  it.each([
    ['nothing', 'empty', new Uint8Array()],
    ['text', 'not-a-picture', Buffer.from('once upon a time')],
    ['a page that mentions <svg>', 'not-a-picture', Buffer.from('How to write an <svg> element')],
    ['a PDF', 'not-a-picture', Buffer.from('%PDF-1.7\n%âãÏÓ\n')],
    ['a TIFF', 'not-a-picture', Buffer.from('II*\0\x08\0\0\0')],
    ['an SVG', 'svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    [
      'an SVG behind a prologue',
      'svg',
      Buffer.from('\ufeff<?xml version="1.0"?><!-- x -->\n<!DOCTYPE svg>\n<svg width="1"/>'),
    ],
    ['an SVG in UTF-16', 'svg', Buffer.from('\ufeff<svg xmlns="http://www.w3.org/2000/svg"/>', 'utf16le')],
    ['a PNG of 64.1 megapixels', 'too-many-pixels', fakeHeader.png(8_010, 8_003, 8)],
    ['a PNG of 33 megapixels, 16 bits each', 'too-many-pixels', fakeHeader.png(6_000, 5_500, 16)],
    ['a PNG with a side of 20,000', 'too-many-pixels', fakeHeader.png(20_000, 10, 8)],
    ['a GIF whose frame is larger than its screen', 'too-many-pixels', fakeHeader.gif(65_000, 65_000)],
    ['a BMP of 100 megapixels', 'too-many-pixels', fakeHeader.bmp(10_000, -10_000)],
    ['a PNG of no width', 'damaged', fakeHeader.png(0, 5, 8)],
    ['a PNG of 33 megapixels, 8 bits each, without its pixels', 'truncated', fakeHeader.png(6_000, 5_500, 8)],
  ])('%s is "%s"', async (_, reason, bytes) => {
    expect(await reasonOf(bytes)).toBe(reason)
  })

  it('may have forms that are seldom written', async () => {
    const mdat = (bytes: Uint8Array) => Buffer.from(bytes).indexOf('mdat') - 4
    const avif = new Uint8Array(pictures.avif?.bytes ?? [])
    const toTheEnd = avif.slice()
    toTheEnd.fill(0, mdat(avif), mdat(avif) + 4)
    const long = Buffer.concat([avif.subarray(0, mdat(avif) + 8), Buffer.alloc(8), avif.subarray(mdat(avif) + 8)])
    long.writeUInt32BE(1, mdat(avif))
    long.writeBigUInt64BE(BigInt(long.length - mdat(avif)), mdat(avif) + 8)
    const jpeg = new Uint8Array(pictures.jpeg?.bytes ?? [])
    const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff]), jpeg.subarray(2)])
    for (const [bytes, type] of [
      [toTheEnd, 'image/avif'],
      [long, 'image/avif'],
      [filled, 'image/jpeg'],
    ] as const) {
      expect((await read(bytes)).header).toMatchObject({ type, width: 37, height: 19 })
    }
    expect(await reasonOf(long.subarray(0, -1))).toBe('truncated')
  })

  it.each([
    ['OS/2’s', 12, 2, 0, 26 + 8 * 3],
    ['Windows’', 40, 24, 0, 54 + 8 * 3],
    ['Windows’ with masks of colours', 40, 16, 3, 54 + 8 * 3],
  ])('that is a BMP of %s is whole once its rows are', async (_, headerBytes, bits, compression, end) => {
    const bytes = Buffer.alloc(end)
    bytes.write('BM')
    bytes.writeUInt32LE(14 + headerBytes, 10)
    bytes.writeUInt32LE(headerBytes, 14)
    // Three rows of as many pixels as take more than four and at most eight bytes.
    const width = Math.floor(64 / bits)
    if (headerBytes === 12) {
      bytes.writeUInt16LE(width, 18)
      bytes.writeUInt16LE(3, 20)
      bytes.writeUInt16LE(bits, 24)
    } else {
      bytes.writeInt32LE(width, 18)
      bytes.writeInt32LE(-3, 22)
      bytes.writeUInt16LE(bits, 28)
      bytes.writeUInt32LE(compression, 30)
    }
    expect((await read(bytes)).header).toMatchObject({ width, height: 3 })
    expect(await reasonOf(bytes.subarray(0, -1))).toBe('truncated')
  })

  it('that is a compressed BMP does not tell its length, but must have some of it', async () => {
    const bytes = Buffer.alloc(58)
    bytes.set(fakeHeader.bmp(8, 3))
    bytes.writeUInt32LE(54, 10)
    bytes.writeUInt32LE(1, 30)
    expect((await read(bytes)).header).toMatchObject({ width: 8, height: 3 })
    expect(await reasonOf(bytes.subarray(0, 54))).toBe('truncated')
  })

  it('that is an AVIF with a box of fewer bytes than its head is damaged', async () => {
    const bytes = new Uint8Array(pictures.avif?.bytes ?? [])
    const at = Buffer.from(bytes).indexOf('meta') - 4
    bytes.set([0, 0, 0, 7], at)
    expect(await reasonOf(bytes)).toBe('damaged')
  })

  it('that cannot be read rejects with what its source says', async () => {
    const gone = new DOMException('the file was moved', 'NotFoundError')
    const source = { byteLength: 100, slice: () => Promise.reject(gone) }
    await expect(readPicture(source)).rejects.toBe(gone)
  })

  it('is refused beyond 256 MiB', async () => {
    const source = { byteLength: MOST_FILE_BYTES + 1, slice: async () => fakeHeader.png(100, 100, 8) }
    await expect(readPicture(source)).rejects.toMatchObject({ reason: 'too-large' })
  })
})
