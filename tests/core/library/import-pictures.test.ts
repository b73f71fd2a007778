// The import over a simulated disk: exact tallies of what came of every file, and nothing lost or done twice when it breaks off.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import type { PictureFile } from '../../../src/core/image/read-picture.ts'
import { pictureReader } from '../../../src/core/image/read-strangers.ts'
import { SkippedFile } from '../../../src/core/image/skip-reason.ts'
import type { ImportFile } from '../../../src/core/library/import-files.ts'
import {
  type Imported,
  type ImportParts,
  type ImportProgress,
  importPictures,
} from '../../../src/core/library/import-pictures.ts'
import type { Library } from '../../../src/core/library/library.ts'
import { fakeHeader } from '../../fixtures/hostile-pictures.ts'
import { deflatedZip, type LyingFile } from '../formats/deflated-zip.ts'
import { Crash, createSimulatedDisk } from '../storage/simulated-disk.ts'
import { CLIP, openLibrary, sha256 } from './world.ts'

/** A BMP of one row, named by its pixels: valid, small, and different for every number. */
function picture(number: number): Uint8Array {
  const bytes = new Uint8Array(58)
  bytes.set(fakeHeader.bmp(1, 1))
  new DataView(bytes.buffer).setUint32(54, number, true)
  return bytes
}

const file = (name: string, bytes: Uint8Array): ImportFile => ({ name, open: async () => bytesSource(bytes) })
const vanished = (name: string): ImportFile => ({
  name,
  open: async () => {
    throw new DOMException('A requested file could not be found', 'NotFoundError')
  },
})
/** Can be opened, but not read to its end. */
const broken = (name: string): ImportFile => ({
  name,
  open: async () => ({
    byteLength: 500_000,
    slice: async (start, end) => {
      if (end > 65_536) throw new DOMException('The file could not be read', 'NotReadableError')
      const bytes = new Uint8Array(end - start)
      bytes.set(fakeHeader.bmp(300, 500).subarray(start, end))
      return bytes
    },
  }),
})

type UsedLibrary = ImportParts['library'] & Pick<Library, 'imports'>

/** What an import asks of a library, without one: a disk in memory copies itself at every commit. */
function createKeptHashes(): UsedLibrary & { readonly hashes: ReadonlySet<string> } {
  const hashes = new Set<string>()
  const appendRows: Library['appendRows'] = async (_, rows) => {
    for (const row of rows) hashes.add(row.sha256 ?? '')
    return { ids: rows.map(({ sha256 }) => sha256), added: rows.length, duplicates: 0 }
  }
  return {
    hashes,
    appendRows,
    create: async (_, rows = []) => ({ databaseId: 'made', ...(await appendRows('made', rows)) }),
    knownHashes: async () => new Set(hashes),
    imports: async () => [],
    saveImport: async () => {},
    endImport: async () => {},
    find: () => Promise.reject(new Error('the import began without a database')),
  }
}

interface Bench<L extends UsedLibrary = Library> {
  readonly library: L
  readonly parts: ImportParts
  /** Content hashes in the order in which they were decoded, and embedded. */
  readonly decoded: string[]
  readonly embedded: number[]
  /** The most decodes that ran at once. */
  mostAtOnce(): number
}

/** A decoder that hands out the picture's number, and a tower that makes a direction of it. */
function createBench<L extends UsedLibrary>(library: L): Bench<L> {
  const [decoded, embedded]: [string[], number[]] = [[], []]
  let [running, most, clock] = [0, 0, 0]
  const decode = async ({ bytes, header }: PictureFile) => {
    decoded.push(sha256(bytes))
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(54, true)
    if (number === 0xbad) throw new SkippedFile('damaged', 'the decoder gave up')
    const bytesOf = (kind: string) => new TextEncoder().encode(`${kind} ${number}`)
    return {
      pixels: Float32Array.of(number),
      thumbnail: bytesOf('thumbnail'),
      image: bytesOf('image'),
      width: header.width,
      height: header.height,
    }
  }
  const parts: ImportParts = {
    library,
    clip: CLIP,
    thumbnailSide: 96,
    reader: pictureReader,
    decode,
    tower: {
      embed: async (pictures) =>
        pictures.map(([number = 0]) => {
          embedded.push(number)
          // One picture has no direction.
          return number === 0xdead
            ? new Float32Array(CLIP.dim)
            : Float32Array.of(1, number % 7, number % 11, number % 13)
        }),
    },
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
    now: () => ++clock,
  }
  return { library, parts, decoded, embedded, mostAtOnce: () => most }
}

interface Run {
  readonly events: readonly ImportProgress[]
  /** Null where it was broken off. */
  readonly imported: Imported | null
}

/** @param stopAfter events, after which the import is cancelled */
async function run(
  { library, parts }: Bench<UsedLibrary>,
  files: readonly ImportFile[],
  { databaseId = null, stopAfter = Number.POSITIVE_INFINITY }: { databaseId?: string | null; stopAfter?: number } = {},
): Promise<Run> {
  const [unfinished = null] = await library.imports()
  const importId = unfinished?.id ?? 'import-1'
  const request = { importId, unfinished, databaseId, name: 'Holiday', files, source: null }
  const importing = importPictures(parts, request)
  const events: ImportProgress[] = []
  for (;;) {
    const { done, value } = await importing.next()
    if (done) return { events, imported: value }
    events.push(value)
    if (events.length < stopAfter) continue
    await importing.return(undefined as never)
    return { events, imported: null }
  }
}

const lastTally = (events: readonly ImportProgress[]) => events.findLast((event) => event.kind === 'progress')

describe('an import', () => {
  it('makes a row of each picture, in order, captioned by its name', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const files = ['10.bmp', 'b/Old mill.jpeg', 'no extension'].map((name, i) => file(name, picture(i + 1)))
    const { events, imported } = await run(bench, files)
    expect(imported).toMatchObject({ added: 3, duplicates: 0, skipped: [] })
    const database = await bench.library.openDatabase(imported?.databaseId ?? '')
    expect(database.summary).toMatchObject({ name: 'Holiday', rows: 3, images: 3 })
    expect(database.items.map(({ caption }) => caption)).toEqual(['10', 'Old mill', 'no extension'])
    expect(database.items[0]).toMatchObject({ width: 1, height: 1, sha256: sha256(picture(1)) })
    expect(new TextDecoder().decode((await database.thumbnail(1)) ?? undefined)).toBe('thumbnail 2')
    const shown = events.flatMap((event) => (event.kind === 'added' ? event.thumbnails : []))
    expect(shown.map((bytes) => new TextDecoder().decode(bytes))).toEqual(['thumbnail 1', 'thumbnail 2', 'thumbnail 3'])
    expect(await bench.library.imports()).toEqual([])
  })

  it('tells the exact fate of ten thousand files, a tenth of them bad, decoding two at a time', async () => {
    const library = createKeptHashes()
    const bench = createBench(library)
    const bad = [
      (i: number) => file(`${i}`, new Uint8Array()),
      (i: number) => file(`${i}`, new TextEncoder().encode('not a picture at all')),
      (i: number) => file(`${i}`, picture(i).subarray(0, 57)),
      (i: number) => file(`${i}`, fakeHeader.png(16_000, 16_000, 1)),
      (i: number) => file(`${i}`, new TextEncoder().encode('<svg></svg>')),
      (i: number) => file(`${i}`, picture(0xbad)),
      (i: number) => file(`${i}`, picture(0xdead)),
      vanished.bind(null, 'gone'),
      broken.bind(null, 'broken'),
      (i: number) => file(`${i}`, Uint8Array.of(0x50, 0x4b, 3, 4, 5)),
    ]
    const files = Array.from({ length: 10_000 }, (_, i) => {
      if (i % 10 === 3) return (bad[((i - 3) / 10) % bad.length] as (i: number) => ImportFile)(i)
      // Every twentieth file has been seen before.
      return file(`${i}`, picture(i % 20 === 19 ? 100_000 + i - 1 : 100_000 + i))
    })
    const { events, imported } = await run(bench, files)
    expect(imported).toMatchObject({ added: 8500, duplicates: 500 })
    const reasons = new Map<string, number>()
    for (const { reason } of imported?.skipped ?? []) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    expect(Object.fromEntries(reasons)).toEqual({
      empty: 100,
      'not-a-picture': 100,
      truncated: 100,
      'too-many-pixels': 100,
      svg: 100,
      damaged: 200,
      unreadable: 200,
      'zip-damaged': 100,
    })
    expect(lastTally(events)).toMatchObject({
      done: 10_000,
      total: 10_000,
      added: 8500,
      duplicates: 500,
      skipped: 1000,
    })
    expect(library.hashes.size).toBe(8500)
    expect(bench.mostAtOnce()).toBe(2)
  })

  it('adds to a database that is there, and counts what it has already as duplicates without decoding it', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const first = await run(bench, [file('a', picture(1)), file('b', picture(2))])
    const databaseId = first.imported?.databaseId ?? ''
    bench.decoded.length = 0
    const second = await run(bench, [file('b', picture(2)), file('c', picture(3)), file('c again', picture(3))], {
      databaseId,
    })
    expect(second.imported).toEqual({ databaseId, added: 1, duplicates: 2, skipped: [] })
    expect(bench.decoded).not.toContain(sha256(picture(2)))
  })

  it('makes no database where no file is a picture', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const { imported } = await run(bench, [file('notes.txt', new TextEncoder().encode('hello, world'))])
    expect(imported).toEqual({
      databaseId: null,
      added: 0,
      duplicates: 0,
      skipped: [{ name: 'notes.txt', reason: 'not-a-picture' }],
    })
    expect(await bench.library.list()).toEqual([])
  })

  it('refuses a database of another CLIP before it reads a file', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const { databaseId } = await bench.library.create({ name: 'Other', clip: { id: 'e'.repeat(64), dim: 4 } })
    await expect(run(bench, [vanished('a')], { databaseId })).rejects.toMatchObject({ code: 'database-other-clip' })
  })
})

describe('a zip in an import', () => {
  it('counts as a folder, known by its bytes, whatever its entries are called', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const names = [
      'a/b/1.bmp',
      '../../2.bmp',
      '__proto__',
      'constructor',
      'x'.repeat(5000),
      '<img src=x onerror=alert(1)>',
    ]
    const zip = await writeZip(names.map((name, i) => [name, picture(i + 1)] as const))
    const { events, imported } = await run(bench, [file('pictures.jpg', zip), file('last', picture(99))])
    expect(imported).toMatchObject({ added: 7, skipped: [] })
    expect(lastTally(events)).toMatchObject({ done: 7, total: 7 })
    const { items } = await bench.library.openDatabase(imported?.databaseId ?? '')
    expect(items.map(({ caption }) => caption.slice(0, 30))).toEqual([
      '1',
      '2',
      '__proto__',
      'constructor',
      'x'.repeat(30),
      '<img src=x onerror=alert(1)>',
      'last',
    ])
    expect(Math.max(...items.map(({ caption }) => caption.length))).toBe(200)
  })

  it('is without what systems leave in it, which is neither counted nor listed', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const names = ['.DS_Store', 'a/1.bmp', '__MACOSX/a/._1.bmp', 'a/Thumbs.db', '../../2.bmp', './3.bmp']
    const zip = await writeZip(names.map((name, i) => [name, picture(i + 1)] as const))
    const { events, imported } = await run(bench, [file('z', zip)])
    expect(imported).toMatchObject({ added: 3, skipped: [] })
    expect(lastTally(events)).toMatchObject({ done: 3, total: 3 })
  })

  it('can be meant in part: the files of one folder, and not of those in it', async () => {
    const names = ['1', 'a/2', 'a/3', 'a/b/4']
    const zip = await writeZip(names.map((name, i) => [name, picture(i + 1)] as const))
    for (const [folder, captions] of [
      ['', ['1']],
      ['a', ['2', '3']],
    ] as const) {
      const bench = createBench(openLibrary(createSimulatedDisk()))
      const { events, imported } = await run(bench, [{ ...file('z', zip), folder }])
      expect(lastTally(events)).toMatchObject({ done: captions.length, total: captions.length })
      const { items } = await bench.library.openDatabase(imported?.databaseId ?? '')
      expect(items.map(({ caption }) => caption)).toEqual(captions)
    }
  })

  it('loses only the entry whose checksum is wrong', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const zip = await writeZip([
      ['good', picture(1)],
      ['bad', picture(0x5a5a5a5a)],
      ['also good', picture(2)],
    ])
    const at = Buffer.from(zip).indexOf('ZZZZ')
    zip[at] = 0
    const { imported } = await run(bench, [file('z', zip)])
    expect(imported).toMatchObject({ added: 2, skipped: [{ name: 'z/bad', reason: 'zip-damaged' }] })
  })

  it('is one skipped file where it is damaged itself, and does not hold up the rest', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const zip = await writeZip([['a', picture(1)]])
    const { imported } = await run(bench, [file('z', zip.subarray(0, zip.length - 4)), file('b', picture(2))])
    expect(imported).toMatchObject({ added: 1, skipped: [{ name: 'z', reason: 'zip-damaged' }] })
  })

  it('that lies is tallied exactly among others: as one file where its list lies, else entry by entry', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const good = (number: number): LyingFile => [`good ${number}`, picture(number)]
    const zips: Readonly<Record<string, readonly LyingFile[]>> = {
      encrypted: [good(1), ['b', picture(2), { flags: 1 }]],
      overlapping: [good(3), ['b', picture(4), { start: 0 }]],
      'a bomb by its size': [good(5), ['b', picture(6), { size: 0xfffffff0 }]],
      'of two entries with one name': [good(7), good(7)],
      'longer than it says': [good(8), ['b', picture(9), { size: 20 }]],
      'shorter than it says': [good(10), ['b', picture(11), { size: 200 }]],
      'of a wrong CRC': [good(12), ['b', picture(13), { crc: 1 }]],
      'with another name inside': [good(14), ['b', picture(15), { localName: 'c' }]],
      'packed by what nobody knows': [good(16), ['b', picture(17), { method: 14 }]],
    }
    const files = Object.entries(zips).map(([name, entries]) => file(name, deflatedZip(entries)))
    const { events, imported } = await run(bench, [...files, file('last', picture(99))])
    expect(imported?.skipped.map(({ name }) => name)).toEqual([
      ...Object.keys(zips).slice(0, 4),
      ...Object.keys(zips)
        .slice(4)
        .map((name) => `${name}/b`),
    ])
    expect(imported?.skipped.every(({ reason }) => reason === 'zip-damaged')).toBe(true)
    expect(lastTally(events)).toMatchObject({ done: 15, total: 15, added: 6, duplicates: 0, skipped: 9 })
  })
})

describe('an import that is broken off', () => {
  const files = Array.from({ length: 60 }, (_, i) => (i % 9 === 4 ? vanished(`${i}`) : file(`${i}`, picture(i % 50))))
  // Files 50 to 59 repeat 0 to 9; of those 6 are pictures both times (4 and 13, 22 … vanish).
  const whole = async () => (await run(createBench(openLibrary(createSimulatedDisk())), files)).imported

  it('goes on where it was, whenever it was cancelled: the same tallies, and no row embedded twice', async () => {
    const expected = await whole()
    for (let stopAfter = 1; stopAfter <= 40; stopAfter++) {
      const bench = createBench(openLibrary(createSimulatedDisk()))
      const first = await run(bench, files, { stopAfter })
      const kept = (await bench.library.list())[0]?.rows ?? 0
      const shown = first.events.flatMap((event) => (event.kind === 'added' ? event.thumbnails : [])).length
      expect(kept, 'what was told as added is kept').toBeGreaterThanOrEqual(shown)
      if (first.imported === null && kept > 0) {
        expect((await bench.library.imports())[0]).toMatchObject({ id: 'import-1', added: kept, name: 'Holiday' })
      }
      const keptNumbers = new Set(bench.embedded.slice(0, kept))
      bench.embedded.length = 0
      const { imported } = await run(bench, files, { databaseId: first.imported?.databaseId ?? null })
      if (first.imported === null) {
        expect({ ...imported, databaseId: '' }).toEqual({ ...expected, databaseId: '' })
      }
      expect(bench.embedded.filter((number) => keptNumbers.has(number))).toEqual([])
      expect(await bench.library.imports()).toEqual([])
    }
  })

  it('before its first row stays kept where it was, and not beyond its end', async () => {
    const bench = createBench(openLibrary(createSimulatedDisk()))
    const [tally, of] = [
      { total: 2, done: 0, added: 0, duplicates: 0, skipped: [] },
      { databaseId: null, source: null },
    ]
    await bench.library.saveImport({ version: 1, id: 'import-1', name: 'Holiday', ...of, ...tally })
    const gone = ['a', 'b'].map(vanished)
    await run(bench, gone, { stopAfter: 1 })
    expect(await bench.library.imports()).toMatchObject([{ id: 'import-1', databaseId: null, done: 1, added: 0 }])
    const { imported } = await run(bench, gone)
    expect(imported).toMatchObject({ databaseId: null, skipped: { length: 2 } })
    expect(await bench.library.imports()).toEqual([])
  })

  it('loses nothing that it told as added, at whatever operation of the disk the process dies', async () => {
    const few = files.slice(0, 24)
    const expected = (await run(createBench(openLibrary(createSimulatedDisk())), few)).imported
    let [crashes, ended] = [0, false]
    for (let crashAt = 1; !ended; crashAt++) {
      const disk = createSimulatedDisk({ crashAt, crashAfter: crashAt % 2 === 0 })
      const bench = createBench(openLibrary(disk))
      const request = {
        importId: 'import-1',
        unfinished: null,
        databaseId: null,
        name: 'Holiday',
        files: few,
        source: null,
      }
      let shown = 0
      ended = true
      try {
        for await (const event of importPictures(bench.parts, request)) {
          if (event.kind === 'added') shown += event.thumbnails.length
        }
      } catch (error) {
        if (!(error instanceof Crash)) throw error
        ended = false
        crashes++
      }
      const after = createBench(openLibrary(disk.reopen()))
      const [database] = await after.library.list()
      expect(database?.rows ?? 0).toBeGreaterThanOrEqual(shown)
      if (ended) continue
      // Where the import had ended before its end was told, its files are duplicates now.
      const { imported } = await run(after, few, { databaseId: database?.id ?? null })
      const rows = (await after.library.list()).map((database) => database.rows)
      expect([rows, imported?.skipped.length]).toEqual([[expected?.added], expected?.skipped.length])
    }
    expect(crashes).toBeGreaterThan(10)
  })

  it('stops with "storage-full", keeps what was acknowledged, and goes on once there is room', async () => {
    const expected = await whole()
    const disk = createSimulatedDisk()
    const bench = createBench(openLibrary(disk))
    let commits = 0
    const { commit } = disk
    const full = Object.assign(new Error('no room'), { name: 'StorageError', code: 'storage-full' })
    disk.commit = async (...batch) => {
      if (++commits === 3) throw full
      return commit(...batch)
    }
    await expect(run(bench, files)).rejects.toBe(full)
    const kept = (await bench.library.list())[0]?.rows ?? 0
    expect(kept).toBeGreaterThan(0)
    const { imported } = await run(bench, files)
    expect({ ...imported, databaseId: '' }).toEqual({ ...expected, databaseId: '' })
  })
})
