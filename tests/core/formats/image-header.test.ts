import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { isImage, parseImageHeader } from '../../../src/core/formats/image-header.ts'
import { fakeHeader } from '../../fixtures/hostile-pictures.ts'
import { expectTypedErrorsOnFlips } from './damage.ts'
import { join } from './pickle-writer.ts'

const picture = () => sharp({ create: { width: 37, height: 19, channels: 4, background: '#12345680' } })

const encoded = {
  png: await picture().png().toBuffer(),
  jpeg: await picture()
    .jpeg()
    .withExif({ IFD0: { Copyright: 'long '.repeat(99) } })
    .toBuffer(),
  'progressive jpeg': await picture().jpeg({ progressive: true }).toBuffer(),
  'lossy webp': await picture().removeAlpha().webp().toBuffer(),
  'lossless webp': await picture().removeAlpha().webp({ lossless: true }).toBuffer(),
  'webp with transparency': await picture().webp().toBuffer(),
  gif: await picture().gif().toBuffer(),
  avif: await picture().avif({ effort: 0 }).toBuffer(),
  bmp: Buffer.from(fakeHeader.bmp(37, -19)),
}

describe('the header of a picture', () => {
  it.each(Object.entries(encoded))('tells the size of a %s', (name, bytes) => {
    const type = `image/${name.match(/png|jpeg|webp|gif|avif|bmp/)?.[0]}`
    expect(parseImageHeader(bytes)).toEqual({ type, width: 37, height: 19, bitsPerChannel: 8 })
  })

  it.each(Object.entries(encoded))(
    'is all that is needed of a %s, and short of it there is a FormatError',
    (_, bytes) => {
      let shortest = 0
      for (; shortest < bytes.length; shortest++) {
        try {
          parseImageHeader(bytes.subarray(0, shortest))
          break
        } catch (error) {
          expect(error).toMatchObject({ name: 'FormatError', format: 'image' })
        }
      }
      expect(parseImageHeader(bytes.subarray(0, shortest))).toMatchObject({ width: 37, height: 19 })
      expect(shortest).toBeLessThan(1024)
    },
  )

  it('survives a flip of every byte', async () => {
    for (const bytes of Object.values(encoded)) await expectTypedErrorsOnFlips(bytes, parseImageHeader)
  })

  it('tells a picture of 16 bits a channel', async () => {
    const deep = await picture().toColourspace('rgb16').png().toBuffer()
    expect(parseImageHeader(deep)).toMatchObject({ bitsPerChannel: 16 })
  })

  it('tells the larger of the screen and the first frame of a GIF', () => {
    expect(parseImageHeader(fakeHeader.gif(600, 500))).toMatchObject({ width: 600, height: 500 })
  })

  it.each([
    ['text', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['nothing', Buffer.alloc(0)],
    ['a size of zero', Buffer.from('GIF89a\0\0\0\0')],
    ['a JPEG without a frame', Buffer.from([0xff, 0xd8, 0xff, 0xd9, 0, 0])],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseImageHeader(bytes)).toThrow(/^image: /)
  })

  it.each([0xc4, 0xc8, 0xcc, 0xbf, 0xe1, 0xfe])('passes over a JPEG’s segment %i, which is no frame', (marker) => {
    const bytes = join('\xff\xd8\xff', marker, '\0\x09\x08\0\x01\0\x01ab', '\xff\xff\xc0\0\x0b\x08\0\xc8\x01\x2c')
    expect(parseImageHeader(bytes)).toMatchObject({ width: 300, height: 200 })
  })

  it.each([0xc0, 0xc1, 0xc3, 0xc5, 0xc9, 0xcb, 0xcd, 0xcf])('tells the size that a JPEG’s frame %i has', (marker) => {
    const bytes = join('\xff\xd8\xff', marker, '\0\x0b\x08\0\xc8\x01\x2c')
    expect(parseImageHeader(bytes)).toMatchObject({ width: 300, height: 200 })
  })

  it.each([
    ['a JPEG without a frame (at byte 2)', join('\xff\xd8\xff\xda\0\x08', new Uint8Array(40))],
    ['a JPEG without a frame (at byte 2)', join('\xff\xd8\xff\xd9\0\x08', new Uint8Array(40))],
    ['a JPEG marker is missing (at byte 6)', join('\xff\xd8\xff\xe0\0\x02a\xff\xc0\0\x0b\x08\0\xc8\x01\x2c')],
    ['a GIF without a frame (at byte 13)', join('GIF87a\x01\0\x01\0\0\0\0;', new Uint8Array(9))],
    ['is 0 × 1', join('GIF89a\0\0\x01\0\0\0\0,', new Uint8Array(8))],
    ['is 1 × 0', join('GIF89a\x01\0\0\0\0\0\0,', new Uint8Array(8))],
    ['a box of 7 bytes (at byte 16)', join('\0\0\0\x10ftypavif\0\0\0\0', '\0\0\0\x07meta', new Uint8Array(9))],
    ['is neither PNG, JPEG, WebP, AVIF, GIF nor BMP (at byte 0)', join('RIFF\0\0\0\0WAVE', new Uint8Array(30))],
    ['is neither PNG, JPEG, WebP, AVIF, GIF nor BMP (at byte 0)', join('FIRR\0\0\0\0WEBPVP8X', new Uint8Array(30))],
    ['is neither PNG, JPEG, WebP, AVIF, GIF nor BMP (at byte 0)', join('RIFF\0\0\0\0WEBPVP9X', new Uint8Array(30))],
    [
      'is neither PNG, JPEG, WebP, AVIF, GIF nor BMP (at byte 0)',
      join('\0\0\0\x10ftypavix\0\0\0\0', new Uint8Array(30)),
    ],
    ['is neither PNG, JPEG, WebP, AVIF, GIF nor BMP (at byte 0)', join('\0\0\0\x10ftypmif1avif', new Uint8Array(30))],
    [
      'is neither PNG, JPEG, WebP, AVIF, GIF nor BMP (at byte 0)',
      join('\0\0\0\x10ftypmif1\0\0\0\0avif', new Uint8Array(30)),
    ],
  ])('refuses what %s', (words, bytes) => {
    expect(() => parseImageHeader(bytes)).toThrow(`image: ${words}`)
  })

  it('tells the size of an AVIF whose last box goes to the end of the file', () => {
    const extent = join('\0\0\0\x14ispe\0\0\0\0\0\0\x01\x2c\0\0\0\xc8')
    const bytes = join('\0\0\0\x10ftypavif\0\0\0\0', '\0\0\0\0meta\0\0\0\0', '\0\0\0\0iprp', '\0\0\0\0ipco', extent)
    expect(parseImageHeader(bytes)).toEqual({ type: 'image/avif', width: 300, height: 200, bitsPerChannel: 8 })
  })

  it.each([
    [true, 'RIFF\0\0\0\0WEBP'],
    [false, 'RIFF\0\0\0\0WAVE'],
    [false, 'FIRR\0\0\0\0WEBP'],
    [true, '\xff\xd8\xff'],
    [false, '\xff\xd8'],
    [true, 'GIF87a'],
    [true, 'GIF89a'],
    [false, 'GIF88a'],
    [true, '\x89PNG\r\n\x1a\n'],
    [false, '\x89PNG\r\n\x1a'],
    [true, `BM${'\0'.repeat(12)}\x28\0\0\0`],
    [false, `BM${'\0'.repeat(12)}\x29\0\0\0`],
    [false, `BM${'\0'.repeat(12)}\x28\0\0`],
    [true, '\0\0\0\x14ftypmif1\0\0\0\0avif'],
    [false, '\0\0\0\x14ftypmif1\0\0\0\0heic'],
  ])('is a picture’s or not (%j), of which more may come: %j', (is, text) => {
    expect(isImage(join(text))).toBe(is)
  })
})
