// Float16 bit patterns against PyTorch's conversions.

import { expect, test } from 'vitest'
import { floatToHalfArray, halfToFloatArray } from '../../../src/core/tensor/half.ts'
import { readGoldenJson } from '../golden.ts'

interface HalfCases {
  readonly floatBits: readonly number[]
  readonly halfBits: readonly number[]
  readonly nanFloatBits: readonly number[]
  readonly fromHalfBits: readonly number[]
  readonly toFloatBits: readonly number[]
}

const golden = readGoldenJson<HalfCases>('half.json')

function floatsOf(bits: readonly number[]): Float32Array {
  return new Float32Array(Uint32Array.from(bits).buffer)
}

function isHalfNaN(half: number): boolean {
  return (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0
}

test('float32 rounds to the float16 bits that PyTorch gives', () => {
  expect([...floatToHalfArray(floatsOf(golden.floatBits))]).toEqual(golden.halfBits)
})

test('every NaN stays a NaN, also where its payload lies only in the bits that are cut', () => {
  expect([...floatToHalfArray(floatsOf(golden.nanFloatBits))].every(isHalfNaN)).toBe(true)
})

test('float16 widens to the float32 bits that PyTorch gives', () => {
  const floats = halfToFloatArray(Uint16Array.from(golden.fromHalfBits))
  expect([...new Uint32Array(floats.buffer)]).toEqual(golden.toFloatBits)
})

test('every float16 that is a number comes back from float32 unchanged', () => {
  const halves = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((half) => !isHalfNaN(half))
  expect(floatToHalfArray(halfToFloatArray(halves))).toEqual(halves)
})

test('between two neighbouring float16 values the nearer one is taken, and the even one at the middle', () => {
  for (let half = 0; half < 0x7bff; half++) {
    const [low = 0, high = 0] = halfToFloatArray(Uint16Array.of(half, half + 1))
    const middle = (low + high) / 2
    const nudge = (high - low) / 1024
    const even = half % 2 === 0 ? half : half + 1
    const rounded = floatToHalfArray(Float32Array.of(middle - nudge, middle, middle + nudge))
    if (rounded[0] !== half || rounded[1] !== even || rounded[2] !== half + 1) {
      expect([half, ...rounded]).toEqual([half, half, even, half + 1])
    }
  }
})

test('a view into a larger buffer converts only what it covers', () => {
  const values = Float32Array.of(1, 2, 3, 4).subarray(1, 3)
  expect([...floatToHalfArray(values)]).toEqual([0x4000, 0x4200])
})
