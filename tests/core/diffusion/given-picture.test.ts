import { describe, expect, it } from 'vitest'
import { readEmbedding, writeEmbedding } from '../../../src/core/diffusion/given-picture.ts'

describe('a given picture’s embedding', () => {
  it('comes back from text as it was, at unit length and in half precision', () => {
    const embedding = Float32Array.of(3, -4, 0, 0.001)
    const text = writeEmbedding(embedding)
    expect(text).toMatch(/^[0-9a-f]{16}$/)
    const read = readEmbedding({ id: 'a', embedding: text }, 4)
    for (const [i, value] of read.entries()) expect(value).toBeCloseTo((embedding[i] ?? 0) / 5, 3)
    expect(Math.hypot(...read)).toBeCloseTo(1, 6)
  })

  it('is the same text, and the same numbers, once it was text', () => {
    const text = writeEmbedding(Float32Array.from({ length: 192 }, (_, i) => Math.sin(i * i)))
    const read = readEmbedding({ id: 'a', embedding: text }, 192)
    expect(readEmbedding({ id: 'a', embedding: text }, 192)).toEqual(read)
    const again = readEmbedding({ id: 'a', embedding: writeEmbedding(read) }, 192)
    expect(Math.max(...again.map((value, i) => Math.abs(value - (read[i] ?? 0))))).toBeLessThan(1e-3)
  })

  it.each([
    ['another length', '3c000000', 3],
    ['no text of numbers', '3c00zz00', 2],
    ['upper case', '3C000000', 2],
    ['no direction', '00000000', 2],
    ['an infinity', '7c000000', 2],
    ['a NaN', '7e000000', 2],
    ['nothing', '', 2],
  ])('is refused for %s', (_, embedding, dim) => {
    expect(() => readEmbedding({ id: 'a', embedding }, dim)).toThrow(RangeError)
  })

  it('without a direction is not written', () => {
    expect(() => writeEmbedding(new Float32Array(4))).toThrow(RangeError)
  })
})
