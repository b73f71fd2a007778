// Embeddings in memory: taken over from the database opened before, in parts of bounded size, or read anew for each search.

import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { joinBytes } from '../../../src/core/formats/join-bytes.ts'
import { indexDatabase } from '../../../src/core/library/database-index.ts'
import type { Library, NewRow } from '../../../src/core/library/library.ts'
import { isSameToSearch } from '../../../src/core/library/open-database.ts'
import { openStyleDatabase } from '../../../src/core/retrieval/style-database.ts'
import { createSimulatedDisk } from '../storage/simulated-disk.ts'
import { createSimulatedLock } from '../storage/simulated-lock.ts'
import { CLIP, embed, many, openLibrary, readEmbeddings, row } from './world.ts'

const ROW_BYTES = 2 * CLIP.dim
const limits = { chunkRows: 3, chunksPerBatch: 2, partBytes: 7 * ROW_BYTES }

async function setUp(rows: readonly NewRow[], more: { readonly residentBytes?: number } = {}) {
  const disk = createSimulatedDisk()
  const asked: string[] = []
  const counted = {
    ...{ get: disk.get, keys: disk.keys, commit: disk.commit },
    getMany: (keys: readonly string[]) => {
      asked.push(
        ...keys.filter((key) => /^(items|embeddings|thumbs)\//.test(key)).map((key) => key.split('/')[0] ?? ''),
      )
      return disk.getMany(keys)
    },
  }
  const library = openLibrary(counted, createSimulatedLock(), { ...limits, ...more })
  const { databaseId } = await library.create({ name: 'Mine', clip: CLIP }, rows)
  const open = (before?: Awaited<ReturnType<Library['openDatabase']>>) =>
    library.openDatabase(databaseId, { withEmbeddings: true, before })
  return { disk, asked, library, databaseId, open }
}

describe('a database that is opened anew', () => {
  it('reads no rows where only its name changed', async () => {
    const { asked, library, databaseId, open } = await setUp(many('x', 20))
    const before = await open()
    const hash = await before.hash()
    expect(asked.filter((kind) => kind === 'embeddings')).toHaveLength(7)
    asked.length = 0
    await library.rename(databaseId, 'Other')
    const after = await open(before)
    expect(after.summary.name).toBe('Other')
    expect(after.items).toBe(before.items)
    expect(await after.embeddingParts()).toBe(await before.embeddingParts())
    expect(isSameToSearch(before, after)).toBe(true)
    expect(await after.hash()).toBe(hash)
    expect(asked).toEqual([])
  })

  it('reads the chunks that are new or have grown where rows were appended, and keeps the others’ arrays', async () => {
    const { asked, library, databaseId, open } = await setUp(many('x', 19))
    const before = await open()
    await library.appendRows(databaseId, many('y', 4))
    asked.length = 0
    const after = await open(before)
    expect(asked.toSorted()).toEqual(['embeddings', 'embeddings', 'items', 'items'])
    const [old, now] = [(await before.embeddingParts()) ?? [], (await after.embeddingParts()) ?? []]
    expect([old.length, now.length]).toEqual([3, 4])
    expect([now[0] === old[0], now[1] === old[1]]).toEqual([true, true])
    expect(await readEmbeddings(after)).toEqual(await readEmbeddings(await open()))
    expect(isSameToSearch(before, after)).toBe(false)
  })

  it('reads its parts when they are asked for where it was opened without them', async () => {
    const { asked, library, databaseId, open } = await setUp(many('x', 20))
    const opened = await library.openDatabase(databaseId)
    asked.length = 0
    const parts = await opened.embeddingParts()
    expect(asked.filter((kind) => kind === 'embeddings')).toHaveLength(7)
    expect(parts).toEqual(await (await open()).embeddingParts())
  })

  it('is hashed once its rows can be read, where they could not at first', async () => {
    const { disk, library, databaseId, open } = await setUp(many('x', 9))
    const expected = await (await open()).hash()
    const opened = await library.openDatabase(databaseId)
    const records = disk.records as Map<string, unknown>
    const key = [...records.keys()].find((name) => name.startsWith('embeddings/')) ?? ''
    const record = records.get(key)
    records.delete(key)
    await expect(opened.hash()).rejects.toBeInstanceOf(Error)
    records.set(key, record)
    expect(await opened.hash()).toBe(expected)
  })

  it('reads one chunk’s items where a caption changed, also to one as long', async () => {
    const { asked, library, databaseId, open } = await setUp(many('x', 9))
    const before = await open()
    await library.setCaption(databaseId, before.items[4]?.id ?? '', 'zz')
    await library.setCaption(databaseId, before.items[4]?.id ?? '', 'x5')
    asked.length = 0
    const after = await open(before)
    expect(asked).toEqual(['items'])
    expect(after.items.map(({ caption }) => caption)).toEqual(['x0', 'x1', 'x2', 'x3', 'x5', 'x5', 'x6', 'x7', 'x8'])
    expect(await after.embeddingParts()).toBe(await before.embeddingParts())
    expect(isSameToSearch(before, after)).toBe(true)
  })

  it('is as one that is opened for the first time, whatever was done to it', async () => {
    const { asked, library, databaseId, open } = await setUp(many('x', 17))
    const { databaseId: other } = await library.create({ name: 'Other', clip: CLIP }, many('z', 5))
    const idOf = (before: Awaited<ReturnType<typeof open>>, at: number) => before.items[at]?.id ?? ''
    let before = await open()
    const changes: readonly (() => Promise<unknown>)[] = [
      () => library.removeItems(databaseId, [idOf(before, 4)]),
      () => library.appendRows(databaseId, many('y', 1)),
      () => library.appendRows(databaseId, [row('w'), row('v')]),
      () => library.removeItems(databaseId, [idOf(before, 0), idOf(before, 11)]),
      () => library.merge(databaseId, other),
      () => library.setCaption(databaseId, idOf(before, 3), 'new'),
      () =>
        library.removeItems(
          databaseId,
          before.items.slice(2, 9).map(({ id }) => id),
        ),
      ...Array.from({ length: 9 }, (_, i) => () => library.appendRows(databaseId, many(`u${i}`, 2))),
    ]
    for (const change of changes) {
      await change()
      asked.length = 0
      const after = await open(before)
      const reads = asked.length
      const fresh = await open()
      expect(after.items).toEqual(fresh.items)
      expect(await readEmbeddings(after)).toEqual(await readEmbeddings(fresh))
      expect(await after.hash()).toBe(await fresh.hash())
      expect(reads).toBeLessThan(12)
      const parts = (await after.embeddingParts()) ?? []
      expect(parts.every(({ length }) => length <= 7 * CLIP.dim)).toBe(true)
      // At least every other is half full.
      expect(parts.length).toBeLessThanOrEqual(1 + (2 * after.items.length) / 3.5)
      before = after
    }
  })
})

describe('a database that is too large for memory', () => {
  const query = embed('query', CLIP)

  it('is searched on the disk, and finds what it would find in memory', async () => {
    const rows = many('x', 40)
    const resident = await (await setUp(rows)).open()
    const { open, asked } = await setUp(rows, { residentBytes: 39 * ROW_BYTES })
    const streamed = await open()
    expect(await streamed.embeddingParts()).toBeNull()
    const [inMemory, onDisk] = [await indexDatabase(resident), await indexDatabase(streamed)]
    asked.length = 0
    expect(await onDisk.search(query, 7)).toEqual(await inMemory.search(query, 7))
    expect(asked).toEqual(Array(14).fill('embeddings'))
    for (const at of [0, 17, 39]) expect(await onDisk.embedding(at)).toEqual(await inMemory.embedding(at))
    expect(await streamed.hash()).toBe(await resident.hash())
  })

  it('is saved as the same file', async () => {
    const { disk, databaseId } = await setUp(many('x', 20))
    const save = async (residentBytes: number) => {
      const pieces: Uint8Array[] = []
      const library = openLibrary(disk, createSimulatedLock(), { ...limits, residentBytes })
      await library.exportDatabase(databaseId, async (piece) => void pieces.push(piece))
      return joinBytes(pieces)
    }
    const file = await save(2 ** 30)
    expect(await save(ROW_BYTES)).toEqual(file)
    const { embeddings } = await openStyleDatabase(bytesSource(file))
    const opened = await openLibrary(disk).openDatabase(databaseId)
    expect(embeddings).toEqual(await readEmbeddings(opened))
  })

  it('reads no rows again where only its name changed', async () => {
    const { asked, library, databaseId, open } = await setUp(many('x', 20), { residentBytes: ROW_BYTES })
    const before = await open()
    asked.length = 0
    await library.rename(databaseId, 'Other')
    const after = await open(before)
    expect([after.items === before.items, isSameToSearch(before, after)]).toEqual([true, true])
    expect(asked).toEqual([])
  })
})
