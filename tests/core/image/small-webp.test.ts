// Which bytes are taken for a thumbnail: small WebPs by their own header, whatever else they claim or are.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { isSmallWebp } from '../../../src/core/image/small-webp.ts'
import { openStyleDatabase } from '../../../src/core/retrieval/style-database.ts'
import { extendedWebp, HUGE_THUMBNAIL, losslessWebp, lossyWebp } from '../../fixtures/webp-header.ts'

const paint = (width: number, height: number, alpha = 1) =>
  sharp({ create: { width, height, channels: 4, background: { r: 200, g: 40, b: 90, alpha } } })
const DATABASES = join(import.meta.dirname, '../../../public/packs/kindred-mini/databases')

describe('a thumbnail', () => {
  it.each([
    ['lossy', paint(96, 96).removeAlpha().webp()],
    ['lossless', paint(96, 64).webp({ lossless: true })],
    ['with transparency', paint(96, 96, 0.5).webp()],
    ['with a colour profile', paint(96, 96).withIccProfile('p3').webp()],
    ['as large as may be', paint(1024, 1024).webp()],
  ])('is a WebP that is %s', async (_, made) => {
    expect(isSmallWebp(new Uint8Array(await made.toBuffer()))).toBe(true)
  })

  it('is every one of the styles that ship', async () => {
    for (const name of (await readdir(DATABASES)).slice(0, 3)) {
      const database = await openStyleDatabase(bytesSource(new Uint8Array(await readFile(join(DATABASES, name)))))
      const thumbnails = await database.thumbnails([...database.description.items.keys()])
      expect(thumbnails.filter((bytes) => bytes === null || !isSmallWebp(bytes))).toEqual([])
    }
  })

  it.each([
    ['claims 16,000 pixels a side', HUGE_THUMBNAIL],
    ['claims them in a lossy frame', lossyWebp(16_000, 16_000)],
    ['claims them in a lossless one', losslessWebp(16_000, 16_000)],
    ['hides them behind a small canvas', extendedWebp({ width: 96, height: 96, frame: [16_000, 16_000] })],
    ['moves', extendedWebp({ width: 96, height: 96, flags: 2 })],
    ['has no pixels', lossyWebp(0, 96)],
    ['has a pixel too many', lossyWebp(1024, 1025)],
    ['has too many bytes', lossyWebp(96, 96, 'x'.repeat(1 << 20))],
    ['is no key frame', lossyWebp(96, 96).map((byte, i) => (i === 20 ? 0x11 : byte))],
    ['has another start code', lossyWebp(96, 96).map((byte, i) => (i === 25 ? 0 : byte))],
    ['is nothing', new Uint8Array()],
  ])('is none that %s', (_, bytes) => {
    expect(isSmallWebp(bytes)).toBe(false)
  })

  it.each(['png', 'jpeg', 'gif', 'avif'] as const)('is no %s, however small', async (format) => {
    expect(isSmallWebp(new Uint8Array(await paint(8, 8).toFormat(format).toBuffer()))).toBe(false)
  })

  it('is none that is cut short in its header, at any byte, and none with another byte there is slow or throws', () => {
    const whole = extendedWebp({ width: 96, height: 96 })
    for (let end = 0; end < whole.length; end++) expect(isSmallWebp(whole.slice(0, end))).toBe(false)
    for (let at = 0; at < whole.length; at++) {
      for (const bits of [1, 128, 255]) {
        expect(typeof isSmallWebp(whole.map((byte, i) => (i === at ? byte ^ bits : byte)))).toBe('boolean')
      }
    }
  })
})
