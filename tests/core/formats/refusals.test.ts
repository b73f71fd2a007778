// What a stranger's file may say that cannot be true, one lie at a time: each is refused in words that name it.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { decodeFloats } from '../../../src/core/formats/element-type.ts'
import { parseNpy, writeNpy } from '../../../src/core/formats/npy.ts'
import { readNpyRows } from '../../../src/core/formats/npy-rows.ts'
import { openParquet } from '../../../src/core/formats/parquet.ts'
import { readPngText, writePngText } from '../../../src/core/formats/png-metadata.ts'
import { openTorchCheckpoint } from '../../../src/core/formats/torch-checkpoint.ts'
import { openZip } from '../../../src/core/formats/zip.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import { type ParquetNumbers, writeParquet } from '../../fuzz/parquet-writer.ts'
import { deflatedZip, type EndLies, with64BitEnd } from './deflated-zip.ts'
import { int, join, pickle, uint32 } from './pickle-writer.ts'

const HONEST: ParquetNumbers = {
  ...{ rows: 2, values: 2, pageValues: 2, encoding: 0, codec: 0, repetition: 0 },
  ...{ unpackedSize: null, packedSize: null, children: 1 },
}
/** Two texts, each after its length. */
const TEXTS = join(uint32(1), 'a', uint32(2), 'bc')
/** As many ones as rows in one run, after the run's own length. */
const BOTH_THERE = join(uint32(2), 4, 1)

async function readParquet(page: Uint8Array, change: Partial<ParquetNumbers>): Promise<readonly (string | null)[]> {
  const file = await openParquet(bytesSource(writeParquet(page, { ...HONEST, ...change }, 'path')))
  const values: (string | null)[] = []
  for await (const group of file.readTexts(file.textColumns)) values.push(...(group.get('path') ?? []))
  return values
}

describe('a Parquet file', () => {
  it.each([
    ['where every row has one', TEXTS, {}],
    ['where rows may lack them', join(BOTH_THERE, TEXTS), { repetition: 1 }],
    ['in a run of bits', join(uint32(2), 3, 3, TEXTS), { repetition: 1 }],
  ])('gives its texts %s', async (_, page, change) => {
    expect(await readParquet(page, change)).toEqual(['a', 'bc'])
  })

  it.each<[string, RegExp, Uint8Array, Partial<ParquetNumbers>]>([
    ['ends before its values', /has 1 values, not 2/, join(uint32(1), 'a'), { pageValues: 1 }],
    ['has more values than rows', /has more values than 2/, TEXTS, { pageValues: 3 }],
    ['counts other values than rows', /bytes 4 to \d+, 3 values/, TEXTS, { values: 3 }],
    ['has a group of two billion rows', /a group of 2000000000 rows/, TEXTS, { rows: 2e9, values: 2e9 }],
    ['unpacks to another length', /a page of 11 bytes, not 5/, TEXTS, { unpackedSize: 5 }],
    ['has a page that goes on behind it', /a page of 9999 bytes/, TEXTS, { packedSize: 9999 }],
    ['has a page of 257 MiB', /a page of 11 bytes/, TEXTS, { unpackedSize: 257 << 20, codec: 1 }],
    ['is encoded in a way that is not known', /encoding 5 is not read/, TEXTS, { encoding: 5 }],
    ['points into a dictionary that it has not', /its dictionary is missing/, TEXTS, { encoding: 8 }],
    ['has more texts than bytes', /2 texts in 4 bytes/, uint32(0), {}],
    ['ends before a text', /ends inside text 1/, join(uint32(4), 'abcd'), {}],
    ['ends inside a text', /ends inside text 1/, join(uint32(1), 'a', uint32(9), 'bc'), {}],
    ['has levels longer than its page', /its levels are cut short/, uint32(99), { repetition: 1 }],
    ['has no level', /its runs are cut short/, uint32(0), { repetition: 1 }],
    ['ends inside a run of one level', /its runs are cut short/, join(uint32(1), 4), { repetition: 1 }],
    ['ends inside a run of bits', /its runs are cut short/, join(uint32(1), 3), { repetition: 1 }],
    [
      'has a run without an end',
      /a run without an end/,
      join(uint32(8), new Uint8Array(8).fill(255)),
      { repetition: 1 },
    ],
  ])('is refused where it %s', async (_, words, page, change) => {
    await expect(readParquet(page, change)).rejects.toThrow(words)
  })

  it('is called encrypted where it says so', async () => {
    const bytes = writeParquet(TEXTS, HONEST, 'path')
    bytes.set(new TextEncoder().encode('PARE'), bytes.length - 4)
    await expect(openParquet(bytesSource(bytes))).rejects.toThrow('parquet: is encrypted')
  })
})

describe('a zip', () => {
  it('is read whole where an entry unpacks to more than is taken for it at first', async () => {
    const content = Buffer.alloc(5 << 20, 'a line of which there are many, ')
    const zip = await openZip(bytesSource(deflatedZip([['a', content]])))
    expect(Buffer.compare(await zip.read('a'), content)).toBe(0)
  })

  it('does not list its folders', async () => {
    const bytes = deflatedZip([
      ['a/', new Uint8Array()],
      ['a/b', Uint8Array.of(1)],
    ])
    expect([...(await openZip(bytesSource(bytes))).entries.keys()]).toEqual(['a/b'])
  })

  it('is refused where it promises an end in 64 bits and has none', async () => {
    const end = join('PK\x05\x06\0\0\0\0\xff\xff\xff\xff', uint32(0xffffffff), uint32(0xffffffff), 0, 0)
    await expect(openZip(bytesSource(join(new Uint8Array(30), end)))).rejects.toThrow(
      'zip: its 64-bit end of directory is missing (at byte 30)',
    )
  })

  const two = deflatedZip([
    ['a', Uint8Array.of(1)],
    ['b', Uint8Array.of(2)],
  ])
  const view = new DataView(two.buffer)
  const [size, start] = [view.getUint32(two.length - 10, true), view.getUint32(two.length - 6, true)]

  it.each([
    ['its count', join(0xff, 0xff), -12],
    ['its size', uint32(0xffffffff), -10],
    ['its start', uint32(0xffffffff), -6],
  ])('is refused where it promises %s in 64 bits and has none', async (_, ones, at) => {
    const zip = new Uint8Array(two)
    zip.set(ones, zip.length + at)
    await expect(openZip(bytesSource(zip))).rejects.toThrow(/^zip: its 64-bit end of directory is missing/)
  })

  it.each<[string, EndLies]>([
    ['nothing of itself', {}],
    ['its count', { end: { 8: 0x00020002 } }],
    ['its size', { end: { 12: size } }],
    ['its start', { end: { 16: start } }],
    ['all', { end: { 8: 0x00020002, 12: size, 16: start } }],
  ])('is read by its 64-bit end where the other end tells %s', async (_, lies) => {
    expect([...(await openZip(bytesSource(with64BitEnd(two, lies)))).entries.keys()]).toEqual(['a', 'b'])
  })

  it.each<[string, RegExp, EndLies]>([
    [
      'its two ends disagree in the count',
      /^zip: its two ends of directory disagree \(at byte/,
      { end: { 8: 0x10001 } },
    ],
    ['its two ends disagree in the size', /two ends of directory disagree/, { end: { 12: size - 1 } }],
    ['its two ends disagree in the start', /two ends of directory disagree/, { end: { 16: start + 1 } }],
    ['its 64-bit end is elsewhere', /^zip: no 64-bit end of directory \(at byte 1\)/, { locator: { 8: 1 } }],
    ['its 64-bit end runs into what points at it', /a 64-bit end of directory at \d+ /, { locator: { 8: two.length } }],
    ['its 64-bit end is on another disk', /^zip: is one part of several \(at byte/, { end64: { 16: 1 } }],
    ['its directory is on another disk', /is one part of several/, { end64: { 20: 1 } }],
    ['its directory runs into its end', /a directory from \d+ to \d+ runs into its end/, { end64: { 40: size + 1 } }],
    ['it has more entries than any', /2097153 entries in a directory of/, { end64: { 32: (1 << 21) + 1 } }],
    ['it has more entries than bytes', /3 entries in a directory of \d+ bytes/, { end64: { 32: 3 } }],
    ['it has fewer entries than its directory', /^zip: the directory holds more than 1 entries/, { end64: { 32: 1 } }],
  ])('is refused where %s', async (_, words, lies) => {
    await expect(openZip(bytesSource(with64BitEnd(two, lies)))).rejects.toThrow(words)
  })

  it('is found behind the longest comment, and behind a 64-bit end too', async () => {
    for (const zip of [two, with64BitEnd(two)]) {
      const commented = join(zip, new Uint8Array(0xffff))
      commented.fill(0xff, zip.length - 2, zip.length)
      expect((await openZip(bytesSource(commented))).entries.size).toBe(2)
    }
  })

  it('is read where it holds nothing', async () => {
    expect((await openZip(bytesSource(deflatedZip([])))).entries.size).toBe(0)
  })

  it('may list its entries in another order than they lie in', async () => {
    const lying = deflatedZip([
      ['b', Uint8Array.of(2), { method: 0, start: 32 }],
      ['b', Uint8Array.of(2), { method: 0, start: 0 }],
    ])
    const at = Buffer.from(lying).lastIndexOf('b')
    const swapped = lying.with(30, 97).with(at, 97)
    const zip = await openZip(bytesSource(swapped))
    expect([...zip.entries.keys()]).toEqual(['b', 'a'])
    expect(await zip.readMany(['b', 'a'])).toEqual([Uint8Array.of(2), Uint8Array.of(2)])
  })

  it('is not written with a name that no reader could read', async () => {
    await expect(writeZip([['x'.repeat(70_000), new Uint8Array()]])).rejects.toThrow(/a name of 70000 bytes/)
  })
})

describe('a checkpoint', () => {
  const open = async (files: Parameters<typeof writeZip>[0]) => openTorchCheckpoint(bytesSource(await writeZip(files)))

  it('is no zip that torch.save did not write', async () => {
    await expect(open([['readme.txt', new Uint8Array(3)]])).rejects.toThrow(/^checkpoint: no data.pkl/)
  })

  it('is no number', async () => {
    await expect(open([['c/data.pkl', pickle(int(5))]])).rejects.toThrow(/is not a dict at its top/)
  })

  it('has no tensors but its own', async () => {
    const path = new URL('../../fixtures/reference/micro-checkpoint.ckpt', import.meta.url)
    const checkpoint = await openTorchCheckpoint(bytesSource(new Uint8Array(readFileSync(path))))
    for (const name of ['nothing', '__proto__', 'toString']) {
      await expect(checkpoint.readFloats(name)).rejects.toThrow(`checkpoint: has no tensor "${name}"`)
    }
  })
})

describe('an npy file', () => {
  it('is refused where it ends with its version', () => {
    expect(() => parseNpy(join('\x93NUMPY\x01\0', 0))).toThrow('npy: no npy signature (at byte 0)')
    expect(() => parseNpy(join('\x93NUMPY\x01\0', 0, 0))).toThrow(/^npy: header not understood: ""/)
    expect(() => parseNpy(join('\x93NUMPY\x04\0', 0, 0))).toThrow('npy: version 4 is not known (at byte 6)')
  })

  it('is refused where it ends inside the length of its header', () => {
    expect(() => parseNpy(join('\x93NUMPY\x02\0', 1, 0))).toThrow(/ends inside the header length/)
  })

  it('is refused where it goes on after its rows', async () => {
    const bytes = join(writeNpy({ dtype: 'f4', dims: [1, 2], data: Float32Array.of(1, 2) }), 7)
    const rows = readNpyRows(async function* () {
      yield bytes
    }, 1)
    expect((await rows.next()).value?.dims).toEqual([1, 2])
    await expect(rows.next()).rejects.toThrow(/goes on after its 1 rows/)
  })

  it('may lie anywhere in memory', () => {
    const bytes = join('x', new Uint8Array(Float32Array.of(0.5, -2).buffer))
    expect([...decodeFloats(bytes.subarray(1), 'float32')]).toEqual([0.5, -2])
  })
})

describe('a PNG', () => {
  const png = new Uint8Array(readFileSync(new URL('../../../public/exhibit.png', import.meta.url)))

  it.each(['', 'a b', 'ü', 'x'.repeat(80)])('takes no text under the keyword %j', (keyword) => {
    expect(() => writePngText(png, keyword, 'text')).toThrow(`png: ${JSON.stringify(keyword)} is no keyword`)
  })

  it('has no text where that ends before its language', () => {
    const signed = writePngText(png, 'kind', 'text')
    const at = Buffer.from(signed).indexOf('kind\0')
    const cut = signed.slice()
    // Every zero after the keyword but the first is one that ends a field.
    cut.fill(65, at + 7, at + 9)
    expect(readPngText(signed, 'kind')).toBe('text')
    expect(readPngText(cut, 'kind')).toBe(null)
  })
})
