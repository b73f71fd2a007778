import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { openParquet } from '../../../src/core/formats/parquet.ts'
import { unpackSnappy } from '../../../src/core/formats/snappy.ts'
import { struct, structs } from '../../fuzz/parquet-writer.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'
import { join, uint32 } from './pickle-writer.ts'

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/embeddings/${name}.parquet`, import.meta.url)))

async function readAll(bytes: Uint8Array): Promise<Record<string, (string | null)[]>> {
  const file = await openParquet(bytesSource(bytes))
  const columns = Object.fromEntries(file.textColumns.map((name) => [name, [] as (string | null)[]]))
  for await (const group of file.readTexts(file.textColumns)) {
    for (const [name, values] of group) columns[name]?.push(...values)
  }
  return columns
}

describe('a Parquet file', () => {
  it.each(['snappy', 'version-2', 'plain'])('gives the texts that pandas wrote: %s', async (name) => {
    expect(await readAll(fixture(name))).toEqual({
      image_path: Array.from({ length: 7 }, (_, i) => `shards/00000/00000000${i}.jpg`),
      caption: ['a wave', null, '<b>bold</b>', 'a wave', '', '海', 'a wave'],
      url: [0, 1, 2, 0, 1, 2, 0].map((i) => `https://example.org/${i}`),
    })
  })

  it('is read over many pages and groups', async () => {
    const { caption } = await readAll(fixture('many'))
    expect(caption).toEqual(Array.from({ length: 3000 }, (_, i) => `picture ${i % 300}`))
  })

  it('names a compression that is not read', async () => {
    await expect(readAll(fixture('zstd'))).rejects.toThrow(/compression 6 is not read/)
  })

  it('answers every truncation with a FormatError, and survives every flip', async () => {
    for (const name of ['small', 'small-2']) {
      await expectTruncationErrors(fixture(name), readAll)
      await expectTypedErrorsOnFlips(fixture(name), readAll)
    }
  })
})

describe('what a Parquet file says of itself', () => {
  const name = (text: string) => new TextEncoder().encode(text)
  const leaf = (text: string, repetition = 0, type = 6) =>
    struct([
      [1, type],
      [3, repetition],
      [4, name(text)],
    ])
  const branch = (text: string, children: number) =>
    struct([
      [4, name(text)],
      [5, children],
    ])
  const chunk = (path: string[], values: number, byteLength: number) => {
    const meta = struct([
      [3, path.map(name)],
      [4, 0],
      [5, values],
      [7, byteLength],
      [9, 4],
    ])
    return struct([[3, { bytes: meta }]])
  }
  const group = (rows: number, ...chunks: Uint8Array[]) =>
    struct([
      [1, structs(...chunks)],
      [3, rows],
    ])

  function footer(schema: Uint8Array[], groups: Uint8Array[], rows: number): Uint8Array {
    const bytes = struct([
      [2, structs(branch('root', 1), ...schema)],
      [3, rows],
      [4, structs(...groups)],
    ])
    return join(bytes, uint32(bytes.length), 'PAR1')
  }
  const open = (bytes: Uint8Array) => openParquet(bytesSource(bytes))

  it('may be that it holds no rows, its first bytes all that comes before', async () => {
    const file = await open(join('PAR1', footer([leaf('a'), leaf('b', 1)], [], 0)))
    expect([file.rows, file.textColumns]).toEqual([0, ['a', 'b']])
  })

  it('is passed over where it is of no flat column of texts', async () => {
    const schema = [
      ...[branch('outer', 2), branch('inner', 2), leaf('x'), leaf('y'), leaf('z')],
      ...[leaf('number', 0, 2), leaf('list', 2), leaf('a')],
    ]
    const chunks = [chunk([], 9, 9), chunk(['number'], 9, 9), chunk(['a', 'deeper'], 9, 9)]
    const file = await open(join('PAR1', footer(schema, [group(1, ...chunks)], 1)))
    expect(file.textColumns).toEqual(['a'])
    await expect(file.readTexts(['a']).next()).rejects.toThrow('parquet: has no column "a" of texts')
  })

  it.each([
    ['is no Parquet file, or is cut short', join(uint32(0), 'PAR1')],
    ['its description is damaged: ends early (at byte 0)', join('PAR1', uint32(0), 'PAR1')],
    ['a footer of 1 bytes (at byte 4)', join('PAR1', uint32(1), 'PAR1')],
    ['3 rows, but its groups have 1', join('PAR1', footer([], [group(1)], 3))],
    ['two columns are named "a"', join('PAR1', footer([leaf('a'), leaf('a')], [], 0))],
    ['a group of 2097153 rows', join('PAR1', footer([], [group(2_097_153)], 2_097_153))],
    ['column "a": bytes 4 to 9999, 1 values', join('PAR1', footer([leaf('a')], [group(1, chunk(['a'], 1, 9995))], 1))],
    ['column "a": bytes 4 to 5, 2 values', join('PAR1', footer([leaf('a')], [group(1, chunk(['a'], 2, 1))], 1))],
  ])('is refused where %s', async (words, bytes) => {
    await expect(open(bytes)).rejects.toThrow(`parquet: ${words}`)
  })

  it.each([
    [2_097_152, 1 << 30, null],
    [1, (1 << 30) + 1, 'parquet: column "a": bytes 4 to 1073741829, 1 values'],
  ])('may be that a group has %d rows in %d bytes, and no more', async (rows, byteLength, words) => {
    const end = footer([leaf('a')], [group(rows, chunk(['a'], rows, byteLength))], rows)
    const start = 3 * 2 ** 30
    const slice = async (from: number, to: number) => end.slice(from - start, to - start)
    const opened = openParquet({ byteLength: start + end.length, slice })
    if (words === null) expect((await opened).rows).toBe(rows)
    else await expect(opened).rejects.toThrow(words)
  })
})

describe('a Snappy block', () => {
  it('repeats what it has just unpacked', () => {
    expect(unpackSnappy(Uint8Array.of(10, 0x04, 1, 2, 0x11, 2), 10)).toEqual(
      Uint8Array.of(1, 2, 1, 2, 1, 2, 1, 2, 1, 2),
    )
  })

  it.each([
    ['a text of one byte, its length in one more', join(1, 0xf0, 0, 'a'), 'a'],
    ['a text whose length takes four bytes', join(3, 0xfc, 2, 0, 0, 0, 'abc'), 'abc'],
    ['a copy of the whole before', join(8, 0x0c, 'abcd', 0x01, 4), 'abcdabcd'],
    ['a copy with a distance of two bytes', join(5, 0x04, 'ab', 0x0a, 2, 0), 'ababa'],
    ['a length of two bytes', join(0x80, 1, 0xf0, 127, 'x'.repeat(128)), 'x'.repeat(128)],
  ])('gives %s', (_, bytes, text) => {
    expect(new TextDecoder().decode(unpackSnappy(bytes, text.length))).toBe(text)
  })

  it.each([
    ['a claim of gigabytes', '6 bytes that claim to be 4294967295', join(0xff, 0xff, 0xff, 0xff, 0x0f, 0), 0xffffffff],
    ['another claim than its page', '3 bytes that claim to be 1 unpacked, not 2', join(1, 0, 'a'), 2],
    ['more than it can hold', '1 bytes that claim to be 23 unpacked, not 23', join(23), 23],
    ['as much as it could hold', 'is damaged (at byte 1)', join(22), 22],
    ['a copy from before the beginning', 'is damaged (at byte 5)', join(5, 0x00, 1, 0x01, 2), 5],
    ['a copy of what comes', 'is damaged (at byte 5)', join(5, 0x00, 1, 0x01, 0), 5],
    ['a copy that is longer than is left', 'is damaged (at byte 5)', join(4, 0x00, 1, 0x01, 1, 0x00, 2), 4],
    ['a copy without its distance', 'is damaged (at byte 4)', join(5, 0x00, 1, 0x02), 5],
    ['a text that is longer than is left', 'is damaged (at byte 2)', join(1, 0x04, 'ab'), 1],
    ['a text that is cut short', 'is damaged (at byte 2)', join(2, 0x04, 'a'), 2],
    ['fewer bytes than it claims', 'is damaged (at byte 3)', join(5, 0x00, 1), 5],
    ['a length without an end', 'a length without an end (at byte 0)', join(new Uint8Array(5).fill(0xff), 0), 5],
  ])('is refused for %s', (_, words, bytes, length) => {
    expect(() => unpackSnappy(bytes, length)).toThrow(`snappy: ${words}`)
  })
})
