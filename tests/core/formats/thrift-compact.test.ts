import { describe, expect, it } from 'vitest'
import { parseThrift } from '../../../src/core/formats/thrift-compact.ts'
import { join } from './pickle-writer.ts'

describe('Thrift’s structs', () => {
  it.each([
    ['nested without an end', new Uint8Array(99).fill(0x1c), /nested deeper than/],
    ['lists in lists without an end', Uint8Array.of(0x19, ...new Uint8Array(99).fill(0x19)), /nested deeper than/],
    [
      'a million values and more',
      join(0x19, 0xf3, 0xc1, 0x84, 0x3d, new Uint8Array(1_000_002)),
      /more than 1000000 values/,
    ],
  ])('are refused: %s', (_, bytes, words) => {
    expect(() => parseThrift(bytes, 0)).toThrow(words)
  })
})

describe('Thrift’s values', () => {
  it.each([
    ['as many as are in one byte’s count', join(0x19, 0xe3, new Uint8Array(14), 0), Array(14).fill(0)],
    ['more than one byte counts', join(0x19, 0xf3, 15, new Uint8Array(15), 0), Array(15).fill(0)],
    ['flags', join(0x19, 0x32, 1, 2, 1, 0), [true, false, true]],
    ['signed bytes', join(0x19, 0x13, 255, 0), [-1]],
    ['odd numbers, which are negative', join(0x19, 0x36, 0, 1, 3, 0), [0, -1, -2]],
    ['floats', join(0x19, 0x17, new Uint8Array(Float64Array.of(0.1).buffer), 0), [0.1]],
    ['texts', join(0x19, 0x28, 0, 1, 'a', 0), [new Uint8Array(0), Uint8Array.of(97)]],
    ['a set', join(0x1a, 0x15, 2, 0), [1]],
  ])('are read in a list: %s', (_, bytes, values) => {
    expect(parseThrift(bytes, 0)).toEqual({ struct: { fields: [undefined, values] }, end: bytes.length })
  })

  it('have fields 0 to 63, after the one before or by their number', () => {
    expect(parseThrift(join(0x03, 0, 7, 0xf3, 8, 0x03, 126, 9, 0), 0).struct.fields).toEqual(
      Object.assign(Array(64).fill(undefined), { 0: 7, 15: 8, 63: 9 }),
    )
    expect(() => parseThrift(join(0x03, 128, 1, 9, 0), 0)).toThrow(
      /its description is damaged: a field 64 \(at byte 4\)/,
    )
    expect(() => parseThrift(join(0x03, 1, 9, 0), 0)).toThrow(/a field -1 /)
  })

  it('are nested sixteen deep at most', () => {
    const nest = (depth: number) => join(new Uint8Array(depth).fill(0x1c), new Uint8Array(depth + 1))
    expect(parseThrift(nest(16), 0).end).toBe(33)
    expect(() => parseThrift(nest(17), 0)).toThrow(/nested deeper than 16/)
    const lists = (depth: number) => join(0x19, new Uint8Array(depth - 1).fill(0x19), 0x03, 0)
    expect(parseThrift(lists(15), 0).end).toBe(17)
    expect(() => parseThrift(lists(16), 0)).toThrow(/nested deeper than 16/)
  })

  it('are a million at most', () => {
    const list = (count: number) =>
      join(0x19, 0xf3, (count & 127) | 128, ((count >> 7) & 127) | 128, count >> 14, new Uint8Array(count), 0)
    expect(parseThrift(list(999_999), 0).end).toBe(1_000_005)
    expect(() => parseThrift(list(1_000_000), 0)).toThrow(/more than 1000000 values/)
  })
})
