import { expect, it } from 'vitest'
import { readCovers, writeCovers } from '../../../src/core/pack/covers.ts'
import { directParser } from '../../../src/core/pack/direct-parser.ts'
import { HUGE_THUMBNAIL, lossyWebp } from '../../fixtures/webp-header.ts'

const picture = lossyWebp(96, 96, 'picture')
const databases = ['ink', 'oil'].map((id) => ({ id, name: id, rows: 1, heldOut: false, file: `databases/${id}.zip` }))

/** Reads `bytes` as the covers of a pack with the styles ink and oil. */
const readFrom = (bytes: Uint8Array, byteLength = bytes.byteLength) =>
  readCovers({
    manifest: { databases, covers: 'covers.zip', files: { 'covers.zip': { byteLength, sha256: '' } } },
    read: async () => bytes,
    parser: directParser,
  })

it('gives the styles of the pack their covers, and no others', async () => {
  const bytes = await writeCovers(
    new Map([
      ['oil', picture],
      ['elsewhere', picture],
    ]),
  )
  expect(await readFrom(bytes)).toEqual(new Map([['oil', picture]]))
})

it('writes the same bytes of the same covers', async () => {
  const covers = new Map([['ink', picture]])
  expect(await writeCovers(covers)).toEqual(await writeCovers(covers))
})

it('reads nothing of a pack without covers', async () => {
  const read = async () => {
    throw new Error('read')
  }
  expect(await readCovers({ manifest: { databases, files: {} }, read, parser: directParser })).toBeNull()
})

it('reads no file that is longer than covers are', async () => {
  await expect(readFrom(new Uint8Array(), 5_000_000)).rejects.toThrow(/^pack: covers\.zip: 5000000 bytes are too many/)
})

it('reads no picture that is longer than a cover is', async () => {
  const bytes = await writeCovers(new Map([['ink', new Uint8Array(65_537)]]))
  await expect(readFrom(bytes)).rejects.toThrow('pack: ink.webp has 65537 bytes')
})

it('passes over what is no picture of a thumbnail’s size', async () => {
  for (const hostile of [HUGE_THUMBNAIL, Uint8Array.of(1, 2, 3)]) {
    const bytes = await writeCovers(
      new Map([
        ['ink', hostile],
        ['oil', picture],
      ]),
    )
    expect(await readFrom(bytes)).toEqual(new Map([['oil', picture]]))
  }
})

it('refuses a damaged picture', async () => {
  const bytes = await writeCovers(new Map([['ink', picture]]))
  const at = bytes.findIndex((_, i) => bytes[i] === 0x9d && bytes[i + 1] === 1 && bytes[i + 2] === 0x2a)
  bytes[at] = 9
  await expect(readFrom(bytes)).rejects.toThrow(/^zip: /)
})
