import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { openParquet } from '../../../src/core/formats/parquet.ts'
import { unpackSnappy } from '../../../src/core/formats/snappy.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'

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
    ['a claim of gigabytes', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0), 0xffffffff],
    ['a copy from before the beginning', Uint8Array.of(5, 0x00, 1, 0x01, 2), 5],
    ['fewer bytes than it claims', Uint8Array.of(5, 0x00, 1), 5],
    ['a length without an end', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff), 5],
  ])('is refused for %s', (_, bytes, length) => {
    expect(() => unpackSnappy(bytes, length)).toThrow(/^snappy: /)
  })
})
