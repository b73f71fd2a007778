import { afterAll, describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/core/diffusion/recipe.ts'
import { bytesSource } from '../../src/core/formats/byte-source.ts'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { writeNpz } from '../../src/core/formats/npz.ts'
import { embedRecipe } from '../../src/core/formats/png-metadata.ts'
import { writeZip } from '../../src/core/formats/zip-writer.ts'
import { GALLERY_PICTURE, type PictureBounds, STYLE_PICTURE } from '../../src/core/image/picture-bounds.ts'
import type { DrawnSheet } from '../../src/core/image/picture-sheet.ts'
import { writeStyleDatabase } from '../../src/core/retrieval/style-database.ts'
import { blobSource } from '../../src/platform/blob-source.ts'
import { createSealedParser } from '../../src/platform/sealed-parser.ts'
import { createSealedPictures } from '../../src/platform/sealed-pictures.ts'
import { createSheetDrawer } from '../../src/platform/sealed-sheets.ts'
import { JobError } from '../../src/protocol/errors.ts'
import { sealScope } from '../../workers/sealed-scope.ts'
import type { FakeSheet } from '../fixtures/fake-painter.ts'
import { fakeHeader, fakeWebp, makeBomb } from '../fixtures/hostile-pictures.ts'
import { openParseChannel } from './parse-channel.ts'

const { client, parser, pictures, sheets, close } = openParseChannel()
afterAll(close)

const blob = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>])

const npz = await writeNpz(
  new Map([['embedding', { dtype: 'f4', dims: [2, 2], data: Float32Array.of(3, 4, 0, 2) } as const]]),
)
const files = [{ path: 'sketches.npz', file: blob(npz) }]

const database = await writeStyleDatabase({
  description: {
    id: 'sketches',
    name: 'Sketches',
    description: '',
    heldOut: false,
    clip: { id: 'c'.repeat(64), dim: 2 },
    thumbnail: { type: 'image/webp', side: 96 },
    items: [
      { id: 'a', caption: 'first' },
      { id: 'b', caption: 'second' },
    ],
  },
  embeddings: [Float32Array.of(1, 0), Float32Array.of(0, 1)],
  thumbnails: [fakeWebp(96, 96), null],
})

/** The smallest PNG: a pixel. */
const pixel = new Uint8Array(
  Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64'),
)

describe('the parse worker', () => {
  it('finds embeddings in the files it is handed, and reads their rows', async () => {
    expect(await client.run('find-embeddings', { files, dim: 2 })).toEqual({
      found: [{ name: 'sketches', rows: 2, dim: 2 }],
      refused: [],
    })
    await client.run('open-embeddings', { files, dim: 2, index: 0 })
    const first = await client.run('next-embeddings', null)
    expect(await client.run('next-embeddings', null)).toEqual({ done: true, rows: 2, withoutDirection: 0 })
    const ids = first.done ? [] : first.items.map(({ id }) => id)
    expect(ids).toEqual(['row 0', 'row 1'])
  })

  it('opens nothing that it did not find, and has no rows before something is open', async () => {
    const { client, close } = openParseChannel()
    await expect(client.run('open-embeddings', { files, dim: 2, index: 1 })).rejects.toThrow(/no collection 1/)
    await expect(client.run('next-embeddings', null)).rejects.toThrow(/no embeddings are open/)
    close()
  })

  it('answers a file that is no PNG with a JobError', async () => {
    await expect(client.run('read-recipe', { png: new Blob(['<svg/>']) })).rejects.toThrow(/no PNG signature/)
  })

  it('loses what it could reach out with, wherever in its scope that is inherited from', () => {
    const base = { fetch: () => 0, indexedDB: {}, postMessage: () => 0 }
    const scope = Object.create(base, { navigator: { value: {}, configurable: true } })
    sealScope(scope)
    expect(['fetch', 'indexedDB', 'navigator'].filter((name) => name in scope)).toEqual([])
    expect('postMessage' in scope).toBe(true)
  })

  it('does not start where something cannot be taken from it', () => {
    const scope = Object.create(null, { caches: { value: {}, configurable: false } })
    expect(() => sealScope(scope)).toThrow(/can still reach caches/)
  })
})

describe('a picture looked at by way of the parse worker', () => {
  const hostile = [
    ['no bytes', new Uint8Array(), 'empty'],
    ['a text', new TextEncoder().encode('I am no picture'), 'not-a-picture'],
    ['a drawing', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'svg'],
    ['half a PNG', pixel.subarray(0, pixel.length - 20), 'truncated'],
    ['a PNG of 16,000 pixels a side', makeBomb(16_000), 'too-many-pixels'],
  ] as const

  it('is its header and its bytes, alone or in a zip', async () => {
    const header = { type: 'image/png', width: 1, height: 1, bitsPerChannel: 8 }
    const archive = await pictures.openArchive(blobSource(blob(await writeZip([['a.png', pixel]]))))
    expect([...archive.entries]).toEqual([['a.png', pixel.length]])
    for (const read of [
      await pictures.readPicture(blobSource(blob(pixel))),
      await pictures.readPicture(bytesSource(pixel)),
      await archive.readPicture('a.png'),
    ]) {
      expect(read).toEqual({ header, bytes: pixel })
    }
    await archive.close()
    await expect(archive.readPicture('a.png')).rejects.toMatchObject({ reason: 'unreadable' })
  })

  it.each(hostile)('is skipped with its reason, alone or in a zip: %s', async (_, bytes, reason) => {
    await expect(pictures.readPicture(blobSource(blob(bytes)))).rejects.toMatchObject({ reason })
    const archive = await pictures.openArchive(blobSource(blob(await writeZip([['a', bytes]]))))
    await expect(archive.readPicture('a')).rejects.toMatchObject({ reason })
    await archive.close()
  })

  it('is skipped where its archive is damaged, or its bytes cannot be had', async () => {
    const zip = await writeZip([['a.png', pixel]])
    const cut = pictures.openArchive(blobSource(blob(zip.subarray(0, zip.length - 9))))
    await expect(cut).rejects.toMatchObject({ reason: 'zip-damaged' })
    const flipped = zip.slice()
    flipped[60] = (flipped[60] ?? 0) ^ 1
    const archive = await pictures.openArchive(blobSource(blob(flipped)))
    await expect(archive.readPicture('a.png')).rejects.toMatchObject({ reason: 'zip-damaged' })
  })

  it('is looked at again where another one ended the worker, and skipped where it ends each', async () => {
    let deaths = 0
    const dying = (most: number): typeof client => ({
      ...client,
      run: async (name, input, options) => {
        if (deaths++ < most) throw new JobError('worker-died', 'the worker failed')
        return client.run(name, input, options)
      },
    })
    const look = (most: number) => createSealedPictures(dying(most), () => 'x').readPicture(blobSource(blob(pixel)))
    expect((await look(1)).header.width).toBe(1)
    deaths = 0
    await expect(look(2)).rejects.toMatchObject({ reason: 'damaged' })
  })
})

describe('a file read by way of the parse worker', () => {
  it('gives its entries, and what they hold', async () => {
    const archive = await parser.openArchive(blob(await writeZip([['a.txt', Uint8Array.of(1, 2, 3)]])))
    expect([...archive.entries]).toEqual([['a.txt', 3]])
    expect(await archive.read('a.txt')).toEqual(Uint8Array.of(1, 2, 3))
    await archive.close()
    await expect(archive.read('a.txt')).rejects.toThrow(/no archive is open/)
  })

  it('gives many entries in few messages, each of a few megabytes', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `${i}`)
    const content = (i: number) => new Uint8Array(100_000).fill(i)
    const messages: (readonly string[])[] = []
    const counted: Pick<typeof client, 'run' | 'close'> = {
      ...client,
      run: (name, input, options) => {
        if ('names' in (input ?? {})) messages.push((input as { names: readonly string[] }).names)
        return client.run(name, input, options)
      },
    }
    const file = blob(await writeZip(names.map((name, i) => [name, content(i)] as const)))
    const archive = await createSealedParser(counted, () => 'many').openArchive(file)
    const read = await archive.readMany(names.toReversed())
    expect(read.map((bytes) => bytes[0])).toEqual(names.toReversed().map((_, i) => (299 - i) % 256))
    expect(messages.flat()).toEqual(names.toReversed())
    expect(messages.map((some) => some.length)).toEqual([83, 83, 83, 51])
    await archive.close()
  })

  it('is a style database, at the top or in a folder, with its pictures', async () => {
    const top = await parser.openArchive(blob(database))
    const inside = await Promise.all(
      Array.from(top.entries.keys(), async (name) => [`some/${name}`, await top.read(name)] as const),
    )
    const folder = await parser.openArchive(blob(await writeZip(inside)))
    for (const read of [await top.readDatabase(''), await folder.readDatabase('some/')]) {
      expect(read.description.items.map(({ caption }) => caption)).toEqual(['first', 'second'])
      expect(read.embeddings).toHaveLength(4)
      expect(await read.thumbnails([1, 0])).toEqual([null, fakeWebp(96, 96)])
      expect(await read.images([0])).toEqual([null])
    }
  })

  it('gives only pictures that may be kept: of the type asked for, of few pixels and bytes', async () => {
    const files: readonly (readonly [name: string, bytes: Uint8Array])[] = [
      ['fits.webp', fakeWebp(512, 512)],
      ['bomb.webp', fakeWebp(16_000, 16_000)],
      ['long.webp', Buffer.concat([fakeWebp(8, 8), new Uint8Array(1 << 20)])],
      ['png.webp', pixel],
      ['text.webp', new TextEncoder().encode('I am no picture')],
      ['cut.webp', fakeWebp(8, 8).subarray(0, 20)],
      ['pixel.png', pixel],
      ['bomb.png', fakeHeader.png(60_000, 60_000, 8)],
    ]
    const archive = await parser.openArchive(blob(await writeZip(files)))
    const names = [...files.map(([name]) => name), 'missing']
    const within = async (bounds: PictureBounds) => {
      const read = await archive.readPictures(names, bounds)
      return names.filter((_, at) => read[at] !== null)
    }
    expect(await within(STYLE_PICTURE)).toEqual(['fits.webp'])
    expect(await within(GALLERY_PICTURE)).toEqual(['png.webp', 'pixel.png'])
    expect(await archive.readPictures(['fits.webp'], STYLE_PICTURE)).toEqual([fakeWebp(512, 512)])
    await archive.close()
  })

  it('is told apart: a style database, a backup, a pack, another zip, anything else', async () => {
    const say = (format: string) => new TextEncoder().encode(JSON.stringify({ format }))
    const zips = await Promise.all([
      writeZip([['databases.json', say('kindred-backup')]]),
      writeZip([['mini/pack.json', say('kindred-pack')]]),
      // No more than one folder deep, and no file but the one that tells.
      writeZip([['a/b/pack.json', say('kindred-pack')]]),
      writeZip([['gallery.json', say('kindred-backup')]]),
      writeZip([['a.png', pixel]]),
    ])
    const kinds = await Promise.all([database, ...zips, pixel].map((bytes) => parser.kindOfZip(blob(bytes))))
    expect(kinds).toEqual(['style-database', 'backup', 'pack', 'other', 'other', 'other', 'other'])
  })

  it('is damaged with a FormatError, wherever it is damaged', async () => {
    await expect(parser.openArchive(blob(database.subarray(0, 100)))).rejects.toThrow(FormatError)
    const flipped = database.slice()
    flipped[flipped.indexOf(0x2f)] = 0xff
    const archive = await parser.openArchive(blob(flipped)).catch((error: unknown) => error)
    if (archive instanceof FormatError) return
    const names = (archive as Awaited<ReturnType<typeof parser.openArchive>>).entries.keys()
    const fates = await Promise.allSettled(Array.from(names, (archive as { read(name: string): unknown }).read))
    expect(fates.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
  })

  it('may be a picture that carries a recipe, or none', async () => {
    const recipe = {
      ...{ version: 1 as const, prompt: 'a boat', databaseId: 'ink', databaseHash: '', neighbourIds: [] },
      ...{ packId: 'p', packHash: '', ...DEFAULT_SETTINGS },
    }
    expect(await parser.readRecipe(blob(embedRecipe(pixel, recipe)))).toEqual(recipe)
    expect(await parser.readRecipe(blob(pixel))).toBeNull()
    expect(await parser.readRecipe(new Blob(['no picture']))).toBeNull()
  })
})

describe('a sheet of thumbnails drawn by way of the parse worker', () => {
  const wanted = new AbortController().signal
  const bitmapOf = (drawn: DrawnSheet<ImageBitmap>) => drawn.sheet?.bitmap as unknown as FakeSheet

  it('has each one in its place, and none that is damaged, no picture, or larger than it may be, which is not even decoded', async () => {
    const { sheets, painting, close } = openParseChannel()
    const hostile = [makeBomb(16_000), new TextEncoder().encode('no picture'), pixel.subarray(0, 20)]
    const drawn = await sheets.draw([...hostile, pixel, null], wanted)
    expect(drawn.places).toEqual([null, null, null, 0, null])
    expect(bitmapOf(drawn)).toMatchObject({ width: 1, height: 1, drawn: [{ type: 'image/png' }] })
    expect(painting.counts.decoded).toBe(1)
    close()
  })

  it('is not what one picture alone becomes: that is whole, and none where it may not be decoded', async () => {
    const { sheets, painting, close } = openParseChannel()
    expect(await sheets.drawPicture(pixel, wanted)).toMatchObject({ width: 1, height: 1 })
    for (const bytes of [makeBomb(16_000), new TextEncoder().encode('no picture')])
      expect(await sheets.drawPicture(bytes, wanted)).toBeNull()
    expect(painting.counts.decoded).toBe(1)
    expect(painting.open.size).toBe(0)
    close()
  })

  it('has its worker made before it is asked for, once', async () => {
    const asked: string[] = []
    const { prepare } = createSheetDrawer({
      run: (name, input, options) => {
        asked.push(name)
        return client.run(name, input, options)
      },
      close,
    })
    prepare()
    prepare()
    expect(asked).toEqual(['draw-sheet'])
  })

  it('leaves the thumbnails where they are: they are copied', async () => {
    const own = pixel.slice()
    await sheets.draw([own], wanted)
    expect(own).toEqual(pixel)
  })

  it('comes before the next one is begun, which is not begun at all once it is not wanted', async () => {
    const { sheets, painting, close } = openParseChannel()
    const dropped = new AbortController()
    const [first, second, third] = [
      sheets.draw(Array(40).fill(pixel), wanted),
      sheets.draw(Array(40).fill(pixel), dropped.signal),
      sheets.draw([pixel], wanted),
    ]
    const refused = expect(second).rejects.toMatchObject({ code: 'cancelled' })
    dropped.abort()
    const decodedAfter = (sheet: Promise<unknown>) => sheet.then(() => painting.counts.decoded)
    expect(await Promise.all([first, third].map(decodedAfter))).toEqual([40, 41])
    await refused
    close()
  })

  it('is given up in its middle where it is not wanted any more, and the next one is drawn', async () => {
    const { sheets, painting, close } = openParseChannel()
    const dropped = new AbortController()
    const first = sheets.draw(Array(400).fill(pixel), dropped.signal)
    const refused = expect(first).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => painting.counts.decoded).toBeGreaterThan(0)
    dropped.abort()
    await refused
    expect(painting.counts.decoded).toBeLessThan(400)
    expect(painting.open.size).toBe(0)
    expect((await sheets.draw([pixel], wanted)).places).toEqual([0])
    close()
  })

  it('that never ends is given up, and the next one is drawn', async () => {
    const asked: number[] = []
    const run = (_: string, { pictures }: { pictures: readonly unknown[] }, options?: { signal?: AbortSignal }) =>
      new Promise((resolve, reject) => {
        asked.push(pictures.length)
        if (pictures.length === 1) resolve({ sheet: null, places: [null] })
        else
          options?.signal?.addEventListener('abort', () => reject(new JobError('cancelled', 'the job was cancelled')))
      })
    const sheets = createSheetDrawer({ run } as unknown as Parameters<typeof createSheetDrawer>[0], 20)
    const [endless, next] = [sheets.draw([pixel, pixel], wanted), sheets.draw([pixel], wanted)]
    await expect(endless).rejects.toMatchObject({ code: 'invalid-input' })
    expect((await next).places).toEqual([null])
    expect(asked).toEqual([2, 1])
  })
})
