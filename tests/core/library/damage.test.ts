// Rows that are not as they were written: every flipped bit is found, what is damaged is set aside, and the rest goes on as before.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Library } from '../../../src/core/library/library.ts'
import {
  DamagedRecord,
  type EmbeddingsRecord,
  type ItemsRecord,
  type ThumbsRecord,
} from '../../../src/core/library/records.ts'
import { readDump } from '../storage/disk-dump.ts'
import { createSimulatedDisk, type SimulatedDisk } from '../storage/simulated-disk.ts'
import { findFaults } from './find-faults.ts'
import { flipBit } from './flip-bit.ts'
import { CLIP, embed, look, many, OTHER_CLIP, openLibrary, readEmbeddings, row, rows, sha256 } from './world.ts'

/** Flips in all; R7 asks for 200 in each run, and for 10,000 each night. */
const FLIPS = process.env.CAMPAIGN === 'full' ? 10_000 : 200

async function setUp(...pictures: ReturnType<typeof rows>) {
  const disk = createSimulatedDisk()
  const library = openLibrary(disk)
  await library.sweep()
  const { databaseId } = await library.create({ name: 'Mine', clip: CLIP }, pictures)
  return { disk, databaseId }
}

/** Keys of that kind, in the order of their chunks. */
const keysOf = (disk: SimulatedDisk, kind: string) => [...disk.records.keys()].filter((key) => key.startsWith(kind))

async function change<T>(disk: SimulatedDisk, key: string, edit: (record: T) => T): Promise<void> {
  await disk.commit({ put: [[key, edit(structuredClone(disk.records.get(key)) as T)]] }, 'strict')
}

const captionsOf = async (library: Library, databaseId: string) =>
  (await library.openDatabase(databaseId)).items.map(({ caption }) => caption)

/** Where `look` has them in a row. */
const [THUMBNAIL, IMAGE] = [3, 4]

const seenIn = async (library: Library) => (await look(library)).databases[0]?.rows ?? []

/** Whether a row is as it was, but for a thumbnail or an image that it may do without. */
function isSameOrWithout(seen: string, was: string): boolean {
  const [now, then] = [seen.split(' | '), was.split(' | ')]
  return now.every((part, at) => part === then[at] || (part === '' && (at === THUMBNAIL || at === IMAGE)))
}

describe('a flipped bit', () => {
  it('is found wherever it is, costs its row at most, and leaves all others as they were', async () => {
    const { disk, databaseId } = await setUp(...many('x', 7))
    const before = await seenIn(openLibrary(disk))
    const keys = ['items/', 'thumbs/', 'embeddings/', 'image/'].flatMap((kind) => keysOf(disk, kind))
    const found = { rows: 0, thumbnails: 0, images: 0 }
    for (let flip = 0; flip < FLIPS; flip++) {
      const damaged = disk.reopen()
      const key = keys[flip % keys.length] ?? ''
      await damaged.commit({ put: [[key, flipBit(damaged.records.get(key), flip)]] }, 'strict')
      const library = openLibrary(damaged)
      const { damage } = await library.check(databaseId)
      expect(damage, `flip ${flip} in ${key}`).not.toBeNull()
      const after = await seenIn(library)
      const lost = before.filter((seen) => !after.includes(seen))
      // An array cut or a record that is none any more cannot come of one bit: what is hit is one row, or the record's version.
      expect([1, 2, 3], `flip ${flip} in ${key}`).toContain(lost.length)
      expect(after.filter((seen) => !before.some((was) => isSameOrWithout(seen, was)))).toEqual([])
      await library.forgetDamage(databaseId)
      expect(findFaults(damaged.records, { isSettled: true })).toEqual([])
      for (const part of ['rows', 'thumbnails', 'images'] as const) found[part] += damage?.[part] ?? 0
    }
    expect(Math.min(...Object.values(found))).toBeGreaterThan(0)
  })

  it('in a record that is kept twice costs nothing: the other copy is read, and both are whole after the next start', async () => {
    const { disk } = await setUp(...many('x', 7))
    await openLibrary(disk).sweep()
    const before = await look(openLibrary(disk))
    const keys = ['library', 'database/', 'spare/'].flatMap((kind) => keysOf(disk, kind))
    expect(keys).toHaveLength(4)
    for (let flip = 0; flip < FLIPS; flip++) {
      const key = keys[flip % keys.length] ?? ''
      const damaged = disk.reopen()
      await damaged.commit({ put: [[key, flipBit(damaged.records.get(key), flip)]] }, 'strict')
      expect(await look(openLibrary(damaged)), `flip ${flip} in ${key}`).toEqual(before)
      expect(await openLibrary(damaged).sweep()).toEqual([])
      expect(await look(openLibrary(damaged))).toEqual(before)
      expect(damaged.records.get('spare/library')).toEqual(damaged.records.get('library'))
      expect(findFaults(damaged.records, { isSettled: true })).toEqual([])
    }
  })

  it('that makes a row name another row’s image costs the other nothing when the damage is forgotten', async () => {
    const { disk, databaseId } = await setUp(...many('x', 3))
    await change<ItemsRecord>(disk, keysOf(disk, 'items/')[0] ?? '', ({ items, ...record }) => ({
      ...record,
      items: items.map((item, at) => (at === 1 ? { ...item, image: items[2]?.image ?? null } : item)),
    }))
    const library = openLibrary(disk)
    expect((await library.check(databaseId)).damage).toMatchObject({ rows: 1, images: 0 })
    await library.forgetDamage(databaseId)
    const opened = await library.openDatabase(databaseId)
    expect(new TextDecoder().decode((await opened.image(1)) ?? undefined)).toBe('image of x2')
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('in an embedding or an item is found when the database is opened, and told of until a person knows', async () => {
    const { disk, databaseId } = await setUp(...many('x', 7))
    await change<EmbeddingsRecord>(disk, keysOf(disk, 'embeddings/')[1] ?? '', (record) => {
      record.values[CLIP.dim + 2] = (record.values[CLIP.dim + 2] ?? 0) ^ 0x10
      return record
    })
    await change<ItemsRecord>(disk, keysOf(disk, 'items/')[0] ?? '', ({ items, ...record }) => ({
      ...record,
      items: items.map((item, at) => (at === 0 ? { ...item, caption: 'y0' } : item)),
    }))
    const library = openLibrary(disk)
    expect(await captionsOf(library, databaseId)).toEqual(['x1', 'x2', 'x3', 'x5', 'x6'])
    const [summary] = await library.list()
    expect(summary).toMatchObject({ rows: 5, damage: { rows: 2, thumbnails: 0, images: 0 } })
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])

    await library.forgetDamage(databaseId)
    expect((await library.list())[0]?.damage).toBeNull()
    expect(keysOf(disk, 'image/')).toHaveLength(5)
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('that comes after a database was opened ends its search, and is found when it is opened again', async () => {
    const { disk, databaseId } = await setUp(...many('x', 7))
    const library = openLibrary(disk)
    const opened = await library.openDatabase(databaseId)
    await change<EmbeddingsRecord>(disk, keysOf(disk, 'embeddings/')[1] ?? '', (record) => {
      record.values[2] = (record.values[2] ?? 0) ^ 0x10
      return record
    })
    await expect(readEmbeddings(opened)).rejects.toBeInstanceOf(DamagedRecord)
    expect(await captionsOf(library, databaseId)).toEqual(['x0', 'x1', 'x2', 'x4', 'x5', 'x6'])
  })

  it('in a thumbnail is shown as none also where that cannot be written down', async () => {
    const { disk, databaseId } = await setUp(...many('x', 4))
    await change<ThumbsRecord>(disk, keysOf(disk, 'thumbs/')[0] ?? '', (record) => {
      record.thumbnails[1]?.fill(0, 0, 1)
      return record
    })
    const { crc32: _, ...record } = disk.records.get('library') as { crc32: number }
    await disk.commit({ put: [['library', { ...record, version: 99 }]] }, 'strict')
    const before = structuredClone(disk.records)
    const opened = await openLibrary(disk).openDatabase(databaseId)
    expect((await opened.thumbnails([0, 1])).map((bytes) => bytes !== null)).toEqual([true, false])
    expect(disk.records).toEqual(before)
  })

  it('among the rows in sight costs its row, and the others move up', async () => {
    const { disk, databaseId } = await setUp(...many('x', 9))
    await change<ItemsRecord>(disk, keysOf(disk, 'items/')[1] ?? '', (record) => ({
      ...record,
      items: record.items.map((item, at) => (at === 1 ? { ...item, caption: 'altered' } : item)),
    }))
    const { items, thumbnails, rows } = await openLibrary(disk).readRows(databaseId, 3, 4)
    expect(items.map(({ caption }) => caption)).toEqual(['x3', 'x5', 'x6', 'x7'])
    expect(thumbnails).toHaveLength(4)
    expect(rows).toBe(8)
  })

  it('in a thumbnail or an image costs its row that alone', async () => {
    const { disk, databaseId } = await setUp(...many('x', 4))
    await change<ThumbsRecord>(disk, keysOf(disk, 'thumbs/')[0] ?? '', (record) => {
      record.thumbnails[1]?.fill(0, 0, 1)
      return record
    })
    await change<{ bytes: Uint8Array }>(disk, keysOf(disk, 'image/')[2] ?? '', ({ bytes, ...record }) => ({
      ...record,
      bytes: bytes.map((byte) => byte ^ 1),
    }))
    const library = openLibrary(disk)
    const opened = await library.openDatabase(databaseId)
    const shown = await opened.thumbnails([0, 1, 2, 3])
    expect(shown.map((bytes) => bytes !== null)).toEqual([true, false, true, true])
    expect(await opened.image(2)).toBeNull()
    expect(new TextDecoder().decode((await opened.image(3)) ?? undefined)).toBe('image of x3')
    expect(await library.find(databaseId)).toMatchObject({
      rows: 4,
      images: 3,
      damage: { rows: 0, thumbnails: 1, images: 1 },
    })
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })
})

describe('what is cut off or gone', () => {
  it.each([
    ['items', (record: ItemsRecord) => ({ ...record, items: record.items.slice(0, 1) })],
    ['embeddings', (record: EmbeddingsRecord) => ({ ...record, values: record.values.slice(0, CLIP.dim + 1) })],
  ])('takes with it the rows whose %s it held, and those before it stay', async (kind, cut) => {
    const { disk, databaseId } = await setUp(...many('x', 7))
    await change(disk, keysOf(disk, `${kind}/`)[1] ?? '', cut as (record: unknown) => unknown)
    const library = openLibrary(disk)
    expect(await captionsOf(library, databaseId)).toEqual(['x0', 'x1', 'x2', 'x3', 'x6'])
    expect((await library.find(databaseId)).damage).toMatchObject({ rows: 2, thumbnails: 0, images: 0 })
    await library.forgetDamage(databaseId)
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
    expect(keysOf(disk, 'image/')).toHaveLength(5)
  })

  it.each(['items/', 'thumbs/', 'embeddings/'])('may be a whole record: %s', async (kind) => {
    const { disk, databaseId } = await setUp(...many('x', 7))
    await disk.commit({ delete: [keysOf(disk, kind)[1] ?? ''] }, 'strict')
    const library = openLibrary(disk)
    expect((await library.check(databaseId)).damage).toMatchObject(
      kind === 'thumbs/' ? { rows: 0, thumbnails: 3, images: 0 } : { rows: 3, thumbnails: 0, images: 0 },
    )
    const left = kind === 'thumbs/' ? ['x0', 'x1', 'x2', 'x3', 'x4', 'x5', 'x6'] : ['x0', 'x1', 'x2', 'x6']
    expect(await captionsOf(library, databaseId)).toEqual(left)
    await library.forgetDamage(databaseId)
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })
})

describe('a damaged database', () => {
  async function damaged() {
    const { disk, databaseId } = await setUp(...many('x', 7))
    await change<ItemsRecord>(disk, keysOf(disk, 'items/')[2] ?? '', ({ items, ...record }) => ({
      ...record,
      items: items.map((item) => ({ ...item, width: 641 })),
    }))
    return { disk, databaseId, library: openLibrary(disk) }
  }

  it('takes rows, captions, moves and merges without having been opened, and keeps the count of what it lost', async () => {
    const whole = ['x0', 'x1', 'x2', 'x3', 'x4', 'x5']
    const calls: readonly ((library: Library, id: string) => Promise<unknown>)[] = [
      (library, id) => library.appendRows(id, rows('new')),
      (library, id) => library.setCaption(id, sha256('x6').slice(0, 16), 'new').catch(() => undefined),
      (library, id) => library.knownHashes(id),
      (library, id) => library.removeItems(id, [sha256('x6').slice(0, 16)]),
      async (library, id) => library.merge(id, (await library.create({ name: 'B', clip: CLIP }, rows('b'))).databaseId),
      (library, id) => library.cover(id, 4),
    ]
    for (const call of calls) {
      const { disk, databaseId, library } = await damaged()
      await call(library, databaseId)
      expect((await captionsOf(library, databaseId)).slice(0, 6)).toEqual(whole)
      expect((await library.find(databaseId)).damage?.rows).toBe(1)
      await openLibrary(disk).sweep()
      expect(findFaults(disk.records, { isSettled: true })).toEqual([])
    }
  })

  it('takes what it lost along when it is merged into another, and with it when it is deleted', async () => {
    const { disk, databaseId, library } = await damaged()
    const { databaseId: into } = await library.create({ name: 'Other', clip: CLIP }, many('y', 2))
    await library.merge(into, databaseId)
    expect(await library.find(into)).toMatchObject({ rows: 8, damage: { rows: 1 } })
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
    await library.purge(into)
    expect([...disk.records.keys()]).toEqual(['library', 'spare/library'])
  })

  it('adds up what it lost with what another lost that is merged into it', async () => {
    const { disk, databaseId, library } = await damaged()
    const { databaseId: from } = await library.create({ name: 'Other', clip: CLIP }, many('y', 4))
    const theirs = (disk.records.get(`database/${from}`) as { chunks: { id: string }[] }).chunks
    await change<ItemsRecord>(disk, `items/${theirs[1]?.id}`, ({ items, ...record }) => ({
      ...record,
      items: items.map((item) => ({ ...item, width: 641 })),
    }))
    const again = openLibrary(disk)
    for (const id of [databaseId, from]) expect((await again.check(id)).damage?.rows).toBe(1)
    await again.merge(databaseId, from)
    expect(await again.find(databaseId)).toMatchObject({ rows: 9, damage: { rows: 2 } })
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('forgets its damage and keeps every image while another database cannot be read whole', async () => {
    const { disk, databaseId, library } = await damaged()
    await library.check(databaseId)
    const { databaseId: other } = await library.create({ name: 'Other', clip: CLIP }, many('y', 2))
    const [theirs] = (disk.records.get(`database/${other}`) as { chunks: { id: string }[] }).chunks
    await disk.commit({ delete: [`items/${theirs?.id}`] }, 'strict')
    await openLibrary(disk).forgetDamage(databaseId)
    expect((await openLibrary(disk).find(databaseId)).damage).toBeNull()
    // Six of the first, and the two of which no record tells any more whose they are.
    expect(keysOf(disk, 'image/')).toHaveLength(8)
  })

  it('is backed up without what is damaged, and the backup brings back the rest', async () => {
    const { disk, library } = await damaged()
    await change<{ bytes: Uint8Array }>(disk, keysOf(disk, 'image/')[0] ?? '', (record) => ({
      ...record,
      bytes: record.bytes.slice(1),
    }))
    const names: string[] = []
    for await (const [name] of library.backUp()) names.push(name)
    expect(names.filter((name) => name.includes('/images/'))).toHaveLength(5)
    expect((await library.list())[0]?.damage).toMatchObject({ rows: 1, thumbnails: 0, images: 1 })
  })

  it('is read without its damaged chunks where nothing can be written, and nothing of it is changed', async () => {
    const { disk, databaseId } = await damaged()
    const { crc32: _, ...record } = disk.records.get('library') as { crc32: number }
    await disk.commit({ put: [['library', { ...record, version: 99 }]] }, 'strict')
    const before = structuredClone(disk.records)
    const library = openLibrary(disk)
    expect(await captionsOf(library, databaseId)).toEqual(['x0', 'x1', 'x2', 'x3', 'x4', 'x5'])
    expect(disk.records).toEqual(before)
    const full = (await damaged()).disk
    const [{ id = '' } = {}] = await openLibrary(full).list()
    expect(await captionsOf(openLibrary(full.reopen({ quota: full.bytes })), id)).toHaveLength(6)
  })

  it('is not embedded anew without an image that it lost: that one is named as missing', async () => {
    const { disk, databaseId, library } = await damaged()
    await change<{ bytes: Uint8Array }>(disk, keysOf(disk, 'image/')[4] ?? '', (record) => ({
      ...record,
      bytes: record.bytes.slice(1),
    }))
    const embedAll = async () => {
      for await (const _ of library.chunksToReembed(databaseId, OTHER_CLIP));
    }
    await expect(embedAll()).rejects.toMatchObject({ code: 'images-missing' })
    expect((await library.find(databaseId)).damage).toMatchObject({ rows: 1, thumbnails: 0, images: 1 })
  })

  it('is whole after a crash at every operation of setting aside and forgetting', async () => {
    const { disk, databaseId } = await damaged()
    const run = async (library: Library) => {
      await library.check(databaseId)
      await library.forgetDamage(databaseId)
    }
    const rehearsal = disk.reopen()
    await run(openLibrary(rehearsal))
    const expected = await look(openLibrary(rehearsal))
    for (let at = 1; at <= rehearsal.operations; at++) {
      for (const faults of [{ failAt: at }, { crashAt: at }, { crashAt: at, crashAfter: true }]) {
        const cut = disk.reopen(faults)
        await run(openLibrary(cut)).catch(() => undefined)
        const again = cut.reopen()
        await run(openLibrary(again))
        expect(findFaults(again.records, { isSettled: true })).toEqual([])
        expect(await look(openLibrary(again)), `operation ${at}`).toEqual(expected)
      }
    }
  })
})

describe('rows that are set aside', () => {
  /** The second chunk's embeddings and the third's item are damaged: x3, x4, x5 and x6, of which x4's picture is too. */
  async function aside() {
    const { disk, databaseId } = await setUp(...many('x', 7))
    await change<EmbeddingsRecord>(disk, keysOf(disk, 'embeddings/')[1] ?? '', ({ values, ...record }) => ({
      ...record,
      values: values.map((value) => value ^ 4),
    }))
    await change<ItemsRecord>(disk, keysOf(disk, 'items/')[2] ?? '', ({ items, ...record }) => ({
      ...record,
      items: items.map((item) => ({ ...item, width: 641 })),
    }))
    await change<{ bytes: Uint8Array }>(disk, keysOf(disk, 'image/')[4] ?? '', (record) => ({
      ...record,
      bytes: record.bytes.slice(1),
    }))
    const library = openLibrary(disk)
    await library.check(databaseId)
    return { disk, databaseId, library }
  }

  async function bringBack(library: Library, databaseId: string): Promise<number> {
    let back = 0
    for await (const { chunkId, images } of library.chunksSetAside(databaseId, CLIP)) {
      const names = images.map((image) => image && new TextDecoder().decode(image).replace('image of ', ''))
      back += await library.putBack(
        databaseId,
        CLIP,
        chunkId,
        names.map((name) => (name === null ? null : embed(name, CLIP))),
      )
    }
    return back
  }

  it('come back where their pictures were kept, as they were, and the others stay damaged', async () => {
    const before = await seenIn(openLibrary((await setUp(...many('x', 7))).disk))
    const { disk, databaseId, library } = await aside()
    expect(await library.find(databaseId)).toMatchObject({ rows: 3, damage: { rows: 4, kept: 4 } })
    expect(await bringBack(library, databaseId)).toBe(3)
    expect(await library.find(databaseId)).toMatchObject({ rows: 6, damage: { rows: 1, kept: 0 } })
    expect(await seenIn(library)).toEqual([0, 1, 2, 3, 5, 6].map((at) => before[at]))
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
    expect(await bringBack(library, databaseId)).toBe(0)
    await library.forgetDamage(databaseId)
    expect(keysOf(disk, 'image/')).toHaveLength(6)
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('do not come twice where their files were added again, and are told of no more once all are there', async () => {
    const { disk, databaseId, library } = await aside()
    await library.appendRows(databaseId, rows('x4', 'x5'))
    expect(await bringBack(library, databaseId)).toBe(2)
    expect((await captionsOf(library, databaseId)).sort()).toEqual(['x0', 'x1', 'x2', 'x3', 'x4', 'x5', 'x6'])
    expect((await library.find(databaseId)).damage).toBeNull()
    expect(keysOf(disk, 'image/')).toHaveLength(7)
    expect(findFaults(disk.records, { isSettled: true })).toEqual([])
  })

  it('wait for the CLIP that the others have', async () => {
    const { databaseId, library } = await aside()
    const read = async () => {
      for await (const _ of library.chunksSetAside(databaseId, OTHER_CLIP));
    }
    await expect(read()).rejects.toMatchObject({ code: 'database-other-clip' })
    await expect(library.putBack(databaseId, OTHER_CLIP, 'any', [])).rejects.toMatchObject({
      code: 'database-other-clip',
    })
  })

  it('come back once, whole, whatever operation a crash or a failure cuts that short at', async () => {
    const { disk, databaseId } = await aside()
    const rehearsal = disk.reopen()
    await bringBack(openLibrary(rehearsal), databaseId)
    const expected = await look(openLibrary(rehearsal))
    for (let at = 1; at <= rehearsal.operations; at++) {
      for (const faults of [{ failAt: at }, { crashAt: at }, { crashAt: at, crashAfter: true }]) {
        const cut = disk.reopen(faults)
        await bringBack(openLibrary(cut), databaseId).catch(() => undefined)
        const again = cut.reopen()
        expect(findFaults(again.records, { isSettled: true })).toEqual([])
        await bringBack(openLibrary(again), databaseId)
        expect(findFaults(again.records, { isSettled: true })).toEqual([])
        expect(await look(openLibrary(again)), `operation ${at}`).toEqual(expected)
      }
    }
  })
})

describe('rows of version 1', () => {
  const dump = readDump(readFileSync(new URL('../../fixtures/stored/library-1.json', import.meta.url), 'utf8'))

  async function start() {
    const disk = createSimulatedDisk()
    await disk.commit(dump, 'strict')
    await openLibrary(disk).sweep()
    return disk.reopen()
  }
  const bare = (disk: SimulatedDisk) =>
    [...disk.records].filter(
      ([key, value]) => /^(items|thumbs|embeddings)/.test(key) && !('crc32' in (value as object)),
    ).length

  it('are given checksums, whatever cuts that short, and are the same rows', async () => {
    const rehearsal = await start()
    const before = await look(openLibrary(rehearsal))
    expect(bare(rehearsal)).toBeGreaterThan(0)
    const operations = rehearsal.operations
    await openLibrary(rehearsal).addChecksums()
    for (let at = operations + 1; at <= rehearsal.operations; at++) {
      const cut = (await start()).reopen({ crashAt: at - operations, crashAfter: at % 2 === 0 })
      await expect(openLibrary(cut).addChecksums()).rejects.toThrow()
      const disk = cut.reopen()
      await openLibrary(disk).addChecksums()
      expect(bare(disk)).toBe(0)
      expect(disk.records.has('checksums')).toBe(false)
      expect(findFaults(disk.records, { isSettled: true })).toEqual([])
      expect(await look(openLibrary(disk))).toEqual(before)
    }
  })

  it('have their flipped bits found from then on', async () => {
    const disk = await start()
    await openLibrary(disk).addChecksums()
    for (const key of ['items/', 'thumbs/', 'embeddings/', 'image/'].flatMap((kind) => keysOf(disk, kind))) {
      const damaged = disk.reopen()
      await damaged.commit({ put: [[key, flipBit(damaged.records.get(key), 5)]] }, 'strict')
      const library = openLibrary(damaged)
      const summaries = await Promise.all((await library.list()).map(({ id }) => library.check(id)))
      const isRemoved = (await library.listRemoved()).length > 0 && summaries.every(({ damage }) => damage === null)
      if (isRemoved) continue
      expect(summaries.filter(({ damage }) => damage !== null)).toHaveLength(1)
    }
  })

  it('that are damaged already are left as they are, and the others are given checksums', async () => {
    const disk = await start()
    const [key = ''] = keysOf(disk, 'thumbs/')
    const id = key.slice('thumbs/'.length)
    await change<{ thumbnails: unknown }>(disk, key, (record) => ({ ...record, thumbnails: 'gone' }))
    const before = bare(disk)
    await openLibrary(disk).addChecksums()
    const left = [...disk.records].filter(
      ([key, value]) => /^(items|thumbs)/.test(key) && !('crc32' in (value as object)),
    )
    expect(left.map(([key]) => key).sort()).toEqual([`items/${id}`, `thumbs/${id}`])
    expect(bare(disk)).toBeLessThan(before)
  })

  it('may be rows of a full disk: the library opens, and room can be made', async () => {
    const disk = createSimulatedDisk()
    await disk.commit(dump, 'strict')
    const full = disk.reopen({ quota: disk.bytes })
    const library = openLibrary(full)
    expect((await library.sweep()).map(({ code }) => code)).toContain('storage-full')
    for (const { id } of await library.list()) await library.purge(id)
    expect(await library.list()).toEqual([])
  })
})

it('a row without thumbnail and image has nothing to lose but itself', async () => {
  const { disk, databaseId } = await setUp(row('x', { thumbnail: null, image: null }))
  const library = openLibrary(disk)
  expect((await library.check(databaseId)).damage).toBeNull()
})
