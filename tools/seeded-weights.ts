// Weights and test inputs made from a tensor's name by an integer hash: the same numbers as training/seeded_weights.py.

import { FormatError } from '../src/core/formats/format-error.ts'
import type { TensorSource } from '../src/core/formats/tensor-source.ts'
import { sizeOf, type Tensor, tensor } from '../src/core/tensor/tensor.ts'

/** FNV-1a over the key's UTF-8 bytes. */
function hashKey(key: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** `count` values scale · v + shift, v uniform in [-1, 1) by key and flat index (MurmurHash3's finaliser). */
function hashedValues(key: string, count: number, scale: number, shift: number): Float32Array {
  const values = new Float32Array(count)
  const seed = hashKey(key)
  for (let i = 0; i < count; i++) {
    let x = (seed + Math.imul(i, 0x9e3779b9)) | 0
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
    x = (x ^ (x >>> 16)) >>> 0
    values[i] = ((2 * x) / 2 ** 32 - 1) * scale + shift
  }
  return values
}

/**
 * A checkpoint tensor by its full key: variance 1 / fan-in for two and more dimensions, near 1 for norms' gains, small for
 * biases.
 */
export function seededWeight(key: string, dims: readonly number[]): Tensor {
  const count = sizeOf(dims)
  if (dims.length >= 2) return tensor(hashedValues(key, count, Math.sqrt(3 / sizeOf(dims.slice(1))), 0), dims)
  return tensor(key.endsWith('.weight') ? hashedValues(key, count, 0.2, 1) : hashedValues(key, count, 0.1, 0), dims)
}

/** A test input of unit variance. */
export function seededInput(key: string, dims: readonly number[]): Tensor {
  return tensor(hashedValues(key, sizeOf(dims), Math.sqrt(3), 0), dims)
}

/** A checkpoint whose tensors are made when they are read: of any size, and nowhere on disk. */
export function seededCheckpoint(shapes: Iterable<readonly [key: string, dims: readonly number[]]>): TensorSource {
  const tensors = new Map([...shapes].map(([key, dims]) => [key, { dims, dtype: 'float32' }]))
  return {
    tensors,
    readFloats: async (name) => {
      const stored = tensors.get(name)
      if (stored === undefined) throw new FormatError('checkpoint', `has no tensor ${JSON.stringify(name)}`)
      return seededWeight(name, stored.dims).data
    },
  }
}
