// What is said of small files that are damaged at each of their bytes, as it was when somebody last read it: tests/fixtures/damage.
// `npx vitest run damage-words -u` writes it anew; read what has changed.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { parseImageHeader } from '../../../src/core/formats/image-header.ts'
import { parseNpy, writeNpy } from '../../../src/core/formats/npy.ts'
import { readNpyRows } from '../../../src/core/formats/npy-rows.ts'
import { openParquet } from '../../../src/core/formats/parquet.ts'
import { parsePickle } from '../../../src/core/formats/pickle.ts'
import { readPngText, writePngText } from '../../../src/core/formats/png-metadata.ts'
import { layOutSafetensors, openSafetensors } from '../../../src/core/formats/safetensors.ts'
import { unpackSnappy } from '../../../src/core/formats/snappy.ts'
import { parseThrift } from '../../../src/core/formats/thrift-compact.ts'
import { openTorchCheckpoint } from '../../../src/core/formats/torch-checkpoint.ts'
import { openZip } from '../../../src/core/formats/zip.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import { fakeHeader, fakeWebp } from '../../fixtures/hostile-pictures.ts'
import { tensorRecord } from './checkpoint-writer.ts'
import { describeDamage } from './damage.ts'
import { with64BitEnd } from './deflated-zip.ts'
import { dict, int, join, pickle, text, tuple, uint32 } from './pickle-writer.ts'

const uint32BE = (value: number) => uint32(value).reverse()
const box = (kind: string, ...inside: (string | number | Uint8Array)[]) => {
  const content = join(...inside)
  return join(uint32BE(8 + content.length), kind, content)
}
const extent = (width: number, height: number) => box('ispe', uint32(0), uint32BE(width), uint32BE(height))

const PICTURES = {
  png: fakeHeader.png(300, 200, 16),
  jpeg: join('\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc4\0\x03a\xff\xc2\0\x0b\x08\0\xc8\x01\x2c'),
  gif: fakeHeader.gif(300, 200),
  'coloured gif': join('GIF89a\x40\0\x30\0\x80\0\0', new Uint8Array(6), ',', 1, 0, 2, 0, 3, 0, 4, 0),
  bmp: fakeHeader.bmp(300, -200),
  'bmp of os-2': join('BM', new Uint8Array(12), uint32(12), 44, 1, 200, 0),
  'lossless webp': fakeWebp(300, 200),
  'extended webp': join('RIFF', uint32(22), 'WEBPVP8X', uint32(10), uint32(0), 43, 1, 0, 199, 0, 0),
  'lossy webp': join('RIFF', uint32(22), 'WEBPVP8 ', uint32(10), 0, 0, 0, '\x9d\x01\x2a', 44, 0x41, 200, 0x80),
  avif: join(
    box('ftyp', 'mif1', uint32(0), 'mif1avif'),
    box('meta', uint32(0), box('hdlr'), box('iprp', box('ipco', extent(30, 20), extent(300, 200), extent(8, 8)))),
  ),
  'avif of ten bits': join(
    box('ftyp', 'avis', uint32(0)),
    box('meta', uint32(0), box('iprp', box('ipco', box('pixi', uint32(0), 1, 10), extent(300, 200)))),
  ),
}

/** How each is made, which is done in the test: what a parser's own writer does wrong is then its failure; and how it is read. */
const FILES: Readonly<
  Record<string, readonly [make: () => Promise<Uint8Array> | Uint8Array, parse: (bytes: Uint8Array) => unknown]>
> = {
  zip: [writeSmallZip, readZip],
  'zip with a 64-bit end': [async () => with64BitEnd(await writeSmallZip()), readZip],
  npy: [writeRows, parseNpy],
  'npy rows': [writeRows, readRows],
  parquet: [() => fixture('small'), readParquet],
  'parquet of version 2': [() => fixture('small-2'), readParquet],
  snappy: [
    () => join('\x15\x04bc\x11\x02\xf0\x02def\x0a\x08\0\x0b\x01\0\0\0\xf4\x01\0gh'),
    (bytes) => unpackSnappy(bytes, 21),
  ],
  thrift: [
    () => join('\x15\x05\x11\x12\x13\x07\x27a double\x18\x02hi\x06\x3c\x01\x19\x25\x01\x02\x1c\x13\x09\0\0'),
    (bytes) => parseThrift(bytes, 0),
  ],
  pickle: [
    () => pickle(dict([['a', tuple(int(-1), text('b'))]]), 'q\x07K\x01K\x02\x86h\x07\x87\x8a\x02\x01\x80\x86'),
    parsePickle,
  ],
  'pickle of an object': [
    () => join('\x80\x04\x95', uint32(30), uint32(0), 'ca\nB\n(Nt\x81', dict([['k', int(3)]]), 'b](K\x05e\x94\x86.'),
    parsePickle,
  ],
  checkpoint: [writeStateDict, readCheckpoint],
  'png with a text': [
    () => writePngText(join(fakeHeader.png(3, 2, 8), uint32(0), 'IEND', uint32(0)), 'key', 'words'),
    (bytes) => readPngText(bytes, 'key'),
  ],
  safetensors: [writeTensors, readTensors],
  ...Object.fromEntries(Object.entries(PICTURES).map(([name, bytes]) => [name, [() => bytes, parseImageHeader]])),
}

describe('damage', () => {
  it.each(Object.entries(FILES))(
    'at any byte of a %s is told in the words that are kept',
    async (name, [make, parse]) => {
      const words = await describeDamage(await make(), parse)
      await expect(words).toMatchFileSnapshot(`../../fixtures/damage/${name.replaceAll(' ', '-')}.txt`)
    },
  )
})

function writeStateDict(): Uint8Array {
  const record = tensorRecord('0', [1, 2], { offset: 1, length: 3 })
  return pickle(dict([['state_dict', dict([['w', record]])]]))
}

function writeTensors(): Uint8Array {
  const { header, byteLength } = layOutSafetensors([
    ['w', 'F32', [1, 3]],
    ['b', 'I8', [3]],
  ])
  return join(header, new Uint8Array(byteLength - header.length).fill(1))
}

function writeSmallZip(): Promise<Uint8Array> {
  return writeZip([
    ['a.txt', new TextEncoder().encode('first')],
    ['empty', new Uint8Array(0)],
  ])
}

function writeRows(): Uint8Array {
  return writeNpy({ dtype: 'f4', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) })
}

async function readZip(bytes: Uint8Array) {
  const archive = await openZip(bytesSource(bytes))
  return Promise.all([...archive.entries.keys()].map(async (name) => [name, await archive.read(name)]))
}

async function readRows(bytes: Uint8Array) {
  const blocks: unknown[] = []
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 50) yield bytes.subarray(at, at + 50)
  }
  for await (const block of readNpyRows(pieces, 2)) blocks.push(block)
  return blocks
}

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../fixtures/embeddings/${name}.parquet`, import.meta.url)))
}

async function readParquet(bytes: Uint8Array) {
  const file = await openParquet(bytesSource(bytes))
  const groups: unknown[] = []
  for await (const group of file.readTexts(file.textColumns)) groups.push(group)
  return [file.rows, file.textColumns, groups]
}

async function readCheckpoint(bytes: Uint8Array) {
  const values = new Uint8Array(Float32Array.of(1, 2, 3).buffer)
  const { tensors, readFloats } = await openTorchCheckpoint(
    bytesSource(
      await writeZip([
        ['c/data.pkl', bytes],
        ['c/data/0', values],
      ]),
    ),
  )
  return Promise.all(Array.from(tensors, async ([name, tensor]) => [name, tensor, await readFloats(name)]))
}

async function readTensors(bytes: Uint8Array) {
  const { tensors, readFloats } = await openSafetensors(bytesSource(bytes))
  return Promise.all(Array.from(tensors, async ([name, tensor]) => [name, tensor, await readFloats(name)]))
}
