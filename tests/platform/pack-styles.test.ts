// What a pack tells of its styles before it is open, read from a pack's files.

import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { writeCovers } from '../../src/core/pack/covers.ts'
import { directParser } from '../../src/core/pack/direct-parser.ts'
import { readPackStyles } from '../../src/platform/pack-styles.ts'
import { makeSmallPack } from '../core/pack/small-pack.ts'
import { thumbnailOf } from '../fixtures/webp-header.ts'

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function filesOf(change: (covers: Uint8Array) => Uint8Array | null = (covers) => covers) {
  const { manifest } = makeSmallPack()
  const covers = await writeCovers(new Map([['ink', thumbnailOf('ink')]]))
  const files = { ...manifest.files, 'covers.zip': { byteLength: covers.byteLength, sha256: hash(covers) } }
  const asked: string[] = []
  const read = async (path: string) => {
    asked.push(path)
    const bytes =
      path === 'pack.json'
        ? new TextEncoder().encode(JSON.stringify({ ...manifest, covers: 'covers.zip', files }))
        : change(covers)
    if (bytes === null) throw new Error(`${path} is missing`)
    return bytes
  }
  return { read, asked, parser: directParser }
}

it('gives names and covers, and asks for no database', async () => {
  const files = await filesOf()
  const { styles, readCovers } = await readPackStyles(files)
  expect(styles).toEqual([{ id: 'ink', name: 'Ink', rows: 1, heldOut: false }])
  const cover = (await readCovers())?.get('ink')
  expect(cover?.type).toBe('image/webp')
  expect([...new Uint8Array((await cover?.arrayBuffer()) ?? [])]).toEqual([...thumbnailOf('ink')])
  expect(files.asked).toEqual(['pack.json', 'covers.zip'])
})

it('has no covers of a pack of before covers', async () => {
  const bytes = makeSmallPack().files.get('pack.json') ?? new Uint8Array()
  const { readCovers } = await readPackStyles({ read: async () => bytes, parser: directParser })
  expect(await readCovers()).toBeNull()
})

it.each([
  ['missing', () => null, /covers\.zip is missing/],
  ['altered', (covers: Uint8Array) => covers.map((byte, i) => (i === 40 ? byte ^ 1 : byte)), /SHA-256 is/],
  ['cut short', (covers: Uint8Array) => covers.subarray(1), /bytes, not/],
])('rejects covers that are %s, after it gave the names', async (_, change, reason) => {
  const { styles, readCovers } = await readPackStyles(await filesOf(change))
  expect(styles).toHaveLength(1)
  await expect(readCovers()).rejects.toThrow(reason)
})
