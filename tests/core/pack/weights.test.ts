import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { readSafetensorsHeader } from '../../../src/core/formats/safetensors.ts'
import {
  layoutOf,
  planShards,
  quantize,
  type ShardPlan,
  type Storage,
  shardChunks,
  weightCatalog,
  widen,
} from '../../../src/core/pack/weights.ts'
import { floatToHalfArray, halfToFloatArray } from '../../../src/core/tensor/half.ts'
import { seededWeight } from '../../../tools/seeded-weights.ts'

const shapes: [string, number[]][] = [
  ['conv.weight', [5, 3, 3, 3]],
  ['conv.bias', [5]],
  ['linear.weight', [4, 7]],
  ['norm.weight', [9]],
]
const weights = new Map(shapes.map(([key, dims]) => [key, seededWeight(key, dims).data]))

async function shardOf(plan: ShardPlan, storage: Storage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  const read = async (key: string) => weights.get(key) ?? new Float32Array(0)
  for await (const chunk of shardChunks(plan, storage, read)) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

async function build(storage: Storage): Promise<{ plans: ShardPlan[]; shard: Uint8Array }> {
  const plans = planShards('part', shapes, storage)
  const [plan] = plans
  if (!plan) throw new Error('no shard')
  return { plans, shard: await shardOf(plan, storage) }
}

/** A weight as the catalog of a graph finds it in the file that it names. */
function weightAt(
  file: Uint8Array,
  { offset, byteLength }: { offset: number; byteLength: number },
  dtype: 'fp32' | 'fp16',
) {
  const bytes = new Uint8Array(file.subarray(offset, offset + byteLength))
  return dtype === 'fp32' ? new Float32Array(bytes.buffer) : halfToFloatArray(new Uint16Array(bytes.buffer))
}

describe('fp32 and fp16 shards', () => {
  it.each(['fp32', 'fp16'] as const)('lie in %s as graphs use them', async (storage) => {
    const { plans, shard } = await build(storage)
    const catalog = weightCatalog(plans, storage, storage)
    for (const [key, values] of weights) {
      const entry = catalog.get(key)
      expect(entry.location).toBe('weights/part-00001-of-00001.safetensors')
      const expected = storage === 'fp32' ? values : halfToFloatArray(floatToHalfArray(values))
      expect(weightAt(shard, entry, storage)).toEqual(expected)
    }
  })

  it('name a key that is missing', () => {
    expect(() => weightCatalog([], 'fp32', 'fp32').get('a.weight')).toThrow('checkpoint: has no weight "a.weight"')
  })
})

describe('int8 shards', () => {
  it.each(['fp32', 'fp16'] as const)(
    'widen to %s where the catalog says, off by at most half a scale',
    async (dtype) => {
      const { plans, shard } = await build('int8')
      const widened = widen(shard, await readSafetensorsHeader(bytesSource(shard)), dtype)
      const catalog = weightCatalog(plans, 'int8', dtype)
      for (const [key, dims] of shapes) {
        const entry = catalog.get(key)
        expect(entry.location).toBe(`weights/part-00001-of-00001.${dtype}`)
        expect(entry.dims).toEqual(dims)
        expect(entry.offset % 64).toBe(0)
        const exact = weights.get(key) ?? new Float32Array(0)
        const scales = dims.length >= 2 ? quantize(exact, dims).scales : new Float32Array(dims[0] ?? 0)
        const perChannel = exact.length / scales.length
        for (const [i, value] of weightAt(widened, entry, dtype).entries()) {
          const rounding = dtype === 'fp16' ? Math.abs(value) * 2 ** -11 : 2 ** -22
          const bound = (scales[Math.floor(i / perChannel)] ?? 0) / 2 + rounding
          expect(Math.abs(value - (exact[i] ?? 0))).toBeLessThanOrEqual(bound)
        }
      }
    },
  )

  it('keep vectors exact', async () => {
    const { plans, shard } = await build('int8')
    const widened = widen(shard, await readSafetensorsHeader(bytesSource(shard)), 'fp32')
    const entry = weightCatalog(plans, 'int8', 'fp32').get('norm.weight')
    expect(weightAt(widened, entry, 'fp32')).toEqual(weights.get('norm.weight'))
  })

  it('keep the largest of each channel within one rounding, and channels of zeros', () => {
    const { values, scales } = quantize(Float32Array.of(0.5, -2, 0, 0, 1e-30, 0), [3, 2])
    expect(values).toEqual(Int8Array.of(32, -127, 0, 0, 127, 0))
    expect((scales[0] ?? 0) * -127).toBeCloseTo(-2, 6)
    expect(scales[1]).toBe(0)
  })

  it('refuse weights that are not finite', () => {
    expect(() => quantize(Float32Array.of(1, Number.POSITIVE_INFINITY), [1, 2])).toThrow(/^checkpoint: /)
  })

  it('are refused without their scales', async () => {
    const { shard } = await build('int8')
    const tensors = new Map(await readSafetensorsHeader(bytesSource(shard)))
    tensors.delete('conv.weight.scale')
    expect(() => widen(shard, tensors, 'fp32')).toThrow('safetensors: conv.weight.scale: missing, not F32')
  })

  it('have a layout that follows from the header alone', async () => {
    const { plans, shard } = await build('int8')
    const tensors = await readSafetensorsHeader(bytesSource(shard))
    expect(layoutOf(tensors, 'fp16')).toEqual(layoutOf(plans[0]?.layout.tensors ?? new Map(), 'fp16'))
  })
})

describe('shards', () => {
  it('stay below the size that static hosts take, in the order given', () => {
    const many = Array.from({ length: 10 }, (_, i): [string, number[]] => [`w${i}`, [1 << 10, 6 << 10]])
    const plans = planShards('denoiser', many, 'int8')
    expect(plans.map(({ path }) => path)).toEqual([
      'weights/denoiser-00001-of-00004.safetensors',
      'weights/denoiser-00002-of-00004.safetensors',
      'weights/denoiser-00003-of-00004.safetensors',
      'weights/denoiser-00004-of-00004.safetensors',
    ])
    for (const { layout } of plans) expect(layout.byteLength).toBeLessThanOrEqual(20 << 20)
    expect(plans.flatMap(({ keys }) => keys.map(([key]) => key))).toEqual(many.map(([key]) => key))
  })

  it('give a tensor that is larger alone a shard of its own', () => {
    const plans = planShards(
      'part',
      [
        ['small', [8]],
        ['large', [1 << 10, 30 << 10]],
        ['after', [8]],
      ],
      'int8',
    )
    expect(plans.map(({ keys }) => keys.map(([key]) => key))).toEqual([['small'], ['large'], ['after']])
  })
})
