// Modules made of a few instructions, compiled and run by the runtime.

import { expect, test } from 'vitest'
import {
  assembleModule,
  type Code,
  f32,
  f32x4,
  i16x8,
  i32,
  local,
  repeatWhile,
  v128,
} from '../../../src/core/retrieval/kernel-assembler.ts'

/** Runs a function of one parameter and returns the module's memory. */
function run(body: Code, parameter = 0): ArrayBuffer {
  const bytes = assembleModule(2, [{ name: 'run', parameters: 1, locals: { i32: 1, v128: 1 }, body }])
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  const { run: runBody, memory } = exports as unknown as {
    run: (parameter: number) => void
    memory: { buffer: ArrayBuffer }
  }
  runBody(parameter)
  return memory.buffer
}

const one = f32x4.lane(v128.constantFloat(1), 0)

test.each([0, 60, 64, 124, 128, 8188, 8192, 16_384, 65_536, 131_068])(
  'a constant address of %i is that address',
  (address) => {
    const numbers = new Float32Array(run(f32.store(i32.constant(address), one)))
    expect(numbers.indexOf(1)).toBe(address / 4)
    expect(numbers.reduce((sum, value) => sum + value)).toBe(1)
  },
)

test.each([-1, -64, -65, -128, -8192, -8193, -65_536])('a negative constant of %i is subtracted', (constant) => {
  const address = i32.add(local.get(0), i32.constant(constant))
  expect(new Float32Array(run(f32.store(address, one), 70_000 - constant))[70_000 / 4]).toBe(1)
})

test('code is repeated while its condition holds, at least once', () => {
  const storeAndGoOn = [...f32.store(local.get(1), one), ...local.set(1, i32.add(local.get(1), i32.constant(4)))]
  const loop = repeatWhile(storeAndGoOn, i32.below(local.get(1), local.get(0)))
  const countOnes = (end: number) => new Float32Array(run(loop, end)).filter((value) => value === 1).length
  expect([0, 4, 8, 4000].map(countOnes)).toEqual([1, 1, 2, 1000])
})

test('vectors are added, multiplied and taken apart', () => {
  const sum = f32x4.add(f32x4.mul(v128.constantFloat(3), v128.constantFloat(0.5)), v128.constantFloat(0.25))
  const body = [
    ...local.set(2, sum),
    ...f32.store(i32.constant(0), f32.add(f32x4.lane(local.get(2), 0), f32x4.lane(local.get(2), 3))),
  ]
  expect(new Float32Array(run(body))[0]).toBe(3.5)
})

test('integers of 16 bits are shifted, masked and shuffled', () => {
  const bits = v128.constant16(0xc123)
  const shifted = v128.and(i16x8.shiftRightSigned(bits, 4), v128.constant16(0xff0f))
  const pairs = v128.shuffle(
    i16x8.shiftLeft(bits, 4),
    shifted,
    [0, 1, 16, 17, 0, 1, 16, 17, 0, 1, 16, 17, 0, 1, 16, 17],
  )
  const word = new Uint32Array(run(f32.store(i32.constant(0), f32x4.lane(pairs, 2))))[0] ?? 0
  expect(word.toString(16)).toBe('fc021230')
})
