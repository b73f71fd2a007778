// How a pack stores weights: safetensors shards that graphs use as they lie, or int8 ones that are widened on load.

import { FormatError } from '../formats/format-error.ts'
import {
  layOutSafetensors,
  type SafetensorsDtype,
  type SafetensorsLayout,
  type SafetensorsTensor,
  safetensorsChunks,
} from '../formats/safetensors.ts'
import type { WeightCatalog, WeightEntry } from '../onnx/weight-catalog.ts'
import { floatToHalfArray } from '../tensor/half.ts'
import { sizeOf } from '../tensor/tensor.ts'

/** How shards store weights; see pack.json's `storage`. */
export type Storage = 'fp32' | 'fp16' | 'int8'
export type GraphDtype = 'fp32' | 'fp16'

export interface ShardPlan {
  /** Path in the pack. */
  readonly path: string
  readonly layout: SafetensorsLayout
  /** The weights inside, without the scales of int8, in the file's order. */
  readonly keys: readonly (readonly [key: string, dims: readonly number[]])[]
}

/** Where each weight lies once a shard is widened, and how long the whole is. */
export interface WidenedLayout {
  readonly entries: ReadonlyMap<
    string,
    { readonly dims: readonly number[]; readonly offset: number; readonly byteLength: number }
  >
  readonly byteLength: number
}

const MOST_SHARD_BYTES: Record<Storage, number> = { fp32: 512 << 20, fp16: 512 << 20, int8: 20 << 20 }
const BYTES = { fp32: 4, fp16: 2 } as const
const ALIGNMENT = 64
/** Names the int8 tensor's scales; no checkpoint key of the model ends so. */
const SCALE = '.scale'

/**
 * Spreads weights over shards `weights/<part>-00001-of-0000N.safetensors` in the order given, each below the size that a
 * static host takes (512 MiB; 20 MiB for int8), unless one tensor alone is larger.
 */
export function planShards(
  part: string,
  tensors: Iterable<readonly [key: string, dims: readonly number[]]>,
  storage: Storage,
): ShardPlan[] {
  const groups: (readonly [string, readonly number[]])[][] = []
  let filled = Number.POSITIVE_INFINITY
  for (const tensor of tensors) {
    const [, dims] = tensor
    const size =
      sizeOf(dims) * (storage === 'int8' && dims.length >= 2 ? 1 : BYTES[storage === 'fp16' ? 'fp16' : 'fp32'])
    if (filled + size > MOST_SHARD_BYTES[storage]) {
      groups.push([])
      filled = 0
    }
    groups.at(-1)?.push(tensor)
    filled += size + ALIGNMENT
  }
  return groups.map((keys, index) => {
    const number = (value: number) => String(value).padStart(5, '0')
    const path = `weights/${part}-${number(index + 1)}-of-${number(groups.length)}.safetensors`
    return { path, layout: layOutSafetensors(keys.flatMap((tensor) => stored(tensor, storage))), keys }
  })
}

/** The bytes of one shard; `read` is asked for one weight after the other, which is dropped before the next. */
export async function* shardChunks(
  plan: ShardPlan,
  storage: Storage,
  read: (key: string) => Promise<Float32Array>,
): AsyncGenerator<Uint8Array> {
  let scales: Float32Array | null = null
  yield* safetensorsChunks(plan.layout, async (name) => {
    if (scales && name.endsWith(SCALE)) return bytesOf(scales)
    const values = await read(name)
    const tensor = plan.layout.tensors.get(name)
    if (storage === 'fp16') return bytesOf(floatToHalfArray(values))
    if (tensor?.dtype !== 'I8') return bytesOf(values)
    const quantized = quantize(values, tensor.dims)
    scales = quantized.scales
    return bytesOf(quantized.values)
  })
}

/** The name by which graphs of `dtype` know a shard: its own path where it is used as it lies. */
export function locationOf(shardPath: string, storage: Storage, dtype: GraphDtype): string {
  return storage === 'int8' ? shardPath.replace(/safetensors$/, dtype) : shardPath
}

/** Where a graph of `dtype` finds each weight. `get` throws FormatError('checkpoint', …) for a key that no shard has. */
export function weightCatalog(plans: readonly ShardPlan[], storage: Storage, dtype: GraphDtype): WeightCatalog {
  const entries = new Map<string, WeightEntry>()
  for (const { path, layout } of plans) {
    const location = locationOf(path, storage, dtype)
    const places = storage === 'int8' ? layoutOf(layout.tensors, dtype).entries : layout.tensors
    for (const [key, { dims, offset, byteLength }] of places) entries.set(key, { dims, location, offset, byteLength })
  }
  return {
    get: (key) => {
      const entry = entries.get(key)
      if (!entry) throw new FormatError('checkpoint', `has no weight ${JSON.stringify(key)}`)
      return entry
    },
  }
}

/** The layout of a widened int8 shard: its weights in the shard's order, each at a multiple of 64 bytes. */
export function layoutOf(tensors: ReadonlyMap<string, SafetensorsTensor>, dtype: GraphDtype): WidenedLayout {
  const entries = new Map<string, { dims: readonly number[]; offset: number; byteLength: number }>()
  let end = 0
  for (const [key, { dims, dtype: storedType }] of tensors) {
    if (isScale(key, storedType, tensors)) continue
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT
    const byteLength = sizeOf(dims) * BYTES[dtype]
    entries.set(key, { dims, offset, byteLength })
    end = offset + byteLength
  }
  return { entries, byteLength: end }
}

/**
 * Widens an int8 shard, given whole with its parsed header, into a graph's external data, laid out as `layoutOf` says.
 * Throws FormatError('safetensors', …) where a scale is missing or a type is not one that convert writes.
 */
export function widen(
  shard: Uint8Array,
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  dtype: GraphDtype,
): Uint8Array {
  const layout = layoutOf(tensors, dtype)
  const out = new Uint8Array(layout.byteLength)
  for (const [key, place] of layout.entries) {
    const count = sizeOf(place.dims)
    const tensor = tensors.get(key)
    const values = tensor?.dtype === 'I8' ? dequantize(shard, key, tensor, tensors) : floatsAt(shard, key, tensor)
    if (dtype === 'fp32') new Float32Array(out.buffer, place.offset, count).set(values)
    else new Uint16Array(out.buffer, place.offset, count).set(floatToHalfArray(values))
  }
  return out
}

/** Symmetric int8 by output channel (dimension 0): value ≈ int8 · scale, off by at most half a scale. */
export function quantize(values: Float32Array, dims: readonly number[]): { values: Int8Array; scales: Float32Array } {
  const channels = dims[0] ?? 1
  const length = values.length / channels
  const quantized = new Int8Array(values.length)
  const scales = new Float32Array(channels)
  for (let channel = 0; channel < channels; channel++) {
    const row = values.subarray(channel * length, (channel + 1) * length)
    let largest = 0
    for (const value of row) largest = Math.max(largest, Math.abs(value))
    if (!Number.isFinite(largest)) throw new FormatError('checkpoint', `channel ${channel} holds ${largest}`)
    scales[channel] = largest / 127
    // The scale as stored, so that rounding is to the values that widening will make.
    const inverse = largest > 0 ? 1 / (scales[channel] ?? 1) : 0
    const base = channel * length
    for (let i = 0; i < length; i++) {
      quantized[base + i] = Math.max(-127, Math.min(127, Math.round((row[i] ?? 0) * inverse)))
    }
  }
  return { values: quantized, scales }
}

function dequantize(
  shard: Uint8Array,
  key: string,
  tensor: SafetensorsTensor,
  tensors: ReadonlyMap<string, SafetensorsTensor>,
): Float32Array {
  const scales = floatsAt(shard, key + SCALE, tensors.get(key + SCALE))
  const channels = tensor.dims[0] ?? 1
  if (scales.length !== channels) {
    throw new FormatError('safetensors', `${key}: ${scales.length} scales for ${channels} channels`)
  }
  const values = new Int8Array(shard.buffer, shard.byteOffset + tensor.offset, tensor.byteLength)
  const length = values.length / channels
  const out = new Float32Array(values.length)
  for (let channel = 0; channel < channels; channel++) {
    const scale = scales[channel] ?? 0
    for (let i = channel * length; i < (channel + 1) * length; i++) out[i] = (values[i] ?? 0) * scale
  }
  return out
}

function floatsAt(shard: Uint8Array, key: string, tensor: SafetensorsTensor | undefined): Float32Array {
  if (tensor?.dtype !== 'F32') throw new FormatError('safetensors', `${key}: ${tensor?.dtype ?? 'missing'}, not F32`)
  return new Float32Array(new Uint8Array(shard.subarray(tensor.offset, tensor.offset + tensor.byteLength)).buffer)
}

function isScale(key: string, dtype: string, tensors: ReadonlyMap<string, SafetensorsTensor>): boolean {
  return dtype === 'F32' && key.endsWith(SCALE) && tensors.get(key.slice(0, -SCALE.length))?.dtype === 'I8'
}

function stored(
  [key, dims]: readonly [string, readonly number[]],
  storage: Storage,
): (readonly [string, SafetensorsDtype, readonly number[]])[] {
  if (storage === 'fp16') return [[key, 'F16', dims]]
  if (storage === 'fp32' || dims.length < 2) return [[key, 'F32', dims]]
  return [
    [key, 'I8', dims],
    [key + SCALE, 'F32', [dims[0] ?? 1]],
  ]
}

function bytesOf(values: Float32Array | Uint16Array | Int8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
