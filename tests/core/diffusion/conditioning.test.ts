// The context: text first, neighbours after it, all of unit length.

import { expect, test } from 'vitest'
import { createContext, createUnconditionalContext } from '../../../src/core/diffusion/conditioning.ts'

test('text comes first, neighbours in their order, each scaled to unit length', () => {
  const context = createContext(Float32Array.of(3, 4), [Float32Array.of(0, 2), Float32Array.of(-5, 0)])
  expect(context.dims).toEqual([1, 3, 2])
  const expected = [0.6, 0.8, 0, 1, -1, 0]
  expect([...context.data]).toEqual(expected.map(Math.fround))
})

test('without neighbours the context is the text alone', () => {
  expect(createContext(Float32Array.of(1, 0, 0), []).dims).toEqual([1, 1, 3])
})

test('the given vectors are left as they are', () => {
  const text = Float32Array.of(3, 4)
  createContext(text, [])
  expect([...text]).toEqual([3, 4])
})

test('the unconditional context is zeros for as many tokens', () => {
  const context = createContext(Float32Array.of(1, 0), [Float32Array.of(0, 1)])
  const unconditional = createUnconditionalContext(context)
  expect(unconditional.dims).toEqual([1, 2, 2])
  expect([...unconditional.data]).toEqual([0, 0, 0, 0])
})

test('vectors of another length or without a direction are refused', () => {
  expect(() => createContext(Float32Array.of(1, 0), [Float32Array.of(1)])).toThrow(/vector 1 has 1 numbers/)
  expect(() => createContext(Float32Array.of(1, 0), [Float32Array.of(0, 0)])).toThrow(/vector 1 has no direction/)
  expect(() => createContext(Float32Array.of(Number.NaN, 0), [])).toThrow(/vector 0 has no direction/)
})
