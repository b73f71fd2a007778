import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { openParquet } from '../../../src/core/formats/parquet.ts'
import { unpackSnappy } from '../../../src/core/formats/snappy.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'
import { join } from './pickle-writer.ts'

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
    ['a copy that is longer than is left', 'is damaged (at byte 5)', join(4, 0x00, 1, 0x01, 1), 4],
    ['a copy without its distance', 'is damaged (at byte 4)', join(5, 0x00, 1, 0x02), 5],
    ['a text that is longer than is left', 'is damaged (at byte 2)', join(1, 0x04, 'ab'), 1],
    ['a text that is cut short', 'is damaged (at byte 2)', join(2, 0x04, 'a'), 2],
    ['fewer bytes than it claims', 'is damaged (at byte 3)', join(5, 0x00, 1), 5],
    ['a length without an end', 'a length without an end (at byte 0)', new Uint8Array(6).fill(0xff), 5],
  ])('is refused for %s', (_, words, bytes, length) => {
    expect(() => unpackSnappy(bytes, length)).toThrow(`snappy: ${words}`)
  })
})
