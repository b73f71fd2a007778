import { describe, expect, it } from 'vitest'
import { crc32 } from '../../../src/core/formats/crc32.ts'
import { openZip } from '../../../src/core/formats/zip.ts'
import { centralHeader, endRecords, localHeader } from '../../../src/core/formats/zip-records.ts'

const MOST_16 = 0xffff
const MOST_32 = 0xffffffff
const text = (words: string) => new TextEncoder().encode(words)
const versionOf = (header: Uint8Array, at: number) => header[at]

/** Parts one behind the other; a number stands for as many bytes that are never read. */
function sparseSource(parts: readonly (Uint8Array | number)[]) {
  const lengthOf = (part: Uint8Array | number) => (typeof part === 'number' ? part : part.length)
  return {
    byteLength: parts.reduce<number>((sum, part) => sum + lengthOf(part), 0),
    async slice(from: number, to: number) {
      const bytes = new Uint8Array(to - from)
      let at = 0
      for (const part of parts) {
        if (typeof part !== 'number' && at < to && at + part.length > from) {
          const [first, last] = [Math.max(from, at), Math.min(to, at + part.length)]
          bytes.set(part.subarray(first - at, last - at), first - from)
        }
        at += lengthOf(part)
      }
      return bytes
    },
  }
}

describe('the records of a zip', () => {
  it.each([
    [MOST_32 - 100, false, false],
    [MOST_32 - 1, false, true],
    [MOST_32, true, true],
    [MOST_32 + 5000, true, true],
  ])('of an entry of %d bytes and one behind it are read back', async (size, isLarge, isFar) => {
    const content = text('small')
    const large = { name: text('large'), crc: 7, size, start: 0 }
    const local = localHeader(large)
    const small = { name: text('s'), crc: crc32(content), size: content.length, start: local.length + size }
    const smallLocal = localHeader(small)
    const centrals = [centralHeader(large), centralHeader(small)] as const
    const start = small.start + smallLocal.length + content.length
    const end = endRecords(2, start, centrals[0].length + centrals[1].length)
    const zip = await openZip(sparseSource([local, size, smallLocal, content, ...centrals, end]))
    expect([...zip.entries]).toEqual([
      ['large', size],
      ['s', content.length],
    ])
    expect(await zip.read('s')).toEqual(content)
    expect(versionOf(local, 4)).toBe(isLarge ? 45 : 20)
    expect(local.length).toBe(30 + 'large'.length + (isLarge ? 4 + 16 : 0))
    expect(versionOf(centrals[0], 4)).toBe(isLarge ? 45 : 20)
    expect(centrals[0].length).toBe(46 + 'large'.length + (isLarge ? 4 + 16 : 0))
    expect(versionOf(centrals[1], 4)).toBe(isFar ? 45 : 20)
    expect(centrals[1].length).toBe(46 + 's'.length + (isFar ? 4 + 8 : 0))
  })

  it.each([
    ['entries', [MOST_16, 0, 0]],
    ['bytes in its directory', [0, 0, MOST_32]],
    ['bytes before it', [0, MOST_32, 0]],
  ] as const)('have an end in 64 bits from so many %s on', (_, [count, start, size]) => {
    const less = (value: number) => Math.max(0, value - 1)
    expect(endRecords(less(count), less(start), less(size)).length).toBe(22)
    expect(endRecords(count, start, size).length).toBe(56 + 20 + 22)
  })
})
