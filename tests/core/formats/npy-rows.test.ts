import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { writeNpy } from '../../../src/core/formats/npy.ts'
import { readNpyHeader, readNpyRows, sourcePieces } from '../../../src/core/formats/npy-rows.ts'

describe('an npy file, row by row,', () => {
  it('is closed again once it is read, however that ends', async () => {
    let open = 0
    async function* pieces() {
      open++
      try {
        yield writeNpy({ dtype: 'f4', dims: [2, 1], data: Float32Array.of(1, 2) })
        for (;;) yield new Uint8Array(1 << 16)
      } finally {
        open--
      }
    }
    expect(await readNpyHeader(pieces)).toMatchObject({ dims: [2, 1] })
    expect(open).toBe(0)
    for await (const _ of readNpyRows(pieces, 1)) break
    expect(open).toBe(0)
    const rows = readNpyRows(pieces, 2)
    await rows.next()
    await expect(rows.next()).rejects.toThrow('npy: goes on after its 2 rows')
    expect(open).toBe(0)
  })

  it('has rows of a MiB at most', async () => {
    for (const [length, isRead] of [
      [1 << 18, true],
      [(1 << 18) + 1, false],
    ] as const) {
      const rows = readNpyRows(
        sourcePieces(bytesSource(writeNpy({ dtype: 'f4', dims: [1, length], data: new Float32Array(length) }))),
        1,
      ).next()
      if (isRead) expect((await rows).value?.data.length).toBe(length)
      else await expect(rows).rejects.toThrow('npy: [1, 262145] has no rows of up to 1048576 bytes (at byte 10)')
    }
  })

  it('has all its rows where it is longer than what is read of it at first', async () => {
    const data = Float32Array.from({ length: 60_000 }, (_, i) => i)
    const pieces = sourcePieces(bytesSource(writeNpy({ dtype: 'f4', dims: [20_000, 3], data })))
    const read: number[] = []
    for await (const block of readNpyRows(pieces, 7000)) read.push(...(block.data as Float32Array))
    expect(Float32Array.from(read)).toEqual(data)
  })

  it('tells of its last block what there is of it', async () => {
    const bytes = writeNpy({ dtype: 'f4', dims: [5, 2], data: new Float32Array(10) }).subarray(0, -3)
    const rows = readNpyRows(sourcePieces(bytesSource(bytes)), 2)
    await rows.next()
    await rows.next()
    await expect(rows.next()).rejects.toThrow('npy: [5, 2] of f4 needs 40 bytes, there are 37 (at byte 128)')
  })
})
