import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { openTorchCheckpoint } from '../../../src/core/formats/torch-checkpoint.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import { readGoldenJson } from '../golden.ts'
import { checkpointOf, tensorRecord } from './checkpoint-writer.ts'
import { expectTruncationErrors } from './damage.ts'
import { dict, global, int, join, pickle, text, tuple } from './pickle-writer.ts'

interface Golden {
  readonly tensors: Readonly<Record<string, { dtype: string; shape: number[]; values: (number | boolean)[] }>>
}

const golden = readGoldenJson<Golden>('micro-checkpoint.json')
const fixture = new Uint8Array(readFileSync(new URL('../../fixtures/reference/micro-checkpoint.ckpt', import.meta.url)))
const open = (bytes: Uint8Array) => openTorchCheckpoint(bytesSource(bytes))

async function readEverything(bytes: Uint8Array): Promise<void> {
  const checkpoint = await open(bytes)
  for (const name of checkpoint.tensors.keys()) await checkpoint.readFloats(name)
}

/** A checkpoint of two floats, its tensor record replaced. */
function withRecord(record: Uint8Array): Promise<Uint8Array> {
  return writeZip([
    ['c/data.pkl', pickle(dict([['state_dict', dict([['w', record]])]]))],
    ['c/data/0', new Uint8Array(8)],
  ])
}

describe('a checkpoint that torch.save wrote', () => {
  it.each(Object.entries(golden.tensors))('reads %s', async (name, { dtype, shape, values }) => {
    const checkpoint = await open(fixture)
    expect(checkpoint.tensors.get(name)).toMatchObject({ dtype, dims: shape })
    expect(await checkpoint.readFloats(name)).toEqual(Float32Array.from(values, Number))
  })

  it('lists exactly the tensors of the state_dict', async () => {
    expect([...(await open(fixture)).tensors.keys()]).toEqual(Object.keys(golden.tensors))
  })

  it('answers every truncation with a FormatError', async () => {
    await expectTruncationErrors(fixture, readEverything)
  })

  it('finds a flipped byte in a tensor when that is read', async () => {
    const bytes = new Uint8Array(fixture)
    const at = Buffer.from(bytes).indexOf(Buffer.from(Float32Array.of(-1.6686928272247314).buffer))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const checkpoint = await open(bytes)
    await expect(checkpoint.readFloats('model.diffusion_model.input_blocks.0.0.weight')).rejects.toThrow(/^zip: .*CRC/i)
    expect(await checkpoint.readFloats('bytes')).toEqual(Float32Array.of(0, 127, 255))
  })
})

/** What would be a tensor of no dimensions, if its storage had a name. */
const unnamed = tuple(
  join(tuple(text('storage'), global('torch', 'FloatStorage'), int(0), text('cpu'), int(2)), 'Q'),
  ...[int(0), tuple(), tuple()],
)

describe('a checkpoint', () => {
  it('is read beside objects of classes that are not known, which stay unread', async () => {
    const callback = join(global('pytorch_lightning.callbacks.model_checkpoint', 'ModelCheckpoint'), ')R')
    const hostile = join(global('os', 'system'), text('false'), '\x85R')
    const bytes = await checkpointOf(new Map([['w', { dims: [2], data: Float32Array.of(1, 2) }]]), [
      ['callbacks', callback],
      ['hyper_parameters', hostile],
    ])
    const checkpoint = await open(bytes)
    expect([...checkpoint.tensors.keys()]).toEqual(['w'])
    expect(await checkpoint.readFloats('w')).toEqual(Float32Array.of(1, 2))
  })

  it('may be a bare dict of tensors', async () => {
    const bytes = await writeZip([
      ['c/data.pkl', pickle(dict([['w', tensorRecord('0', [2])]]))],
      ['c/data/0', new Uint8Array(Float32Array.of(3, 4).buffer)],
    ])
    expect(await (await open(bytes)).readFloats('w')).toEqual(Float32Array.of(3, 4))
  })

  it('may name its tensors __proto__', async () => {
    const bytes = await checkpointOf(new Map([['__proto__', { dims: [1], data: Float32Array.of(9) }]]))
    expect(await (await open(bytes)).readFloats('__proto__')).toEqual(Float32Array.of(9))
  })

  it.each([
    ['a tensor larger than its storage', tensorRecord('0', [3])],
    ['a view that ends beyond its storage', tensorRecord('0', [2], { offset: 1 })],
    [
      'a view that repeats a few bytes for gigabytes',
      tensorRecord('0', [1 << 20, 1 << 10], { strides: [0, 0], length: 2 }),
    ],
    ['a negative dimension', tensorRecord('0', [-2], { length: 2 })],
    ['a storage that is not in the file', tensorRecord('7', [2])],
    ['a storage outside of the folder', tensorRecord('../data.pkl', [2])],
    ['a storage of another class', tensorRecord('0', [2], { storage: 'os.system' })],
    ['more dimensions than a network has', tensorRecord('0', Array(17).fill(1), { length: 2 })],
    ['another size of its elements', tensorRecord('0', [2], { storage: 'torch.DoubleStorage' })],
    ['a stride beyond its storage', tensorRecord('0', [2], { strides: [2 ** 30] })],
    ['more strides than dimensions', tensorRecord('0', [2], { strides: [1, 1] })],
    ['an offset before its storage', tensorRecord('0', [2], { offset: -1 })],
    ['a storage that is named by a number', join(global('torch._utils', '_rebuild_tensor_v2'), unnamed, 'R')],
    ['an empty record', join(global('torch._utils', '_rebuild_tensor_v2'), tuple(), 'R')],
  ])('is refused for %s', async (_, record) => {
    await expect(withRecord(record).then(open)).rejects.toThrow(/^checkpoint: /)
  })

  it('is read for a view of as many dimensions as a network has, and an empty one wherever it lies', async () => {
    const single = await withRecord(tensorRecord('0', Array(16).fill(1), { length: 2 })).then(open)
    expect(await single.readFloats('w')).toEqual(new Float32Array(1))
    const empty = await withRecord(tensorRecord('0', [5, 0], { strides: [1, 1], length: 2 })).then(open)
    expect(await empty.readFloats('w')).toEqual(new Float32Array(0))
  })

  it('is read out of the data.pkl of its folder, whatever else is called so', async () => {
    const other = pickle(dict([['other', tensorRecord('0', [2])]]))
    const bytes = await writeZip([
      ['c/deeper/data.pkl', other],
      ['c/data.pkl.bak', other],
      ['c/data.pkl', pickle(dict([['w', tensorRecord('0', [2])]]))],
      ['c/data/0', new Uint8Array(8)],
    ])
    expect([...(await open(bytes)).tensors.keys()]).toEqual(['w'])
  })

  it('passes over names that are no texts, and values that are no tensors', async () => {
    const none = join(text('none'), 'N', text('size'), global('torch', 'Size'), text('made'), int(1), int(2), '\x81')
    const pairs = join('}(', int(7), tensorRecord('0', [2]), none, text('w'), tensorRecord('0', [2]), 'u')
    const bytes = await writeZip([
      ['c/data.pkl', pickle(pairs)],
      ['c/data/0', new Uint8Array(8)],
    ])
    expect([...(await open(bytes)).tensors.keys()]).toEqual(['w'])
  })

  it('is refused, and no deeper than once, for parameters of parameters', async () => {
    const wrap = (record: Uint8Array) => join(global('torch._utils', '_rebuild_parameter'), tuple(record), 'R')
    const once = await withRecord(wrap(tensorRecord('0', [2]))).then(open)
    expect(once.tensors.get('w')).toMatchObject({ dims: [2] })
    await expect(withRecord(wrap(wrap(tensorRecord('0', [2])))).then(open)).rejects.toThrow(/holds no tensors/)
  })

  it('may share one storage among a hundred thousand tensors, read when they are asked for', async () => {
    const record = join(tensorRecord('0', [2]), 'q\x00')
    const names = Array.from({ length: 100_000 }, (_, i) => [`w${i}`, i === 0 ? record : join('h\x00')] as const)
    const bytes = await writeZip([
      ['c/data.pkl', pickle(dict(names))],
      ['c/data/0', new Uint8Array(8)],
    ])
    expect((await open(bytes)).tensors.size).toBe(100_000)
  })

  it('is refused where it holds no tensors', async () => {
    await expect(withRecord(int(1)).then(open)).rejects.toThrow('checkpoint: holds no tensors')
  })

  it('is refused where it is big-endian', async () => {
    const files = [
      ['c/data.pkl', pickle(dict([]))],
      ['c/byteorder', new TextEncoder().encode('big')],
    ] as const
    await expect(writeZip(files).then(open)).rejects.toThrow('checkpoint: byte order "big"')
  })

  it('is refused with advice where PyTorch before 1.6 wrote it', async () => {
    await expect(open(pickle(int(1)))).rejects.toThrow(/^checkpoint: written by PyTorch before 1\.6.* \(at byte 0\)/)
    for (const other of ['\x80\x04N.', 'P\x02']) await expect(open(join(other))).rejects.toThrow(/^zip: /)
  })
})
