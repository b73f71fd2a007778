import { describe, expect, it } from 'vitest'
import { parseTextColumn, SNAPPY, UNCOMPRESSED } from '../../../src/core/formats/parquet-page.ts'
import { struct } from '../../fuzz/parquet-writer.ts'
import { join, uint32 } from './pickle-writer.ts'

type Header = Parameters<typeof struct>[0]

const [DATA, INDEX, DICTIONARY, DATA_2] = [0, 1, 2, 3]
const PLAIN = 0

/** A page as it lies in a column. */
function page(type: number, header: Header, bytes: Uint8Array, unpackedSize = bytes.length): Uint8Array {
  const place = { [DATA]: 5, [INDEX]: 6, [DICTIONARY]: 7, [DATA_2]: 8 }[type] ?? 0
  const head = struct([
    [1, type],
    [2, unpackedSize],
    [3, bytes.length],
    [place, { bytes: struct(header) }],
  ])
  return join(head, bytes)
}

const texts = (...all: string[]) => join(...all.flatMap((text) => [uint32(text.length), text]))
const data = (count: number, encoding: number, bytes: Uint8Array) =>
  page(
    DATA,
    [
      [1, count],
      [2, encoding],
    ],
    bytes,
  )
const dictionary = (...all: string[]) => page(DICTIONARY, [[1, all.length]], texts(...all))
const data2 = (count: number, levelBytes: number, repeatBytes: number, bytes: Uint8Array, unpackedSize?: number) =>
  page(
    DATA_2,
    [
      [1, count],
      [4, PLAIN],
      [5, levelBytes],
      [6, repeatBytes],
      [7, false],
    ],
    bytes,
    unpackedSize,
  )
/** Levels of a page of the first version: `there` rows that have a text, then as many as have none. */
const levels = (there: number, absent: number) => join(uint32(4), 2 * there, 1, 2 * absent, 0)

function read(count: number, pages: Uint8Array[], change: { isOptional?: boolean; codec?: number } = {}) {
  return parseTextColumn(join(...pages), { name: 'c', isOptional: false, codec: UNCOMPRESSED, count, ...change })
}

describe('a column of texts in pages', () => {
  const letters = dictionary('a', 'b', 'c')
  const many = Array.from({ length: 300 }, (_, i) => `text ${i}`)

  it.each([
    ['plain, the last one empty', ['a', ''], [data(2, PLAIN, texts('a', ''))], {}],
    ['in two pages', ['a', 'b', 'c'], [data(2, PLAIN, texts('a', 'b')), data(1, PLAIN, texts('c'))], {}],
    [
      'with a page between that is of no known kind',
      ['a'],
      [page(INDEX, [], texts('z')), data(1, PLAIN, texts('a'))],
      {},
    ],
    ['out of a dictionary', ['c', 'c'], [letters, data(2, 8, join(2, 4, 2))], {}],
    ['out of one as it was written once', ['c', 'c'], [letters, data(2, 2, join(2, 4, 2))], {}],
    ['out of a large one', ['text 258'], [dictionary(...many), data(1, 8, join(9, 2, 2, 1))], {}],
    ['by numbers of 32 bits', ['b'], [letters, data(1, 8, join(32, 2, uint32(1)))], {}],
    ['by numbers of no bits', ['a', 'a'], [letters, data(2, 8, join(0, 4))], {}],
    [
      'by a run whose length takes six bytes',
      ['b', 'b'],
      [letters, data(2, 8, join(2, 0x84, 0x80, 0x80, 0x80, 0x80, 0, 1))],
      {},
    ],
    ['by a run that goes on behind them', ['b', 'b'], [letters, data(2, 8, join(2, 200, 1, 1))], {}],
    ['by bits that end with the last of them', [...'bbbbbc'], [letters, data(6, 8, join(2, 10, 1, 3, 2))], {}],
    ['by more bits than are needed', [...'abc'], [letters, data(3, 8, join(2, 3, 0b100100, 0))], {}],
    ['where some are absent', ['a', null], [data(2, PLAIN, join(levels(1, 1), texts('a')))], { isOptional: true }],
    ['where all are absent', [null, null], [letters, data(2, 8, levels(0, 2))], { isOptional: true }],
    ['of version 2', ['a', null], [data2(2, 4, 0, join(2, 1, 2, 0, texts('a')))], { isOptional: true, codec: SNAPPY }],
    ['of version 2, all absent', [null], [data2(1, 2, 0, join(2, 0))], { isOptional: true }],
  ] as const)('is read %s', (_, values, pages, change) => {
    expect(read(values.length, [...pages], change)).toEqual(values)
  })

  it.each([
    ['has more values than 3', 3, [data(2, PLAIN, texts('a', 'b')), data(2, PLAIN, texts('c', 'd'))], {}],
    ['has 1 values, not 2', 2, [data(1, PLAIN, texts('a'))], {}],
    ['entry 3 of a dictionary of 3', 1, [letters, data(1, 8, join(2, 2, 3))], {}],
    ['numbers of 33 bits', 1, [letters, data(1, 8, join(33, 2, 0, 0, 0, 0, 0))], {}],
    ['its levels are cut short', 1, [data(1, PLAIN, join(uint32(6), 2, 1, 0, 0))], { isOptional: true }],
    ['its levels are cut short', 1, [data2(1, 1, 1, join(2, 1, texts('a')))], { isOptional: true }],
    ['its levels are cut short', 1, [data2(1, 3, 0, join(2, 1), 9)], { isOptional: true }],
    ['its levels are cut short', 1, [data2(1, 2, 0, join(2, 1, texts('a')), 1)], { isOptional: true }],
    ['a page header is damaged', 1, [page(DATA, [[1, true]], texts('a'))], {}],
    ['a page header is damaged', 1, [page(DATA, [[2, PLAIN]], texts('a'))], {}],
    [
      'a page header is damaged',
      1,
      [
        struct([
          [1, DATA],
          [2, 0],
          [3, 0],
          [5, 7],
        ]),
      ],
      {},
    ],
    ['compression 6 is not read, only Snappy and none', 1, [data(1, PLAIN, texts('a'))], { codec: 6 }],
  ] as const)('is refused where it %s', (words, count, pages, change) => {
    expect(() => read(count, [...pages], change)).toThrow(`parquet: column "c": ${words}`)
  })
})
