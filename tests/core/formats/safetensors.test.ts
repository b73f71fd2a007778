import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import {
  layOutSafetensors,
  openSafetensors,
  readSafetensorsHeader,
  safetensorsChunks,
} from '../../../src/core/formats/safetensors.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'

const contents = new Map([
  ['weight', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)],
  ['bytes', Uint8Array.of(1, 255, 3)],
  ['halves', new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer)],
])

const layOut = () =>
  layOutSafetensors([
    ['weight', 'F32', [1, 3]],
    ['bytes', 'I8', [3]],
    ['halves', 'F16', [2, 1]],
  ])

async function write(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of safetensorsChunks(layOut(), async (name) => contents.get(name) ?? new Uint8Array(0)))
    chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

/** A file with a header of its own words, and 8 bytes of data. */
function fileOf(header: unknown): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return new Uint8Array(Buffer.concat([length, json, Buffer.alloc(8)]))
}

const read = (bytes: Uint8Array) => readSafetensorsHeader(bytesSource(bytes))

describe('safetensors', () => {
  it('lists what it laid out, each tensor at a multiple of 64 bytes', async () => {
    const bytes = await write()
    const layout = layOut()
    expect(bytes.length).toBe(layout.byteLength)
    const tensors = await read(bytes)
    expect(tensors).toEqual(layout.tensors)
    for (const [name, { offset, byteLength }] of tensors) {
      expect(offset % 64).toBe(0)
      expect(bytes.subarray(offset, offset + byteLength)).toEqual(contents.get(name))
    }
  })

  it('leaves no holes, which the format forbids', async () => {
    const bytes = await write()
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    const header: Record<string, { data_offsets: [number, number] }> = JSON.parse(
      new TextDecoder().decode(bytes.subarray(8, 8 + length)),
    )
    const spans = Object.values(header).map(({ data_offsets: offsets }) => offsets)
    expect(spans.map(([begin]) => begin)).toEqual([0, ...spans.slice(0, -1).map(([, end]) => end)])
    expect(8 + length + (spans.at(-1)?.[1] ?? 0)).toBe(bytes.length)
  })

  it('reads tensors as float32', async () => {
    const file = await openSafetensors(bytesSource(await write()))
    expect(await file.readFloats('bytes')).toEqual(Float32Array.of(1, -1, 3))
    expect(await file.readFloats('halves')).toEqual(Float32Array.of(1, -2))
    await expect(file.readFloats('other')).rejects.toThrow('safetensors: has no tensor "other"')
  })

  it.each([
    ['no JSON', 'header is not JSON: ', '{'],
    ['a list', 'header is no object (at byte 8)', '[]'],
    [
      'a tensor beyond the end',
      'a: bytes 0 to 12 do not hold F32 [3]',
      { a: { dtype: 'F32', shape: [3], data_offsets: [0, 12] } },
    ],
    [
      'a tensor that does not fill its bytes',
      'a: bytes 0 to 8 do not hold F32 [1]',
      { a: { dtype: 'F32', shape: [1], data_offsets: [0, 8] } },
    ],
    [
      'a tensor that ends before it begins',
      'a: bytes 8 to 0 do not hold U8 [0]',
      { a: { dtype: 'U8', shape: [0], data_offsets: [8, 0] } },
    ],
    ['an unknown type', 'a: dtype: ', { a: { dtype: 'F4', shape: [2], data_offsets: [0, 8] } }],
    ['a negative dimension', 'a: shape.0: ', { a: { dtype: 'F32', shape: [-1, -2], data_offsets: [0, 8] } }],
    [
      'a hole before its tensor',
      'a: begins at 66, where 62 is the next free byte',
      { a: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } },
    ],
    [
      'a hole between its tensors',
      'b: begins at',
      {
        a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] },
        b: { dtype: 'U8', shape: [2], data_offsets: [6, 8] },
      },
    ],
    [
      'tensors that overlap',
      'b: begins at',
      {
        a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
    ],
    [
      'a key twice',
      'header has a key twice (at byte 8)',
      '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}',
    ],
    [
      'a field twice',
      'header has a key twice (at byte 8)',
      '{"a":{"dtype":"F32","dtype":"I32","shape":[2],"data_offsets":[0,8]}}',
    ],
    [
      'a shape whose product wraps round',
      'a: bytes 0 to 8 do not hold',
      { a: { dtype: 'F32', shape: [4194305, 4194305, 211106198978564], data_offsets: [0, 8] } },
    ],
    ['a size of half a number', 'a: shape.0: ', { a: { dtype: 'F32', shape: [0.5], data_offsets: [0, 2] } }],
    [
      'nine dimensions',
      'a: shape: ',
      { a: { dtype: 'F32', shape: [2, 1, 1, 1, 1, 1, 1, 1, 1], data_offsets: [0, 8] } },
    ],
    [
      'text before its header',
      'header is no object (at byte 8)',
      ' {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
    ],
    [
      'metadata that is no text',
      '__metadata__ is not text by name (at byte 8)',
      { __metadata__: { a: 1 }, a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } },
    ],
    ['bytes that no tensor has', 'tensors end at', { a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }],
    ['null', 'header is no object (at byte 8)', 'null'],
    ['a number', 'header is no object (at byte 8)', '7'],
    ['a list in braces', 'header is not JSON: ', '{[]}'],
    ['an entry that is null', 'a: entry: ', { a: null }],
    ['a byte order mark', 'header is not JSON: ', '\ufeff{}'],
  ])('refuses a header with %s', async (_, words, header) => {
    await expect(read(fileOf(header))).rejects.toThrow(`safetensors: ${words}`)
  })

  it('takes tensors in any order, empty ones, and text in its metadata', async () => {
    const header = {
      b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      __metadata__: { format: 'pt: "a"', more: '\\', '": "': '' },
      empty: { dtype: 'F32', shape: [0], data_offsets: [4, 4] },
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    }
    expect([...(await read(fileOf(header))).keys()].sort()).toEqual(['a', 'b', 'empty'])
  })

  it('leaves out what is named as padding, and nothing else', async () => {
    const names = ['__padding_0__', 'x__padding_0__', '__padding_0__x', '__padding_x__']
    const header = names.map((name, i) => [name, { dtype: 'U8', shape: [2], data_offsets: [2 * i, 2 * i + 2] }])
    expect([...(await read(fileOf(Object.fromEntries(header)))).keys()]).toEqual(names.slice(1))
  })

  it('refuses a header that is not UTF-8, and one of 2^64 - 1 bytes', async () => {
    const bytes = fileOf({ name: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } })
    await expect(read(bytes.with(11, 0xff))).rejects.toThrow(/header is not JSON/)
    await expect(read(new Uint8Array(16).fill(0xff))).rejects.toThrow(/18446744073709551615 bytes does not fit/)
  })

  it('refuses more than 65,536 tensors', async () => {
    const entry = { dtype: 'F32', shape: [0], data_offsets: [0, 0] }
    const header = Object.fromEntries(Array.from({ length: 65_537 }, (_, i) => [`t${i}`, entry]))
    await expect(read(fileOf(header))).rejects.toThrow(/^safetensors: 65537 tensors are too many/)
    const { t65536: _, ...most } = header
    expect((await read(new Uint8Array(fileOf(most).subarray(0, -8)))).size).toBe(65_536)
  })

  it('answers every truncation with a FormatError, and survives every flip', async () => {
    const bytes = await write()
    await expectTruncationErrors(bytes, read)
    await expectTypedErrorsOnFlips(bytes, read)
  })

  it('asks for one tensor after the other, and refuses one of another size', async () => {
    const chunks = safetensorsChunks(layOut(), async () => new Uint8Array(5))
    await chunks.next()
    await expect(chunks.next()).rejects.toThrow('safetensors: weight has 5 bytes, not 12')
  })
})
