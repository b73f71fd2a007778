import { describe, expect, it } from 'vitest'
import { joinBytes } from '../../../src/core/formats/join-bytes.ts'

describe('joined bytes', () => {
  it('are all the pieces in their order, empty ones and all', () => {
    const pieces = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3), Uint8Array.of(4, 5, 6)]
    expect(joinBytes(pieces)).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6))
  })

  it('are none where there are no pieces', () => {
    expect(joinBytes([])).toEqual(new Uint8Array(0))
  })

  it('hold of a view only what it shows', () => {
    expect(joinBytes([Uint8Array.of(9, 1, 2, 9).subarray(1, 3), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('are a copy, of one piece too, in a buffer of their length', () => {
    const piece = Uint8Array.of(1, 2)
    const joined = joinBytes([piece])
    piece[0] = 7
    expect(joined).toEqual(Uint8Array.of(1, 2))
    expect(joined.buffer.byteLength).toBe(2)
  })
})
