import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { parseImageHeader } from '../../../src/core/formats/image-header.ts'
import { fakeHeader } from '../../fixtures/hostile-pictures.ts'
import { expectTypedErrorsOnFlips } from './damage.ts'

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
})
