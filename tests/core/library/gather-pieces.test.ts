import { expect, it } from 'vitest'
import { gatherPieces } from '../../../src/core/library/gather-pieces.ts'

const PIECE_BYTES = 4 << 20

/** Writes pieces of these lengths, each filled with its number. */
async function gather(...lengths: number[]): Promise<Uint8Array[]> {
  const written: Uint8Array[] = []
  const pieces = gatherPieces(async (piece) => void written.push(piece))
  for (const [i, length] of lengths.entries()) await pieces.write(new Uint8Array(length).fill(i + 1))
  await pieces.end()
  return written
}

it('makes one piece of many small ones, in their order', async () => {
  expect(await gather(2, 1, 0, 1)).toEqual([Uint8Array.of(1, 1, 2, 4)])
})

it('makes pieces of at most four MiB, but for bytes that came as more', async () => {
  const written = await gather(PIECE_BYTES - 1, 2, PIECE_BYTES + 3, 5)
  expect(written.map(({ byteLength }) => byteLength)).toEqual([PIECE_BYTES - 1, 2, PIECE_BYTES + 3, 5])
  expect(written.map((piece) => piece[0])).toEqual([1, 2, 3, 4])
})

it('writes nothing where nothing came, and copies what comes', async () => {
  expect(await gather()).toEqual([])
  const written: Uint8Array[] = []
  const pieces = gatherPieces(async (piece) => void written.push(piece))
  const bytes = new Uint8Array(PIECE_BYTES + 1).fill(7)
  await pieces.write(bytes)
  bytes.fill(0)
  expect(written[0]?.[0]).toBe(7)
})
