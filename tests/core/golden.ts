// Reads the golden numbers in tests/fixtures/reference and makes the inputs that they name (see FIXTURES.md there).

import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { sizeOf, type Tensor, tensor } from '../../src/core/tensor/tensor.ts'

const FOLDER = new URL('../fixtures/reference/', import.meta.url)

export function readGoldenJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as T
}

/** A float32 .npy file of version 1. */
export function readGoldenArray(output: { readonly file: string; readonly shape: readonly number[] }): Tensor {
  const bytes = readFileSync(new URL(output.file, FOLDER))
  const start = 10 + bytes.readUInt16LE(8)
  return tensor(
    new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length)),
    output.shape,
  )
}

/** The input stored under a key: hashed uniform numbers of unit variance. */
export function makeGoldenInput(key: string, dims: readonly number[]): Tensor {
  let seed = 0x811c9dc5
  for (const byte of new TextEncoder().encode(key)) {
    seed = Math.imul(seed ^ byte, 0x01000193)
  }
  const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => {
    let x = (seed + Math.imul(i, 0x9e3779b9)) | 0
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
    return (2 * (((x ^ (x >>> 16)) >>> 0) / 2 ** 32) - 1) * Math.sqrt(3)
  })
  return tensor(data, dims)
}

/** Asserts that the largest difference is at most `tolerance` times the largest expected magnitude. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  const scale = Math.max(...Array.from(expected, Math.abs))
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs((actual[i] ?? Number.NaN) - value)))
  expect(worst).toBeLessThanOrEqual(tolerance * scale)
}
