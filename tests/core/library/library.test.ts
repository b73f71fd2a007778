// The library as its callers use it: what is appended, moved, removed and found again, and what is refused.

import { describe, expect, it } from 'vitest'
import { StorageError } from '../../../src/core/storage/storage-error.ts'
import { createSimulatedDisk } from '../storage/simulated-disk.ts'
import { createSimulatedLock } from '../storage/simulated-lock.ts'
import { findFaults } from './find-faults.ts'
import { CLIP, embed, look, many, OTHER_CLIP, openLibrary, readEmbeddings, row, rows, sha256 } from './world.ts'

async function setUp(...pictures: ReturnType<typeof rows>) {
  const disk = createSimulatedDisk()
  const library = openLibrary(disk)
  await library.sweep()
  const { databaseId } = await library.create({ name: 'Mine', clip: CLIP }, pictures)
  const ids = async (id = databaseId) => (await library.openDatabase(id)).items.map(({ id }) => id)
  const captions = async (id = databaseId) => (await library.openDatabase(id)).items.map(({ caption }) => caption)
  return { disk, library, databaseId, ids, captions }
}

describe('appending', () => {
  it('keeps rows in their order, with all that they came with', async () => {
    const { library, databaseId } = await setUp(...many('x', 5))
    await library.appendRows(databaseId, many('y', 4))
    const opened = await library.openDatabase(databaseId)
    expect(opened.items.map(({ caption }) => caption)).toEqual(['x0', 'x1', 'x2', 'x3', 'x4', 'y0', 'y1', 'y2', 'y3'])
    expect(opened.items[6]).toEqual({
      id: sha256('y1').slice(0, 16),
      caption: 'y1',
      sha256: sha256('y1'),
      width: 640,
      height: 480,
      hasImage: true,
    })
    expect(new TextDecoder().decode((await opened.image(6)) ?? undefined)).toBe('image of y1')
    const thumbnails = await opened.thumbnails([8, 0, 8])
    expect(thumbnails.map((bytes) => new TextDecoder().decode(bytes ?? undefined))).toEqual([
      'thumbnail of y3',
      'thumbnail of x0',
      'thumbnail of y3',
    ])
  })

  it('gives the rows in sight, wherever they lie, and reads no others', async () => {
    const { disk, databaseId } = await setUp(...many('x', 3), ...many('y', 20))
    const asked: string[] = []
    const library = openLibrary({
      ...disk,
      getMany: (keys) => {
        asked.push(...keys)
        return disk.getMany(keys)
      },
    })
    const names = [...many('x', 3), ...many('y', 20)].map(({ caption }) => caption)
    for (const [from, count] of [
      [0, 1],
      [2, 2],
      [4, 9],
      [22, 5],
      [23, 5],
      [90, 3],
      [0, 99],
    ] as const) {
      const { items, thumbnails, rows } = await library.readRows(databaseId, from, count)
      expect(items.map(({ caption }) => caption)).toEqual(names.slice(from, from + count))
      const shown = thumbnails.map((bytes) => new TextDecoder().decode(bytes ?? undefined))
      expect(shown).toEqual(names.slice(from, from + count).map((name) => `thumbnail of ${name}`))
      expect(rows).toBe(23)
      // Chunks of three rows: at most two more than the rows fill.
      const chunks = new Set(asked.filter((key) => key.startsWith('items/')))
      expect(chunks.size).toBeLessThanOrEqual(Math.ceil(Math.min(count, 23) / 3) + 1)
      asked.length = 0
    }
  })

  it('gives a sample of its numbers from all over it, and all of them where they are few', async () => {
    const { library, databaseId } = await setUp(...many('x', 20))
    const { dim } = CLIP
    const rowsOf = (numbers: Uint16Array) =>
      Array.from({ length: numbers.length / dim }, (_, at) => numbers.slice(at * dim, (at + 1) * dim).join())
    const all = rowsOf(await readEmbeddings(await library.openDatabase(databaseId)))
    const places = rowsOf(await library.sample(databaseId, 2)).map((row) => all.indexOf(row))
    // Two chunks of three rows each.
    expect(places).toHaveLength(6)
    expect(places).not.toContain(-1)
    expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(8)
    expect(rowsOf(await library.sample(databaseId, 100))).toEqual(all)
  })

  it('scales embeddings to unit length, in half precision', async () => {
    const { library, databaseId } = await setUp(row('x', { embedding: Float32Array.of(3, 0, -4, 0) }))
    const halves = await readEmbeddings(await library.openDatabase(databaseId))
    expect([...halves]).toEqual([0x38cd, 0, 0xba66, 0])
  })

  it('makes one row of a picture that comes again, in one batch or later, and says so', async () => {
    const { library, databaseId, captions } = await setUp(...many('x', 3))
    const appended = await library.appendRows(databaseId, rows('x1', 'new', 'x2', 'new'))
    expect(appended).toEqual({ ids: [null, sha256('new').slice(0, 16), null, null], added: 1, duplicates: 3 })
    expect(await captions()).toEqual(['x0', 'x1', 'x2', 'new'])
    expect(await library.knownHashes(databaseId)).toEqual(
      new Set(['x0', 'x1', 'x2', 'new'].map((name) => sha256(name))),
    )
  })

  it('gives rows of one id different ones', async () => {
    const { ids } = await setUp(...['a', 'b', 'c'].map((name) => row(name, { id: '__proto__' })))
    expect(await ids()).toEqual(['__proto__', '__proto__-2', '__proto__-3'])
  })

  it('keeps no more of a view than it shows', async () => {
    const buffer = new Uint8Array(1_000_000)
    const { disk } = await setUp(row('x', { image: buffer.subarray(0, 10), thumbnail: buffer.subarray(5, 8) }))
    const images = [...disk.records].filter(([key]) => key.startsWith('image/'))
    expect(images.map(([, value]) => (value as { bytes: Uint8Array }).bytes.buffer.byteLength)).toEqual([10])
  })

  it.each([
    ['of another length', Float32Array.of(1, 2, 3)],
    ['of zeros', new Float32Array(4)],
    ['with a NaN', Float32Array.of(Number.NaN, 1, 1, 1)],
    ['of zeros, in halves', new Uint16Array(4)],
    ['with an infinity, in halves', Uint16Array.of(0x7c00, 0, 0, 0)],
  ])('refuses a row %s, and the rows beside it', async (_, embedding) => {
    const { library, databaseId, captions } = await setUp(row('x'))
    await expect(library.appendRows(databaseId, [row('y'), row('z', { embedding })])).rejects.toThrow(RangeError)
    expect(await captions()).toEqual(['x'])
  })

  it('adds up what a database takes', async () => {
    const { library, databaseId } = await setUp()
    const before = await library.find(databaseId)
    expect(before).toMatchObject({ rows: 0, images: 0, bytes: 0 })
    await library.appendRows(databaseId, [row('x', { image: new Uint8Array(5000) }), row('y', { image: null })])
    const { rows, images, bytes, revision } = await library.find(databaseId)
    expect([rows, images]).toEqual([2, 1])
    expect(bytes).toBeGreaterThan(5000)
    expect(bytes).toBeLessThan(6000)
    expect(revision).toBeGreaterThan(before.revision)
  })
})

describe('an import', () => {
  const start = (databaseId: string) => ({
    version: 1 as const,
    id: 'import-1',
    databaseId,
    name: 'holiday',
    source: { handles: [] },
    total: 9,
    done: 0,
    added: 0,
    duplicates: 0,
    skipped: [],
  })

  it('is offered until it ends, but while it runs', async () => {
    const { disk, library, databaseId } = await setUp()
    await library.appendRows(databaseId, many('x', 2), ({ added }) => ({ ...start(databaseId), done: 2, added }))
    expect(await library.imports()).toEqual([{ ...start(databaseId), done: 2, added: 2 }])
    const lock = createSimulatedLock()
    const [one, two] = [openLibrary(disk, lock), openLibrary(disk, lock)]
    await one.whileImporting('import-1', async () => {
      expect(await two.imports()).toEqual([])
      await expect(two.whileImporting('import-1', async () => 1)).rejects.toThrow(StorageError)
    })
    expect(await two.imports()).toHaveLength(1)
    await two.endImport('import-1')
    expect(await library.imports()).toEqual([])
  })

  it('keeps its record where every row was a duplicate', async () => {
    const { library, databaseId } = await setUp(...many('x', 2))
    await library.appendRows(databaseId, many('x', 2), ({ duplicates }) => ({ ...start(databaseId), duplicates }))
    expect((await library.imports())[0]?.duplicates).toBe(2)
  })

  it('ends with its database, and is not brought back', async () => {
    const { library, databaseId } = await setUp()
    await library.saveImport(start(databaseId))
    await library.remove(databaseId)
    expect(await library.imports()).toEqual([])
    await expect(library.saveImport(start(databaseId))).rejects.toMatchObject({ code: 'database-missing' })
    await library.undoRemove(databaseId)
    expect(await library.imports()).toEqual([])
  })
})

describe('a removed database', () => {
  it('is neither listed nor opened nor written to, and comes back as it was', async () => {
    const { library, databaseId, captions } = await setUp(...many('x', 5))
    await library.remove(databaseId)
    expect(await library.list()).toEqual([])
    const calls = [
      library.openDatabase(databaseId),
      library.appendRows(databaseId, rows('y')),
      library.rename(databaseId, 'y'),
      library.cover(databaseId, 4),
      library.remove(databaseId),
    ]
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'database-missing' })
    await library.undoRemove(databaseId)
    expect(await captions()).toEqual(['x0', 'x1', 'x2', 'x3', 'x4'])
  })

  it('can be brought back in the next visit, and is deleted after that', async () => {
    const { disk, library, databaseId } = await setUp(...many('x', 5))
    await library.remove(databaseId)
    await openLibrary(disk).sweep()
    expect(await library.listRemoved()).toHaveLength(1)
    await openLibrary(disk).sweep()
    expect(await library.listRemoved()).toEqual([])
    expect([...disk.records.keys()]).toEqual(['library', 'spare/library'])
  })

  it('is deleted at once where that is asked for, and its room is free', async () => {
    const { disk, library, databaseId } = await setUp(...many('x', 15))
    const { databaseId: other } = await library.create({ name: 'Other', clip: CLIP }, many('x', 15))
    await library.purge(databaseId)
    expect((await library.list()).map(({ id }) => id)).toEqual([other])
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
    await expect(library.undoRemove(databaseId)).rejects.toMatchObject({ code: 'database-missing' })
  })

  it('is deleted also where records of it were lost', async () => {
    const { disk, library, databaseId } = await setUp(...many('x', 8))
    const lost = [...disk.records.keys()].filter((key) => key.startsWith('items/') || key.startsWith('thumbs/'))
    await disk.commit({ delete: lost.slice(1) }, 'strict')
    await library.purge(databaseId)
    expect(await library.list()).toEqual([])
  })
})

describe('moving rows', () => {
  it('merges databases: what both have stays once, and what came from stays readable', async () => {
    const { disk, library, databaseId, captions } = await setUp(...many('x', 4))
    const { databaseId: from } = await library.create({ name: 'From', clip: CLIP }, [
      ...rows('x2', 'y0'),
      ...many('z', 9),
    ])
    await library.merge(databaseId, from)
    const expected = ['x0', 'x1', 'x2', 'x3', 'y0', ...Array.from({ length: 9 }, (_, i) => `z${i}`)]
    expect((await captions()).toSorted()).toEqual(expected)
    expect((await library.list()).map(({ id }) => id)).toEqual([databaseId])
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('takes whole chunks over without rewriting them', async () => {
    const { disk, library, databaseId } = await setUp(...many('x', 3))
    const { databaseId: from } = await library.create({ name: 'From', clip: CLIP }, many('y', 300))
    const chunks = () => [...disk.records.keys()].filter((key) => key.startsWith('items/')).toSorted()
    const before = chunks()
    await library.merge(databaseId, from)
    expect(chunks()).toEqual(before)
    expect((await library.find(databaseId)).rows).toBe(303)
  })

  it('moves single rows, and gives those a new id whose own is taken', async () => {
    const { library, databaseId, ids } = await setUp(row('a', { id: '1' }), row('b', { id: '2' }))
    const { databaseId: from } = await library.create({ name: 'From', clip: CLIP }, [
      row('c', { id: '1' }),
      row('d', { id: '9' }),
      row('e', { id: '3' }),
    ])
    await library.moveItems(from, databaseId, ['1', '3', 'not there'])
    expect(await ids()).toEqual(['1', '2', '1-2', '3'])
    expect(await ids(from)).toEqual(['9'])
  })

  it('removes single rows with their images, down to none', async () => {
    const { disk, library, databaseId, ids, captions } = await setUp(...many('x', 7))
    const all = await ids()
    await library.removeItems(databaseId, [all[1] ?? '', all[5] ?? '', 'not there'])
    expect(await captions()).toEqual(['x0', 'x2', 'x3', 'x4', 'x6'])
    await library.removeItems(databaseId, all)
    expect(await library.find(databaseId)).toMatchObject({ rows: 0, bytes: 0 })
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
    await library.appendRows(databaseId, rows('x0'))
    expect(await captions()).toEqual(['x0'])
  })

  it('refuses to mix CLIPs', async () => {
    const { library, databaseId } = await setUp(...many('x', 4))
    const { databaseId: other } = await library.create({ name: 'Other', clip: OTHER_CLIP })
    await expect(library.merge(databaseId, other)).rejects.toMatchObject({ code: 'database-other-clip' })
    await expect(library.moveItems(databaseId, other, ['x'])).rejects.toMatchObject({ code: 'database-other-clip' })
  })

  it('leaves a database that is merged into itself as it is', async () => {
    const { library, databaseId, captions } = await setUp(...many('x', 4))
    await library.merge(databaseId, databaseId)
    expect(await captions()).toHaveLength(4)
  })
})

describe('an open database', () => {
  it('shows what it was opened with while rows are appended', async () => {
    const { library, databaseId } = await setUp(...many('x', 4))
    const opened = await library.openDatabase(databaseId)
    await library.appendRows(databaseId, many('y', 9))
    expect(await readEmbeddings(opened)).toHaveLength(16)
    expect(new TextDecoder().decode((await opened.thumbnail(3)) ?? undefined)).toBe('thumbnail of x3')
  })

  it('never shows other rows for those that were taken away: it says that they are missing', async () => {
    const { library, databaseId, ids } = await setUp(...many('x', 4))
    const opened = await library.openDatabase(databaseId)
    await library.removeItems(databaseId, [(await ids())[0] ?? ''])
    await expect(opened.thumbnail(1)).rejects.toMatchObject({ code: 'database-missing' })
    await expect(readEmbeddings(opened)).rejects.toMatchObject({ code: 'database-missing' })
    expect(new TextDecoder().decode((await opened.thumbnail(3)) ?? undefined)).toBe('thumbnail of x3')
  })

  it('has one hash, however its rows came to lie', async () => {
    const one = await setUp(...many('x', 10))
    const two = await setUp(...many('x', 1))
    for (const part of [2, 6, 7, 10]) await two.library.appendRows(two.databaseId, many('x', part))
    const hash = async ({ library, databaseId }: typeof one) => (await library.openDatabase(databaseId)).hash()
    expect(await hash(two)).toBe(await hash(one))
    await two.library.setCaption(two.databaseId, (await two.ids())[3] ?? '', 'another')
    expect(await hash(two)).toBe(await hash(one))
    await two.library.removeItems(two.databaseId, [(await two.ids())[3] ?? ''])
    expect(await hash(two)).not.toBe(await hash(one))
  })

  it.each([-1, 4, 0.5, Number.NaN])('has no row %s', async (at) => {
    const { library, databaseId } = await setUp(...many('x', 4))
    const opened = await library.openDatabase(databaseId)
    await expect(opened.thumbnail(at)).rejects.toThrow(RangeError)
    await expect(opened.image(at)).rejects.toThrow(RangeError)
  })
})

describe('embedding anew', () => {
  it('leaves the database usable with its CLIP until the other is complete', async () => {
    const { library, databaseId } = await setUp(...many('x', 7))
    const before = await readEmbeddings(await library.openDatabase(databaseId))
    const left: number[] = []
    for await (const { chunkId, images } of library.chunksToReembed(databaseId, OTHER_CLIP)) {
      expect((await library.find(databaseId)).clip).toEqual(CLIP)
      expect(await readEmbeddings(await library.openDatabase(databaseId))).toEqual(before)
      const embeddings = images.map((image) => embed(new TextDecoder().decode(image), OTHER_CLIP))
      left.push(await library.replaceEmbeddings(databaseId, OTHER_CLIP, chunkId, embeddings))
    }
    expect(left).toEqual([4, 1, 0])
    const { clip, reembedding } = await library.find(databaseId)
    expect([clip, reembedding]).toEqual([OTHER_CLIP, null])
    expect(await readEmbeddings(await library.openDatabase(databaseId))).toHaveLength(42)
  })

  it('counts rows again that came, went or were embedded for a third CLIP meanwhile', async () => {
    const { disk, library, databaseId, ids } = await setUp(...many('x', 8))
    const third = { id: 'e'.repeat(64), dim: 5 }
    const next = async (clip = OTHER_CLIP) => {
      for await (const { chunkId, images } of library.chunksToReembed(databaseId, clip)) {
        const embeddings = images.map((image) => embed(new TextDecoder().decode(image), clip))
        return library.replaceEmbeddings(databaseId, clip, chunkId, embeddings)
      }
      return -1
    }
    expect(await next()).toBe(5)
    expect(await next()).toBe(2)
    expect((await library.find(databaseId)).reembedding).toEqual({ clip: OTHER_CLIP, rows: 6 })
    await library.removeItems(databaseId, [(await ids())[0] ?? ''])
    await library.appendRows(databaseId, rows('new'))
    expect((await library.find(databaseId)).reembedding).toEqual({ clip: OTHER_CLIP, rows: 3 })
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
    expect(await next(third)).toBe(6)
    expect((await library.find(databaseId)).reembedding).toEqual({ clip: third, rows: 2 })
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
    for (let left = 1; left > 0; ) left = await next()
    expect((await library.find(databaseId)).clip).toEqual(OTHER_CLIP)
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('passes over embeddings of a chunk that has changed since', async () => {
    const { library, databaseId, ids } = await setUp(...many('x', 4))
    for await (const { chunkId, images } of library.chunksToReembed(databaseId, OTHER_CLIP)) {
      await library.removeItems(databaseId, [(await ids())[0] ?? ''])
      const embeddings = images.map(() => Float32Array.of(1, 0, 0, 0, 0, 0))
      expect(await library.replaceEmbeddings(databaseId, OTHER_CLIP, chunkId, embeddings)).toBe(3)
      break
    }
    expect((await library.find(databaseId)).reembedding).toBeNull()
  })

  it('is refused where an image was not kept', async () => {
    const { library, databaseId } = await setUp(row('x'), row('y', { image: null }))
    const first = library.chunksToReembed(databaseId, OTHER_CLIP)[Symbol.asyncIterator]().next()
    await expect(first).rejects.toMatchObject({ code: 'images-missing' })
  })
})

describe('names', () => {
  it.each([
    ['HTML', '<img src=x onerror=alert(1)>'],
    ['bidi marks', 'a\u202egnp.exe'],
    ['NUL', 'a\0b'],
    ['__proto__', '__proto__'],
    ['paths', '../../etc/passwd'],
  ])('are kept as they are, as text: %s', async (_, name) => {
    const { library, databaseId } = await setUp()
    await library.rename(databaseId, name)
    expect((await library.find(databaseId)).name).toBe(name)
  })

  it('of 5,000 characters are cut between two of them', async () => {
    const { library, databaseId } = await setUp()
    await library.rename(databaseId, '😀'.repeat(5000))
    expect((await library.find(databaseId)).name).toBe('😀'.repeat(200))
  })
})

it('serves several tabs: no row lost or twice, each sees the others', async () => {
  const disk = createSimulatedDisk()
  const lock = createSimulatedLock()
  const tabs = Array.from({ length: 8 }, () => openLibrary(disk, lock))
  const [first] = tabs
  const { databaseId } = (await tabs[0]?.create({ name: 'Mine', clip: CLIP })) ?? { databaseId: '' }
  await Promise.all(
    tabs.map(async (tab, i) => {
      for (let n = 0; n < 12; n++) await tab.appendRows(databaseId, rows(`own ${i} ${n}`, `same ${n}`))
    }),
  )
  expect((await first?.find(databaseId))?.rows).toBe(8 * 12 + 12)
  expect(findFaults(disk.records, { isSettled: true })).toEqual([])
})

it('leaves what a newer version of the app wrote as it is: read, not changed', async () => {
  const { disk, library, databaseId } = await setUp(...many('x', 4))
  const { crc32: _, ...record } = disk.records.get('library') as { crc32: number }
  await disk.commit({ put: [['library', { ...record, version: 99 }]] }, 'strict')
  const before = structuredClone(disk.records)
  expect(await library.list()).toMatchObject([{ id: databaseId, rows: 4, readOnly: true }])
  expect((await look(library)).databases[0]?.rows).toHaveLength(4)
  const calls = [
    () => library.create({ name: 'x', clip: CLIP }),
    () => library.appendRows(databaseId, rows('y')),
    () => library.rename(databaseId, 'y'),
    () => library.remove(databaseId),
    () => library.purge(databaseId),
    () => library.removeItems(databaseId, ['x']),
    () => library.endImport('x'),
  ]
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'storage-newer' })
  expect(await library.sweep()).toEqual([])
  expect(disk.records).toEqual(before)
})

it('leaves a single database that a newer version wrote as it is', async () => {
  const { disk, library, databaseId } = await setUp(...many('x', 4))
  const key = `database/${databaseId}`
  const { crc32: _, ...record } = disk.records.get(key) as { crc32: number }
  await disk.commit({ put: [[key, { ...record, version: 99, extra: 1 }]] }, 'strict')
  expect(await library.list()).toMatchObject([{ rows: 4, readOnly: true }])
  await expect(library.appendRows(databaseId, rows('y'))).rejects.toMatchObject({ code: 'storage-newer' })
  await library.create({ name: 'Other', clip: CLIP })
  expect(disk.records.get(key)).toMatchObject({ version: 99, extra: 1 })
})

it('opens where there is no room left to count the visit, and says so', async () => {
  const full = createSimulatedDisk()
  await openLibrary(full).create({ name: 'full', clip: CLIP }, many('x', 4))
  const tight = full.reopen({ quota: 1 })
  expect((await openLibrary(tight).sweep()).map(({ code }) => code)).toEqual(['storage-full'])
  expect((await look(openLibrary(tight))).databases).toMatchObject([{ name: 'full', count: 4 }])
})
