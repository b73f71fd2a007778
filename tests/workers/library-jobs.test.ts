// The library worker's jobs over a real MessageChannel: the built-in pack's CLIP, pictures decoded by another library than
// the browser's, and records on a simulated disk.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { bytesSource } from '../../src/core/formats/byte-source.ts'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { openZip } from '../../src/core/formats/zip.ts'
import { writeZip } from '../../src/core/formats/zip-writer.ts'
import { createImageTower } from '../../src/core/image/image-tower.ts'
import type { PictureFile } from '../../src/core/image/read-picture.ts'
import { type ClipPreprocess, prepareForClip } from '../../src/core/image/resize.ts'
import { SkippedFile } from '../../src/core/image/skip-reason.ts'
import { isSmallWebp } from '../../src/core/image/small-webp.ts'
import { CLIP_TOWERS } from '../../src/core/pack/clip-folder.ts'
import { parsePackManifest } from '../../src/core/pack/manifest.ts'
import { openStyleDatabase } from '../../src/core/retrieval/style-database.ts'
import { floatToHalfArray } from '../../src/core/tensor/half.ts'
import { blobSource } from '../../src/platform/blob-source.ts'
import { toJobError } from '../../src/platform/job-errors.ts'
import type { PackClip } from '../../src/platform/pack-clip.ts'
import { createJobClient, type JobClient } from '../../src/protocol/client.ts'
import { serveJobs } from '../../src/protocol/host.ts'
import type { PackReference } from '../../src/protocol/jobs.ts'
import type { FileEntry, ImportEvent, LibraryJobs, LibraryState } from '../../src/protocol/library-jobs.ts'
import { createTextEncoder } from '../../tools/clip-node.ts'
import { createNodeSession } from '../../tools/onnx-node.ts'
import { createLibraryJobs } from '../../workers/library-jobs.ts'
import { CLIP, openLibrary, row } from '../core/library/world.ts'
import { createSimulatedDisk, type SimulatedDisk } from '../core/storage/simulated-disk.ts'
import { fakeHeader, fakeWebp, makeBomb, makePictures } from '../fixtures/hostile-pictures.ts'
import { HUGE_THUMBNAIL, thumbnailOf } from '../fixtures/webp-header.ts'
import { openParseChannel } from './parse-channel.ts'

const PACK = join(import.meta.dirname, '../../public/packs/kindred-mini')

const manifest = parsePackManifest(await readFile(join(PACK, 'pack.json'), 'utf8'))
if (manifest.clip === null) throw new Error('the built-in pack has no CLIP')
const description = manifest.clip
const graph = await readFile(join(PACK, description.folder, CLIP_TOWERS.vision))
const tower = createImageTower(await createNodeSession(graph), description)
const textEncoder = await createTextEncoder(PACK, manifest)
const builtIn: PackClip = {
  description,
  imageTower: async () => tower,
  textEncoder: async () => textEncoder,
  release: async () => {},
}
/** Another CLIP: the same numbers, the other way round. */
const mirrored: PackClip = {
  ...builtIn,
  description: { ...description, id: 'f'.repeat(64) },
  imageTower: async () => ({
    embed: async (pictures) => (await tower.embed(pictures)).map((row) => row.toReversed()),
  }),
}
const BUILT_IN: PackReference = { kind: 'url', url: 'pack' }
const MIRRORED: PackReference = { kind: 'installed', id: 'mirrored' }

async function decode(bytes: Uint8Array | ArrayBuffer, clip: ClipPreprocess) {
  try {
    const { data, info } = await sharp(bytes)
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return { pixels: prepareForClip({ width: info.width, height: info.height, data }, clip), info }
  } catch (error) {
    throw new SkippedFile('damaged', String(error))
  }
}

async function prepare({ bytes, header }: PictureFile, clip: ClipPreprocess, side: number) {
  // This decoder has no BMP: its size alone is looked at.
  if (header.type === 'image/bmp') throw new SkippedFile('damaged', 'BMP')
  const { pixels, info } = await decode(bytes, clip)
  const upright = sharp(bytes).autoOrient().flatten({ background: 'white' })
  const [thumbnail, image] = await Promise.all([
    upright.clone().resize(side, side, { fit: 'cover' }).webp().toBuffer(),
    upright.clone().resize(512, 512, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 95 }).toBuffer(),
  ])
  return {
    pixels,
    width: info.width,
    height: info.height,
    thumbnail: new Uint8Array(thumbnail),
    image: new Uint8Array(image),
  }
}

const thumbnail = { type: 'image/webp', from: { left: 0, top: 0, side: 96 } }
const TWO_THUMBNAILS = { width: 192, height: 96, drawn: [thumbnail, thumbnail] }

const { parser, pictures, sheets, close } = openParseChannel()
afterAll(close)

/** Bytes of the pictures that were prepared for CLIP once more. */
const decoded: number[] = []

const opened: MessagePort[] = []
afterEach(() => {
  for (const port of opened.splice(0)) port.close()
})

interface Tab {
  readonly client: JobClient<LibraryJobs>
  readonly disk: SimulatedDisk
}

/** A page with its library worker, on a disk that may have been used before. */
async function openTab(
  disk = createSimulatedDisk(),
  clip = builtIn,
  other: PackClip | null = mirrored,
): Promise<Tab & { readonly state: LibraryState; readonly tellChange: () => void }> {
  const { port1, port2 } = new MessageChannel()
  opened.push(port1, port2)
  let ids = 0
  let tellChange = () => {}
  const jobs = createLibraryJobs({
    openLibrary: (onOthersChange) => {
      tellChange = onOthersChange
      return openLibrary(disk, undefined, { chunkRows: 16, chunksPerBatch: 32 }, isSmallWebp)
    },
    openClip: async ({ kind }) => {
      if (kind === 'url') return clip
      if (other === null) throw new FormatError('pack', 'has no CLIP')
      return other
    },
    parser,
    pictures,
    createDecoder:
      ({ clip, thumbnailSide }) =>
      (picture) =>
        prepare(picture, clip, thumbnailSide),
    prepareBlob: async (blob, clip) => {
      decoded.push(blob.size)
      return (await decode(await blob.arrayBuffer(), clip)).pixels
    },
    sheets,
    sha256: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
    createId: () => `import-${++ids}-${Math.random()}`,
    now: () => performance.now(),
  })
  serveJobs<LibraryJobs>(port2, jobs, toJobError)
  port2.start()
  port1.start()
  const client = createJobClient<LibraryJobs>({
    createWorker: () => ({
      postMessage: (message, transfer) => port1.postMessage(message, transfer),
      addEventListener: (type: string, listener: (event: never) => void) => {
        if (type === 'message') port1.addEventListener('message', listener as (event: MessageEvent) => void)
      },
      terminate: () => port1.close(),
    }),
  })
  const state = await client.run('open-library', { pack: BUILT_IN })
  return { client, disk, state, tellChange: () => tellChange() }
}

const entry = (path: string, bytes: Uint8Array): FileEntry => ({
  path,
  file: new File([bytes as Uint8Array<ArrayBuffer>], path),
})

/** A flat colour with a corner of another. */
async function paint(red: number, green: number, blue: number, side = 64): Promise<Uint8Array> {
  const corner = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'black' } })
    .png()
    .toBuffer()
  const background = { r: red, g: green, b: blue }
  return sharp({ create: { width: side, height: side, channels: 3, background } })
    .composite([{ input: corner, left: 0, top: 0 }])
    .png()
    .toBuffer()
}

const colours = async () => [
  entry('red.png', await paint(220, 30, 30)),
  entry('green.png', await paint(30, 200, 60)),
  entry('blue.png', await paint(30, 60, 220)),
]

async function importFiles(
  { client }: Tab,
  files: readonly FileEntry[],
  options: {
    databaseId?: string
    name?: string
    importId?: string
    signal?: AbortSignal
    onEvent?: (event: ImportEvent) => void
  } = {},
) {
  const { databaseId = null, name = 'Test', importId = null, ...run } = options
  return client.run('import-images', { databaseId, name, files, batch: null, handles: [], importId }, run)
}

describe('files that are sent ahead', () => {
  const red = async () => entry('red.png', await paint(220, 30, 40))
  const begin = ({ client }: Tab, files: readonly FileEntry[], batch: string | null) =>
    client.run('import-images', { databaseId: null, name: 'Test', files, batch, handles: [], importId: null })

  it('stand before the others, in the order in which they came', async () => {
    const tab = await openTab()
    const [first, second, third] = [
      await red(),
      entry('green.png', await paint(1, 99, 2)),
      entry('blue.png', await paint(3, 2, 99)),
    ]
    await tab.client.run('import-files', { batch: 'earlier', files: [third] })
    expect(await tab.client.run('import-files', { batch: 'a', files: [first] })).toEqual({ count: 1 })
    expect(await tab.client.run('import-files', { batch: 'a', files: [second] })).toEqual({ count: 2 })
    const { databaseId, added } = await begin(tab, [third], 'a')
    expect(added).toBe(3)
    const { items } = await tab.client.run('library-items', { databaseId: databaseId ?? '', from: 0, count: 9 })
    expect(items.map(({ caption }) => caption)).toEqual(['red', 'green', 'blue'])
  })

  it('are taken once: an import without what was sent for it does not begin', async () => {
    const tab = await openTab()
    await tab.client.run('import-files', { batch: 'a', files: [await red()] })
    await begin(tab, [], 'a')
    await expect(begin(tab, [await red()], 'a')).rejects.toMatchObject({ code: 'worker-died' })
  })
})

describe('a hostile folder', () => {
  it('is tallied exactly: what can be a row is one, everything else has its reason', async () => {
    const tab = await openTab()
    const pictures = await makePictures()
    const png = pictures.png?.bytes ?? new Uint8Array()
    const jpeg = pictures.jpeg?.bytes ?? new Uint8Array()
    const bmp = pictures.bmp?.bytes ?? new Uint8Array()
    const flipped = new Uint8Array(png)
    flipped.fill(0xaa, 60, 90)
    const good = Object.entries(pictures).filter(([name]) => name !== 'bmp')
    const files = [
      ...good.map(([name, { bytes }]) => entry(`good/${name}`, bytes)),
      entry('good/a JPEG that says it is a PNG.png', await paint(1, 2, 3)),
      entry('same bytes, other name', png),
      entry(
        '<img src=x onerror=alert(1)>.svg',
        Buffer.from('<svg onload="alert(1)"><image href="http://example.com"/></svg>'),
      ),
      entry('zero', new Uint8Array()),
      entry('cut.jpg', jpeg.subarray(0, jpeg.length - 40)),
      entry('cut.png', png.subarray(0, png.length - 20)),
      entry('flipped.png', flipped),
      entry('no decoder for.bmp', bmp),
      entry('bomb.png', makeBomb(16_000)),
      entry('frame larger than its screen.gif', fakeHeader.gif(65_000, 65_000)),
      entry('text.jpg', Buffer.from('I am no picture')),
      { path: 'gone.png', file: null },
      entry('\u202Egnp.exe\u0000.png', Buffer.from('MZ')),
      entry(`${'n'.repeat(5000)}.png`, new Uint8Array()),
      entry('__proto__', new Uint8Array()),
      entry('../../../etc/passwd', Buffer.from('root:x:0:0')),
    ]
    const events: ImportEvent[] = []
    const output = await importFiles(tab, files, { onEvent: (event) => events.push(event) })
    expect(output).toMatchObject({ added: good.length + 1, duplicates: 1 })
    expect(output.skipped).toEqual([
      { name: '<img src=x onerror=alert(1)>.svg', reason: 'svg' },
      { name: 'zero', reason: 'empty' },
      { name: 'cut.jpg', reason: 'truncated' },
      { name: 'cut.png', reason: 'truncated' },
      { name: 'flipped.png', reason: 'damaged' },
      { name: 'no decoder for.bmp', reason: 'damaged' },
      { name: 'bomb.png', reason: 'too-many-pixels' },
      { name: 'frame larger than its screen.gif', reason: 'too-many-pixels' },
      { name: 'text.jpg', reason: 'not-a-picture' },
      { name: 'gone.png', reason: 'unreadable' },
      { name: 'gnp.exe.png', reason: 'not-a-picture' },
      { name: 'n'.repeat(200), reason: 'empty' },
      { name: '__proto__', reason: 'empty' },
      { name: '../../../etc/passwd', reason: 'not-a-picture' },
    ])
    expect(events.filter(({ kind }) => kind === 'skipped')).toHaveLength(output.skipped.length)
    expect(events.findLast(({ kind }) => kind === 'progress')).toMatchObject({
      done: files.length,
      total: files.length,
    })
    const [database] = (await tab.client.run('library-list', null)).databases
    expect(database).toMatchObject({ name: 'Test', rows: good.length + 1, clipMatches: true, readOnly: false })
    expect(database?.cover).toHaveLength(4)
  })
})

it('tells what others change while it is watched: often it may change, seldom it is said', async () => {
  const { client, tellChange } = await openTab()
  const controller = new AbortController()
  const told: number[] = []
  const onEvent = () => void told.push(performance.now())
  const watch = client.run('library-watch', null, { signal: controller.signal, onEvent }).catch(({ code }) => code)
  await client.run('library-list', null)
  expect(told).toEqual([])
  for (let change = 0; change < 20; change++) tellChange()
  await expect.poll(() => told.length).toBe(1)
  for (let change = 0; change < 20; change++) tellChange()
  await expect.poll(() => told.length, { timeout: 3000 }).toBe(2)
  expect((told[1] ?? 0) - (told[0] ?? 0)).toBeGreaterThan(900)
  controller.abort()
  expect(await watch).toBe('cancelled')
})

describe('a database', () => {
  it('gives the ids of as many of its rows as are asked for', async () => {
    const tab = await openTab()
    const databaseId = (await importFiles(tab, await colours())).databaseId ?? ''
    const { items } = await tab.client.run('library-items', { databaseId, from: 0, count: 10 })
    const ids = items.map(({ id }) => id)
    const idsFrom = async (from: number, count: number) =>
      (await tab.client.run('library-item-ids', { databaseId, from, count })).ids
    expect(await idsFrom(0, 60_000)).toEqual(ids)
    expect(await idsFrom(1, 1)).toEqual(ids.slice(1, 2))
  })

  it('shows its rows in windows, with thumbnails and pictures', async () => {
    const tab = await openTab()
    const { databaseId } = await importFiles(tab, await colours())
    const id = databaseId ?? ''
    const { items, sheet, rows } = await tab.client.run('library-items', { databaseId: id, from: 1, count: 10 })
    expect(rows).toBe(3)
    expect(items.map(({ caption }) => caption)).toEqual(['green', 'blue'])
    const [green] = items
    expect(items.map(({ place }) => place).sort()).toEqual([0, 1])
    expect(sheet?.bitmap).toMatchObject(TWO_THUMBNAILS)
    const kept = await tab.client.run('library-image', { databaseId: id, itemId: green?.id ?? '' })
    expect(kept).toMatchObject({ kept: 'picture', picture: { width: 64, height: 64 }, width: 64, height: 64 })
    const gone = tab.client.run('library-image', { databaseId: id, itemId: 'gone' })
    await expect(gone).rejects.toMatchObject({ code: 'database-missing' })
  })

  it('finds a picture by itself, first and with a cosine of one', async () => {
    const tab = await openTab()
    const { databaseId } = await importFiles(tab, await colours())
    const blue = new Blob([(await paint(30, 60, 220)) as Uint8Array<ArrayBuffer>])
    const query = { databaseId: databaseId ?? '', query: { image: blue }, count: 2 }
    const { items, sheet } = await tab.client.run('library-search', query)
    expect(items.map(({ row }) => row)).toHaveLength(2)
    expect(items[0]).toMatchObject({ caption: 'blue', row: 2 })
    expect(sheet?.bitmap).toMatchObject(TWO_THUMBNAILS)
    expect(items[0]?.score).toBeCloseTo(1, 3)
  })

  it('shows and finds what is being added to it, while that goes on', async () => {
    const tab = await openTab()
    const [red, , blue] = await colours()
    const { databaseId } = await importFiles(tab, red ? [red] : [])
    const id = databaseId ?? ''
    const image = new Blob([(await paint(30, 60, 220)) as Uint8Array<ArrayBuffer>])
    const search = () => tab.client.run('library-search', { databaseId: id, query: { image }, count: 2 })
    expect((await search()).items).toHaveLength(1)
    let meanwhile: Promise<unknown[]> = Promise.resolve([])
    const onEvent = (event: ImportEvent) => {
      if (event.kind !== 'added') return
      const ids = tab.client.run('library-item-ids', { databaseId: id, from: 0, count: 9 })
      const large = ids.then(({ ids }) => tab.client.run('library-image', { databaseId: id, itemId: ids[1] ?? '' }))
      meanwhile = Promise.all([search(), large])
    }
    await importFiles(tab, blue ? [blue] : [], { databaseId: id, onEvent })
    expect(await meanwhile).toMatchObject([{ items: [{ caption: 'blue', row: 1 }, { row: 0 }] }, { kept: 'picture' }])
  })

  it('stays in memory from search to search, until it is put away', async () => {
    const tab = await openTab()
    const { databaseId } = await importFiles(tab, await colours())
    const query = { databaseId: databaseId ?? '', query: { text: 'a blue boat' }, count: 1 }
    const reads = async () => {
      const before = tab.disk.operations
      await tab.client.run('library-search', query)
      return tab.disk.operations - before
    }
    const first = await reads()
    const again = await reads()
    expect(again).toBeLessThan(first)
    expect(await tab.client.run('library-put-away', null)).toBeNull()
    expect(await reads()).toBeGreaterThan(again)
  })

  it('is searched by words in the order of their cosines', async () => {
    const tab = await openTab()
    const { databaseId } = await importFiles(tab, await colours())
    const query = { databaseId: databaseId ?? '', query: { text: 'a blue boat' }, count: 3 }
    const { items } = await tab.client.run('library-search', query)
    const { embedding } = await textEncoder.encodeText('a blue boat')
    const { pixels } = await decode(await paint(30, 60, 220), description)
    const [blue = new Float32Array()] = await tower.embed([pixels])
    const cosine = blue.reduce((sum, value, i) => sum + value * (embedding[i] ?? 0), 0) / Math.hypot(...blue)
    expect(items.find(({ caption }) => caption === 'blue')?.score).toBeCloseTo(cosine, 3)
    const scores = items.map(({ score }) => score)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    await expect(tab.client.run('library-search', { ...query, query: { text: '  ' } })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    const notPicture = { ...query, query: { image: new Blob(['text']) } }
    await expect(tab.client.run('library-search', notPicture)).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('has the same numbers for a picture whether it is given to a search or imported', async () => {
    const { client, disk } = await openTab()
    const bytes = await paint(30, 60, 220)
    const { databaseId } = await importFiles({ client, disk }, [entry('blue.png', bytes)])
    const [item] = (await client.run('library-items', { databaseId: databaseId ?? '', from: 0, count: 1 })).items
    const given = await client.run('read-picture', { image: new Blob([bytes as Uint8Array<ArrayBuffer>]) })
    expect(given).toMatchObject({ id: item?.id, clipId: description.id })
    expect(await sharp(await given.thumbnail?.arrayBuffer()).metadata()).toMatchObject({ format: 'webp', width: 96 })
    const { file } = await client.run('library-export', { databaseId: databaseId ?? '' })
    const row = (await openStyleDatabase(bytesSource(new Uint8Array(await file.arrayBuffer())))).embeddings
    expect(given.embedding).toBe(Array.from(row, (half) => half.toString(16).padStart(4, '0')).join(''))
    expect((await client.run('library-list', null)).databases).toMatchObject([{ rows: 1 }])
  })

  it.each([
    ['svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['too-many-pixels', makeBomb(16_000)],
    ['empty', new Uint8Array()],
    ['not-a-picture', Buffer.from('I am no picture')],
  ])('refuses to read or search by a picture with the reason "%s"', async (reason, bytes) => {
    const { client, disk } = await openTab()
    const image = new Blob([bytes as Uint8Array<ArrayBuffer>])
    const refusal = { code: 'invalid-input', detail: reason }
    await expect(client.run('read-picture', { image })).rejects.toMatchObject(refusal)
    const { databaseId } = await importFiles({ client, disk }, [entry('red.png', await paint(220, 30, 30, 16))])
    const search = client.run('library-search', { databaseId: databaseId ?? '', query: { image }, count: 1 })
    await expect(search).rejects.toMatchObject(refusal)
  })

  it('of rows without pictures has a drawing of them for a cover, made anew when they change', async () => {
    const { client } = await openTab()
    const keeping = client.run('library-import-rows', { importId: 'rows', name: 'Far away' })
    const { dim } = description
    const embeddings = floatToHalfArray(Float32Array.from({ length: 20 * dim }, (_, i) => Math.sin(i * i)))
    const items = Array.from({ length: 20 }, (_, row) => ({ id: `${row}`, caption: '' }))
    await client.run('library-add-rows', { importId: 'rows', rows: { items, embeddings } })
    await client.run('library-add-rows', { importId: 'rows', rows: null })
    const { databaseId } = await keeping
    const drawn = async () => {
      const [database] = (await client.run('library-list', null)).databases
      expect(database).toMatchObject({ hasPictures: false, cover: [{ type: 'image/svg+xml' }] })
      return (await database?.cover[0]?.text())?.match(/<circle/g)?.length
    }
    expect(await drawn()).toBe(20)
    await client.run('library-remove-items', { databaseId, itemIds: ['3', '4'] })
    expect(await drawn()).toBe(18)
  })

  it('is renamed, merged, thinned out, removed and had back, and what is shown follows', async () => {
    const tab = await openTab()
    const { client } = tab
    const [red, green, blue] = await colours()
    if (!red || !green || !blue) throw new Error('three colours')
    const first = (await importFiles(tab, [red, green])).databaseId ?? ''
    const second = (await importFiles(tab, [green, blue], { name: 'Second' })).databaseId ?? ''
    const captions = async (databaseId: string) =>
      (await client.run('library-items', { databaseId, from: 0, count: 9 })).items.map(({ caption }) => caption)
    const summary = ({ databases }: LibraryState) => databases.map(({ name, rows }) => [name, rows])

    expect(summary(await client.run('library-rename', { databaseId: first, name: ' a\u202E\tb ' }))).toEqual([
      ['a b', 2],
      ['Second', 2],
    ])
    await expect(client.run('library-rename', { databaseId: first, name: '\u200b' })).rejects.toMatchObject({
      code: 'invalid-input',
    })

    const { items } = await client.run('library-items', { databaseId: first, from: 0, count: 1 })
    const itemIds = items.map(({ id }) => id)
    await client.run('library-set-caption', { databaseId: first, itemId: itemIds[0] ?? '', caption: 'crimson' })
    expect(await captions(first)).toEqual(['crimson', 'green'])
    await client.run('library-move-items', { fromId: first, intoId: second, itemIds })
    expect([await captions(first), await captions(second)]).toEqual([['green'], ['green', 'blue', 'crimson']])
    await client.run('library-remove-items', { databaseId: second, itemIds })
    expect(await captions(second)).toEqual(['green', 'blue'])

    const removed = await client.run('library-remove', { databaseId: second })
    expect([summary(removed), removed.removed]).toEqual([[['a b', 1]], [{ id: second, name: 'Second' }]])
    expect(summary(await client.run('library-undo-remove', { databaseId: second }))).toEqual([
      ['a b', 1],
      ['Second', 2],
    ])
    expect(summary(await client.run('library-merge', { intoId: first, fromId: second }))).toEqual([['a b', 2]])
    expect(await captions(first)).toEqual(['green', 'blue'])
    await expect(captions(second)).rejects.toMatchObject({ code: 'database-missing' })
  })

  it('is the same after export and import, byte for byte', async () => {
    const tab = await openTab()
    const { databaseId } = await importFiles(tab, await colours(), { name: '../<b>Blaue Boote</b>?' })
    const exported = await tab.client.run('library-export', { databaseId: databaseId ?? '' })
    expect(exported.name).toBe('bBlaue Booteb.zip')
    const elsewhere = await openTab()
    const copy = await elsewhere.client.run('library-import-file', { file: exported.file })
    const again = await elsewhere.client.run('library-export', copy)
    expect(Buffer.from(await again.file.arrayBuffer())).toEqual(Buffer.from(await exported.file.arrayBuffer()))
    await expect(
      elsewhere.client.run('library-import-file', { file: exported.file.slice(0, exported.file.size - 9) }),
    ).rejects.toMatchObject({ code: 'database-damaged' })
    expect((await elsewhere.client.run('library-list', null)).databases).toHaveLength(1)
  })

  it('keeps of a file only pictures that are some and small enough to be shown and embedded again', async () => {
    const tab = await openTab()
    const { databaseId } = await importFiles(tab, await colours())
    const exported = await tab.client.run('library-export', { databaseId: databaseId ?? '' })
    const { entries, read } = await openZip(blobSource(exported.file))
    const hostile = new Map([
      ['images/0.webp', fakeWebp(16_000, 16_000)],
      ['images/1.webp', await paint(1, 2, 3)],
      ['thumbnails/0.webp', fakeWebp(16_000, 16_000)],
    ])
    const files = Array.from(entries.keys(), async (name) => [name, hostile.get(name) ?? (await read(name))] as const)
    const elsewhere = await openTab()
    const file = new Blob([(await writeZip(await Promise.all(files))) as Uint8Array<ArrayBuffer>])
    const copy = await elsewhere.client.run('library-import-file', { file })
    const kept = await openLibrary(elsewhere.disk).openDatabase(copy.databaseId)
    const isThere = (pictures: readonly (Uint8Array | null)[]) => pictures.map((bytes) => bytes !== null)
    expect(isThere(await kept.images([0, 1, 2]))).toEqual([false, false, true])
    expect(isThere(await kept.thumbnails([0, 1, 2]))).toEqual([false, true, true])
    expect(kept.summary.damage).toEqual({ rows: 0, thumbnails: 1, images: 2, kept: 0 })
  })

  it('of another CLIP is told apart, cannot be added to or searched, and can be embedded again', async () => {
    const before = await openTab()
    const { databaseId } = await importFiles(before, await colours())
    const id = databaseId ?? ''
    const { client, state } = await openTab(before.disk, mirrored)
    expect(state.databases).toMatchObject([{ id, clipId: description.id, clipMatches: false }])
    const blue = new Blob([(await paint(30, 60, 220)) as Uint8Array<ArrayBuffer>])
    const search = () => client.run('library-search', { databaseId: id, query: { image: blue }, count: 1 })
    await expect(search()).rejects.toMatchObject({ code: 'database-other-clip' })
    await expect(importFiles({ ...before, client }, [], { databaseId: id })).rejects.toMatchObject({
      code: 'database-other-clip',
    })
    const told: number[] = []
    const after = await client.run('library-reembed', { databaseId: id }, { onEvent: ({ done }) => told.push(done) })
    expect([told, after.databases[0]?.clipMatches]).toEqual([[0, 2, 3], true])
    const [found] = (await search()).items
    expect(found).toMatchObject({ caption: 'blue' })
    // The kept picture is a lossy one.
    expect(found?.score).toBeGreaterThan(0.99)
  })
})

it('has no picture on its cover that claims too many pixels, also of those kept by earlier apps', async () => {
  const { client, disk } = await openTab()
  const made = [row('a', { thumbnail: HUGE_THUMBNAIL }), row('b', { thumbnail: thumbnailOf('b') })]
  const { databaseId } = await openLibrary(disk).create({ name: 'Sea', clip: CLIP }, made)
  const { databases } = await client.run('library-list', null)
  const covers = databases.find(({ id }) => id === databaseId)?.cover ?? []
  expect(await Promise.all(covers.map((cover) => cover.bytes()))).toEqual([thumbnailOf('b')])
})

it('does not decode a kept picture of too many pixels that was taken in earlier, to embed it again', async () => {
  const { client, disk } = await openTab()
  const toImage = async (side: number) =>
    new Uint8Array(
      await sharp(await paint(9, 9, 9, side))
        .webp()
        .toBuffer(),
    )
  const [image, large] = [await toImage(64), await toImage(1200)]
  const rows = [row('a', { image }), row('b', { image: large })].map((made) => ({
    ...made,
    embedding: new Float32Array(description.dim).fill(1),
  }))
  const { databaseId } = await openLibrary(disk).create({ name: 'Old', clip: description }, rows)
  decoded.splice(0)
  await client.run('open-library', { pack: MIRRORED })
  await expect(client.run('library-reembed', { databaseId })).rejects.toMatchObject({ code: 'database-damaged' })
  expect(decoded.filter((size) => size === large.length)).toEqual([])
})

it('brings damaged rows back from their kept pictures, by the CLIP that is open', async () => {
  const before = await openTab()
  const { databaseId } = await importFiles(before, await colours())
  const id = databaseId ?? ''
  const key = [...before.disk.records.keys()].find((name) => name.startsWith('embeddings/')) ?? ''
  const record = before.disk.records.get(key) as { readonly values: Uint16Array }
  await before.disk.commit({ put: [[key, { ...record, values: record.values.map((value) => value ^ 4) }]] }, 'strict')
  const { client } = await openTab(before.disk)
  const blue = new Blob([(await paint(30, 60, 220)) as Uint8Array<ArrayBuffer>])
  const search = () => client.run('library-search', { databaseId: id, query: { image: blue }, count: 1 })
  expect((await search()).items).toEqual([])
  expect((await client.run('library-list', null)).databases).toMatchObject([{ rows: 0, damage: { rows: 3, kept: 3 } }])

  const told: number[] = []
  const after = await client.run('library-reembed', { databaseId: id }, { onEvent: ({ done }) => told.push(done) })
  expect(after.databases).toMatchObject([{ rows: 3, damage: null }])
  expect([told[0], told.at(-1)]).toEqual([0, 3])
  const [found] = (await search()).items
  expect(found).toMatchObject({ caption: 'blue' })
  expect(found?.score).toBeGreaterThan(0.99)
})

const many = async (count: number) =>
  Promise.all(Array.from({ length: count }, async (_, i) => entry(`${i}.png`, await paint(i, 255 - i, 99, 16))))

it('looks over what the grid shows, and tells of rows whose embeddings are damaged before they are searched', async () => {
  const before = await openTab()
  const { databaseId } = await importFiles(before, await many(66))
  const id = databaseId ?? ''
  expect(await before.client.run('library-look-over', { databaseId: id })).toEqual({ damage: null })
  // The first chunk is looked at for the cover: the damage is in the second, of two rows.
  type Embeddings = { readonly values: Uint16Array }
  const stored = [...before.disk.records].filter(([key]) => key.startsWith('embeddings/')) as [string, Embeddings][]
  const [found] = stored.toSorted(([, a], [, b]) => a.values.length - b.values.length)
  const [key, { values, ...record }] = found ?? ['', { values: new Uint16Array() }]
  const flipped = values.map((value, at) => (at === 1 ? value ^ 4 : value))
  await before.disk.commit({ put: [[key, { ...record, values: flipped }]] }, 'strict')
  const { client } = await openTab(before.disk)
  const shown = async () => (await client.run('library-items', { databaseId: id, from: 60, count: 9 })).rows
  expect(await shown()).toBe(66)
  expect(await client.run('library-look-over', { databaseId: id })).toEqual({
    damage: { rows: 1, thumbnails: 0, images: 0, kept: 1 },
  })
  expect(await shown()).toBe(65)
})

describe('another pack that is opened in the same visit', () => {
  it('has its databases told apart, read again where it was stopped, and told apart again by the first', async () => {
    const { client, disk } = await openTab()
    const { databaseId } = await importFiles({ client, disk }, await many(24))
    const id = databaseId ?? ''
    const other = await client.run('open-library', { pack: MIRRORED })
    expect(other.databases).toMatchObject([{ rows: 24, images: 24, reembedded: 0, clipMatches: false }])

    const controller = new AbortController()
    const onEvent = ({ done }: { done: number }) => done >= 16 && controller.abort()
    const stopped = client.run('library-reembed', { databaseId: id }, { signal: controller.signal, onEvent })
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    const between = await client.run('library-list', null)
    expect(between.databases).toMatchObject([{ reembedded: 16, clipMatches: false }])

    const told: number[] = []
    const after = await client.run('library-reembed', { databaseId: id }, { onEvent: ({ done }) => told.push(done) })
    expect([told[0], told.at(-1)]).toEqual([16, 24])
    expect(after.databases).toMatchObject([{ reembedded: 0, clipMatches: true }])
    const back = await client.run('open-library', { pack: BUILT_IN })
    expect(back.databases).toMatchObject([{ clipMatches: false }])
  })

  it('leaves an import its CLIP to the end, and frees that then', async () => {
    const released: string[] = []
    const watched = (name: string, clip: PackClip): PackClip => ({
      ...clip,
      release: async () => void released.push(name),
    })
    const { client, disk } = await openTab(undefined, watched('first', builtIn), watched('second', mirrored))
    let switching: Promise<LibraryState> | null = null
    const output = await importFiles({ client, disk }, await many(40), {
      onEvent: ({ kind }) => {
        if (kind === 'added') switching ??= client.run('open-library', { pack: MIRRORED })
      },
    })
    await switching
    expect(output).toMatchObject({ added: 40, skipped: [] })
    const { clip, databases } = await client.run('library-list', null)
    expect(clip.id).toBe(mirrored.description.id)
    expect(databases).toMatchObject([{ rows: 40, clipId: description.id, clipMatches: false }])
    expect(released).toEqual(['first'])
    await client.run('open-library', { pack: BUILT_IN })
    expect(released).toEqual(['first', 'second'])
  })

  it('that cannot be opened leaves the library as it was', async () => {
    const { client, disk } = await openTab(undefined, builtIn, null)
    await importFiles({ client, disk }, await many(3))
    await expect(client.run('open-library', { pack: MIRRORED })).rejects.toMatchObject({ code: 'pack-damaged' })
    expect((await client.run('library-list', null)).databases).toMatchObject([{ rows: 3, clipMatches: true }])
  })
})

describe('an import', () => {
  it('that is paused is listed, survives a reload, and goes on to the same end', async () => {
    const files = await many(40)
    const tab = await openTab()
    const controller = new AbortController()
    const cancelled = importFiles(tab, files, {
      name: 'Holiday',
      signal: controller.signal,
      onEvent: ({ kind }) => kind === 'added' && controller.abort(),
    })
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })

    const reloaded = await openTab(tab.disk.reopen())
    const [paused] = reloaded.state.imports
    const kept = reloaded.state.databases[0]?.rows ?? 0
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(40)
    expect(paused).toMatchObject({ name: 'Holiday', total: 40, added: kept, skipped: 0, handles: [] })

    const output = await importFiles(reloaded, files, { importId: paused?.id ?? '' })
    expect(output).toMatchObject({ databaseId: paused?.databaseId, added: 40, duplicates: 0, skipped: [] })
    const after = await reloaded.client.run('library-list', null)
    expect(after).toMatchObject({ databases: [{ rows: 40 }], imports: [] })
    await expect(importFiles(reloaded, files, { importId: paused?.id ?? '' })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })

  it('that waits for its turn is offered after a reload and by no tab before, and begins once', async () => {
    const files = await many(3)
    const tab = await openTab()
    const keep = (importId: string, { client }: Tab = tab) =>
      client.run('library-keep-import', {
        ...{ importId, databaseId: null, name: 'Holiday', total: 3, handles: [], within: 'art/oil' },
      })
    await keep('w')
    await keep('never mind')
    expect((await tab.client.run('library-list', null)).imports).toEqual([])
    await tab.client.run('library-forget-import', { importId: 'never mind' })

    const reloaded = await openTab(tab.disk.reopen())
    expect(reloaded.state).toMatchObject({ databases: [], imports: { length: 1 } })
    expect(reloaded.state.imports).toEqual([
      { id: 'w', databaseId: null, name: 'Holiday', total: 3, added: 0, skipped: 0, handles: [], within: 'art/oil' },
    ])
    const output = await importFiles(reloaded, files, { importId: 'w', name: 'Holiday' })
    expect(output).toMatchObject({ added: 3 })
    expect(await reloaded.client.run('library-list', null)).toMatchObject({ databases: [{ rows: 3 }], imports: [] })
    await expect(importFiles(reloaded, files, { importId: 'w' })).rejects.toMatchObject({ code: 'invalid-input' })

    await keep('paused', reloaded)
    expect((await reloaded.client.run('library-list', null)).imports).toEqual([])
    await reloaded.client.run('library-pause-import', { importId: 'paused' })
    expect((await reloaded.client.run('library-list', null)).imports).toMatchObject([{ id: 'paused' }])
    await reloaded.client.run('library-forget-import', { importId: 'paused' })

    await keep('x', reloaded)
    await importFiles(reloaded, [entry('notes.txt', new Uint8Array(9))], { importId: 'x' })
    expect((await reloaded.client.run('library-list', null)).imports).toEqual([])
  })

  it('can be forgotten instead: what it added stays', async () => {
    const tab = await openTab()
    const controller = new AbortController()
    const files = await many(40)
    const onEvent = ({ kind }: ImportEvent) => kind === 'added' && controller.abort()
    await importFiles(tab, files, { signal: controller.signal, onEvent }).catch(() => undefined)
    const [paused] = (await tab.client.run('library-list', null)).imports
    const state = await tab.client.run('library-forget-import', { importId: paused?.id ?? '' })
    expect(state).toMatchObject({ databases: [{ rows: paused?.added }], imports: [] })
  })

  it('ends with "storage-full" where there is no more room, and what was acknowledged is there', async () => {
    const files = await many(40)
    const whole = await openTab()
    await importFiles(whole, files)
    const disk = createSimulatedDisk({ quota: whole.disk.bytes / 2 })
    const tab = await openTab(disk)
    let shown = 0
    const onEvent = (event: ImportEvent) => {
      if (event.kind === 'added') shown += event.thumbnails.length
    }
    await expect(importFiles(tab, files, { onEvent })).rejects.toMatchObject({ code: 'storage-full' })
    const { databases, imports } = await tab.client.run('library-list', null)
    expect(shown).toBeGreaterThan(0)
    expect(databases).toMatchObject([{ rows: shown }])
    expect(imports).toMatchObject([{ added: shown, total: 40 }])
  })
})
