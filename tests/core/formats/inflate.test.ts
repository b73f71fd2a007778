import { deflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { inflateRaw } from '../../../src/core/formats/inflate.ts'
import { seededRandom } from '../../seeded-random.ts'

const random = seededRandom(3)
/** Which DEFLATE can hardly make any smaller. */
const noise = Uint8Array.from({ length: 100_000 }, () => Math.floor(random() * 256))
const packed = new Uint8Array(deflateRawSync(noise))

it.each([packed.length, 40_000, 32 << 10])('inflates what comes in pieces of %d bytes', async (length) => {
  async function* pieces() {
    for (let at = 0; at < packed.length; at += length) yield packed.subarray(at, at + length)
  }
  const inflated: Uint8Array[] = []
  for await (const piece of inflateRaw(pieces())) inflated.push(piece)
  expect(Buffer.concat(inflated).equals(noise)).toBe(true)
})

it('lets go of its source where nobody asks for more', async () => {
  let isOpen = false
  async function* pieces() {
    isOpen = true
    try {
      for (;;) yield packed
    } finally {
      isOpen = false
    }
  }
  for await (const _ of inflateRaw(pieces())) {
    expect(isOpen).toBe(true)
    break
  }
  expect(isOpen).toBe(false)
})
