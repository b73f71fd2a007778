// BMP as files have it: every depth, masks, palettes, runs, both directions; and no hang or crash where one ends early.

import { describe, expect, it } from 'vitest'
import { decodeBmp } from '../../tools/bmp.ts'

interface Made {
  readonly width?: number
  readonly height?: number
  readonly bits: number
  readonly compression?: number
  /** After the header: masks, then the palette's entries. */
  readonly tables?: readonly number[]
  /** Rows as they are stored, padded to four bytes by the maker of the test. */
  readonly pixels: readonly number[]
  readonly headerBytes?: number
}

function makeBmp({
  width = 2,
  height = 2,
  bits,
  compression = 0,
  tables = [],
  pixels,
  headerBytes = 40,
}: Made): Uint8Array {
  const start = 14 + headerBytes + tables.length
  const bytes = Buffer.alloc(start + pixels.length)
  bytes.write('BM')
  bytes.writeUInt32LE(start, 10)
  bytes.writeUInt32LE(headerBytes, 14)
  if (headerBytes === 12) {
    bytes.writeUInt16LE(width, 18)
    bytes.writeUInt16LE(height, 20)
    bytes.writeUInt16LE(bits, 24)
  } else {
    bytes.writeInt32LE(width, 18)
    bytes.writeInt32LE(height, 22)
    bytes.writeUInt16LE(bits, 28)
    bytes.writeUInt32LE(compression, 30)
  }
  bytes.set(tables, 14 + headerBytes)
  bytes.set(pixels, start)
  return new Uint8Array(bytes)
}

const colours = (bytes: Uint8Array) => {
  const { data } = decodeBmp(bytes)
  return Array.from({ length: data.length / 3 }, (_, i) => Buffer.from(data.subarray(3 * i, 3 * i + 3)).toString('hex'))
}

/** Black, red, green and blue; blue comes first in the file. */
const PALETTE = [0, 0, 0, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0]
const [BLACK, RED, GREEN, BLUE] = ['000000', 'ff0000', '00ff00', '0000ff']
const masks = (...values: number[]) => [...Buffer.from(Uint32Array.from(values).buffer)]

const CASES: Readonly<Record<string, readonly [made: Made, shown: readonly (string | undefined)[]]>> = {
  '1 bit': [{ bits: 1, tables: PALETTE.slice(0, 8), pixels: [0x40, 0, 0, 0, 0x80, 0, 0, 0] }, [RED, BLACK, BLACK, RED]],
  '4 bits': [{ bits: 4, tables: PALETTE, pixels: [0x12, 0, 0, 0, 0x30, 0, 0, 0] }, [BLUE, BLACK, RED, GREEN]],
  '8 bits': [{ bits: 8, tables: PALETTE, pixels: [1, 2, 0, 0, 3, 0, 0, 0] }, [BLUE, BLACK, RED, GREEN]],
  'a place that the palette has not': [
    { bits: 8, tables: PALETTE, pixels: [9, 2, 0, 0, 3, 0, 0, 0] },
    [BLUE, BLACK, BLACK, GREEN],
  ],
  '16 bits, of which five a colour': [{ height: 1, bits: 16, pixels: [0x00, 0x7c, 0xe0, 0x03] }, [RED, GREEN]],
  '16 bits with masks': [
    { height: 1, bits: 16, compression: 3, tables: masks(0xf800, 0x7e0, 0x1f), pixels: [0x00, 0xf8, 0xe0, 0x07] },
    [RED, GREEN],
  ],
  '24 bits': [{ height: 1, bits: 24, pixels: [0, 0, 255, 0, 255, 0, 0, 0] }, [RED, GREEN]],
  '24 bits from the top down': [{ width: 1, height: -2, bits: 24, pixels: [0, 0, 255, 0, 0, 255, 0, 0] }, [RED, GREEN]],
  '32 bits': [{ height: 1, bits: 32, pixels: [0, 0, 255, 0, 0, 255, 0, 0] }, [RED, GREEN]],
  '32 bits with alpha, which is white paper': [
    {
      ...{ height: 1, bits: 32, compression: 6, tables: masks(0xff0000, 0xff00, 0xff, 0xff000000) },
      pixels: [0, 0, 255, 255, 0, 0, 0, 0],
    },
    [RED, 'ffffff'],
  ],
  '32 bits with an alpha that nobody set': [
    {
      ...{ height: 1, bits: 32, compression: 6, tables: masks(0xff0000, 0xff00, 0xff, 0xff000000) },
      pixels: [0, 0, 255, 0, 0, 255, 0, 0],
    },
    [RED, GREEN],
  ],
  'runs of 8 bits: a run, single ones, a step and an end': [
    {
      width: 4,
      height: 2,
      bits: 8,
      compression: 1,
      tables: PALETTE,
      pixels: [2, 1, 0, 0, 0, 3, 2, 3, 1, 0, 0, 2, 1, 0, 0, 1],
    },
    [GREEN, BLUE, RED, BLACK, RED, RED, BLACK, BLACK],
  ],
  'runs of 4 bits': [
    { width: 4, height: 1, bits: 4, compression: 2, tables: PALETTE, pixels: [3, 0x12, 1, 0x30, 0, 1] },
    [RED, GREEN, RED, BLUE],
  ],
  'the header of OS/2': [
    { bits: 8, headerBytes: 12, tables: PALETTE.filter((_, i) => i % 4 < 3), pixels: [1, 2, 0, 0, 3, 0, 0, 0] },
    [BLUE, BLACK, RED, GREEN],
  ],
}

describe.each(Object.entries(CASES))('%s', (_, [made, shown]) => {
  it('is decoded', () => expect(colours(makeBmp(made))).toEqual(shown))

  it('is refused where the file ends before its pixels do', () => {
    const bytes = makeBmp(made)
    const start = bytes.length - made.pixels.length
    for (let end = 0; end <= start; end++) expect(() => decodeBmp(bytes.subarray(0, end))).toThrow(RangeError)
  })
})

it.each([
  ['of five bits', { bits: 5, pixels: [0] }],
  ['that holds a JPEG', { bits: 24, compression: 4, pixels: [0] }],
])('a file %s is refused', (_, made) => expect(() => decodeBmp(makeBmp(made))).toThrow(RangeError))
