// Forms that honest files seldom have, and the parsers read or refuse all the same: without these tests some lines are run by none.

import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { crc32 } from '../../../src/core/formats/crc32.ts'
import { decodeFloats } from '../../../src/core/formats/element-type.ts'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { parseImageHeader } from '../../../src/core/formats/image-header.ts'
import { parseNpy, writeNpy } from '../../../src/core/formats/npy.ts'
import { readNpyRows } from '../../../src/core/formats/npy-rows.ts'
import { PickleObject, PickleTuple, parsePickle } from '../../../src/core/formats/pickle.ts'
import { parseThrift } from '../../../src/core/formats/thrift-compact.ts'
import { openZip } from '../../../src/core/formats/zip.ts'
import { deflatedZip } from './deflated-zip.ts'
import { dict, global, int, join, pickle, text, tuple, uint32 } from './pickle-writer.ts'

const uint64 = (value: number) => join(uint32(value), uint32(Math.floor(value / 2 ** 32)))

describe('an opcode that Python seldom writes', () => {
  it.each([
    ['BININT2', join('M\x02\x01'), 258],
    ['LONG4', join('\x8b', uint32(1), 5), 5],
    ['NEWFALSE', join('\x89'), false],
    ['BINUNICODE8', join('\x8d', uint64(2), 'hi'), 'hi'],
    ['BINBYTES', join('B', uint32(2), '\x01\x02'), Uint8Array.of(1, 2)],
    ['BYTEARRAY8', join('\x96', uint64(1), '\x07'), Uint8Array.of(7)],
    ['LIST', join('(', int(1), int(2), 'l'), [1, 2]],
    ['DICT', join('(', text('a'), int(1), 'd'), new Map([['a', 1]])],
    ['FROZENSET', join('(', int(3), '\x91'), new Set([3])],
    ['APPEND', join(']', int(4), 'a'), [4]],
    ['ADDITEMS', join('\x8f(', int(5), '\x90'), new Set([5])],
    ['EMPTY_TUPLE', join(')'), new PickleTuple([])],
    ['POP', join(int(1), int(2), '0'), 1],
    ['POP_MARK', join(int(1), '(', int(2), '1'), 1],
    ['DUP', join(int(6), '2', '\x86'), new PickleTuple([6, 6])],
  ])('%s is read', (_, opcodes, value) => {
    expect(parsePickle(pickle(opcodes))).toEqual(value)
  })

  it('makes an object with keywords, and appends to it', () => {
    const made = parsePickle(
      pickle(global('torch', 'Size'), tuple(int(1)), dict([['requires_grad', int(0)]]), '\x92', int(9), 'a'),
    )
    expect(made).toBeInstanceOf(PickleObject)
    expect([...(made as PickleObject).entries]).toEqual([['requires_grad', 0]])
    expect((made as PickleObject).items).toEqual([9])
    const bare = parsePickle(pickle(global('torch', 'Size'), tuple(int(1)), int(0), '\x92'))
    expect((bare as PickleObject).entries.size).toBe(0)
  })

  it.each([
    ['an item appended to a number', 'appends to something that is no list', pickle(int(1), int(2), 'a')],
    ['a global that is named by numbers', 'a global is not named by two strings', pickle(int(1), int(2), '\x93')],
    ['more bytes than a pickle may have', '67108865 bytes are more than 67108864', new Uint8Array((64 << 20) + 1)],
  ])('is refused: %s', (_, words, bytes) => {
    expect(() => parsePickle(bytes)).toThrow(`pickle: ${words}`)
  })
})

describe('numbers of every type', () => {
  it.each([
    ['float64', new Float64Array([1.5, -2]), [1.5, -2]],
    ['int64', new BigInt64Array([3n, -4n]), [3, -4]],
    ['int32', new Int32Array([5, -6]), [5, -6]],
    ['int16', new Int16Array([7, -8]), [7, -8]],
    ['int8', new Int8Array([9, -10]), [9, -10]],
    ['uint8', new Uint8Array([11, 255]), [11, 255]],
    ['float16', new Uint16Array([0x3c00, 0xc000]), [1, -2]],
    ['bfloat16', new Uint16Array([0x3f80, 0xc000]), [1, -2]],
    ['float32', new Float32Array([0.5, -0.25]), [0.5, -0.25]],
  ] as const)('are read as float32: %s', (dtype, { buffer }, expected) => {
    expect([...decodeFloats(new Uint8Array(buffer), dtype)]).toEqual(expected)
  })
})

describe('an npy file', () => {
  it('is not written of values that do not fill its shape', () => {
    expect(() => writeNpy({ dtype: 'f4', dims: [3], data: Float32Array.of(1, 2) })).toThrow(RangeError)
  })

  it('is refused for a header that is longer than any', () => {
    const bytes = new Uint8Array(1 << 17)
    bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 2, 0])
    new DataView(bytes.buffer).setUint32(8, (1 << 16) + 1, true)
    expect(() => parseNpy(bytes)).toThrow(/a header of 65537 bytes/)
  })

  it('has no rows without a dimension, or of no bytes', async () => {
    for (const dims of [[], [2, 0]]) {
      const bytes = writeNpy({ dtype: 'f4', dims, data: new Float32Array(dims.length === 0 ? 1 : 0) })
      const rows = readNpyRows(async function* () {
        yield bytes
      }, 1)
      await expect(rows.next()).rejects.toThrow(/^npy: \[.*\] has no rows of up to/)
    }
  })
})

it('a BMP of OS/2’s has its size in two bytes each', () => {
  const bytes = new Uint8Array(26)
  bytes.set(new TextEncoder().encode('BM'))
  const view = new DataView(bytes.buffer)
  view.setUint32(14, 12, true)
  view.setUint16(18, 300, true)
  view.setUint16(20, 200, true)
  expect(parseImageHeader(bytes)).toEqual({ type: 'image/bmp', width: 300, height: 200, bitsPerChannel: 8 })
})

describe('a zip with 64-bit numbers', () => {
  const content = new TextEncoder().encode('small')

  /** One stored file whose sizes stand in the extra field, which may be another's, too short or not there. */
  function wide(extra: Uint8Array): Uint8Array {
    const [ones, name] = ['\xff\xff\xff\xff', 'a']
    const rest = [extra.length & 255, extra.length >> 8, 0, 0, 0, 0, 0, 0, '\0\0\0\0', uint32(0)]
    const local = join(
      'PK\x03\x04\x14\0\0\0\0\0\0\0\0\0',
      uint32(crc32(content)),
      ones,
      ones,
      1,
      0,
      0,
      0,
      name,
      content,
    )
    const head = join('PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0', uint32(crc32(content)), ones, ones, 1, 0)
    const central = join(head, ...rest, name, extra)
    const end = join('PK\x05\x06\0\0\0\0\x01\0\x01\0', uint32(central.length), uint32(local.length), 0, 0)
    return join(local, central, end)
  }

  const sizes = join(1, 0, 16, 0, uint64(content.length), uint64(content.length))

  it.each([
    ['alone', sizes],
    ['after another', join('\x55\x54\x02\0ab', sizes)],
  ])('in its extra field is read: %s', async (_, extra) => {
    const zip = await openZip(bytesSource(wide(extra)))
    expect([...zip.entries]).toEqual([['a', content.length]])
    expect(await zip.read('a')).toEqual(content)
  })

  it('is refused where an entry needs more bytes than memory holds, before any of it is read', async () => {
    const [packed, unpacked] = [0xffff0000, 2 ** 40]
    const extra = join(1, 0, 8, 0, uint64(unpacked))
    const local = join(
      'PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0',
      uint32(0),
      uint32(packed),
      '\xff\xff\xff\xff',
      1,
      0,
      0,
      0,
      'a',
    )
    const head = join('PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0', uint32(0), uint32(packed), '\xff\xff\xff\xff', 1, 0)
    const central = join(head, extra.length, 0, '\0\0\0\0\0\0\0\0\0\0', uint32(0), 'a', extra)
    const end = join('PK\x05\x06\0\0\0\0\x01\0\x01\0', uint32(central.length), uint32(local.length + packed), 0, 0)
    const [front, back] = [local, join(central, end)]
    const backAt = front.length + packed
    const source = {
      byteLength: backAt + back.length,
      slice: async (from: number, to: number) => {
        const bytes = new Uint8Array(to - from)
        if (from < front.length) bytes.set(front.subarray(from, Math.min(front.length, to)))
        if (to > backAt) bytes.set(back.subarray(Math.max(0, from - backAt), to - backAt), Math.max(0, backAt - from))
        return bytes
      },
    }
    const zip = await openZip(source)
    expect([...zip.entries]).toEqual([['a', unpacked]])
    await expect(zip.read('a')).rejects.toThrow(/^zip: a: \d+ bytes are more than memory holds/)
  })

  it.each([
    ['none', new Uint8Array()],
    ['one that is longer than the field', join(1, 0, 99, 0, uint64(5))],
    ['another’s alone', join('\x55\x54\x02\0ab')],
  ])('is refused where they are missing: %s', async (_, extra) => {
    await expect(openZip(bytesSource(wide(extra)))).rejects.toThrow(/a 64-bit size is missing/)
  })

  it.each([
    ['lies beyond the file', join(new Uint8Array(60)), 1 << 20],
    ['is none', join(new Uint8Array(60)), 0],
    ['is one of several', join('PK\x06\x06', new Uint8Array(12), uint32(1), new Uint8Array(40)), 0],
  ])('is refused for an end of its directory that %s', async (_, before, at) => {
    const locator = join('PK\x06\x07', uint32(0), uint64(at), uint32(1))
    const end = join('PK\x05\x06\0\0\0\0\xff\xff\xff\xff', uint32(0xffffffff), uint32(0xffffffff), 0, 0)
    await expect(openZip(bytesSource(join(before, locator, end)))).rejects.toThrow(FormatError)
  })
})

it('a zip entry that unpacks to many times what it takes is read whole', async () => {
  const content = Buffer.alloc(1 << 20, 'a line of which there are many, ')
  const zip = await openZip(bytesSource(deflatedZip([['a', content]])))
  expect(content.equals(await zip.read('a'))).toBe(true)
})

it('a number of Thrift’s that has no end is refused', () => {
  expect(() => parseThrift(Uint8Array.from([0x15, ...Array(11).fill(0xff), 0, 0]), 0)).toThrow(
    /a number without an end/,
  )
})
