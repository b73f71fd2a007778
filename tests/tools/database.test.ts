// npm run database over a folder as people have them: what it takes, what it leaves out, and that its file is the page's.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bytesSource } from '../../src/core/formats/byte-source.ts'
import { parseImageHeader } from '../../src/core/formats/image-header.ts'
import { parseNpy, writeNpy } from '../../src/core/formats/npy.ts'
import { writeZip } from '../../src/core/formats/zip-writer.ts'
import { createImageTower } from '../../src/core/image/image-tower.ts'
import { writeDatabases } from '../../src/core/pack/built-in-databases.ts'
import { CLIP_TOWERS } from '../../src/core/pack/clip-folder.ts'
import { parsePackManifest } from '../../src/core/pack/manifest.ts'
import { openStyleDatabase, type StyleDatabase } from '../../src/core/retrieval/style-database.ts'
import { floatToHalfArray, halfToFloatArray } from '../../src/core/tensor/half.ts'
import { createNodeSession } from '../../tools/onnx-node.ts'
import { BUILT_IN_PACK, sha256 } from '../../tools/pack-folder.ts'
import { openLibrary } from '../core/library/world.ts'
import { createSimulatedDisk } from '../core/storage/simulated-disk.ts'
import { makeBomb, makePictures } from '../fixtures/hostile-pictures.ts'
import { type Ended, runTool } from './run-tool.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SLOW_MS = 120_000
const PARITY = join(ROOT, 'tests/fixtures/preprocess')
/** As the page embeds them within 1e-3, which a test in a browser holds against the same reference. */
const REFERENCES = ['gradient-301x33', 'noise-151x41', 'noise-37x53', 'rendering-187x131', 'rendering-61x45']
const manifest = parsePackManifest(readFileSync(join(BUILT_IN_PACK, 'pack.json'), 'utf8'))

let folder: string
const given = (name: string) => join(folder, name)

function put(name: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(given(name)), { recursive: true })
  writeFileSync(given(name), bytes)
}

const run = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
  runTool('database', [...args, '--pack', BUILT_IN_PACK], env)

const flat = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kindred-database-'))
  mkdirSync(given('scratch'))
  for (const name of REFERENCES) put(`pictures/${name}.png`, readFileSync(join(PARITY, `${name}.png`)))
  put('pictures/captions.json', JSON.stringify({ 'rendering-187x131.png': 'an oil painting' }))
  const noise = readFileSync(join(PARITY, 'noise-37x53.png'))
  put('pictures/below/copy of noise.png', noise)
  put('pictures/below/deep/broken.png', noise.subarray(0, noise.length - 9))
  put('pictures/below/deep/drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>')
  put('pictures/bomb.png', makeBomb(16_000))
  put('pictures/empty.jpg', '')
  put('pictures/notes.txt', 'no picture')
  symlinkSync(given('nowhere'), given('pictures/vanished.png'))
  put('pictures/one.png', await flat(40, 30, 'red').png().toBuffer())
  put('pictures/one.jpg', await flat(1300, 700, 'green').jpeg().toBuffer())
  const types = await makePictures()
  // Every type under a wrong extension; the first in a zip.
  const [first, ...others] = Object.entries(types)
  for (const [name, { bytes }] of others) put(`pictures/types/${name}.dat`, bytes)
  put('pictures/more.zip', await writeZip([[`${first?.[0]}.png`, first?.[1].bytes ?? new Uint8Array()]]))
}, SLOW_MS)

afterAll(() => rmSync(folder, { recursive: true }))

const TYPES = 11
const ADDED = REFERENCES.length + 2 + TYPES
const TALLY = `${ADDED} added, 1 duplicates, 6 left out`
const LEFT_OUT = [
  'below/deep/broken.png ends too early',
  'below/deep/drawing.svg is a drawing in SVG, which is not taken',
  'bomb.png has too many pixels: 64 million are the most',
  'empty.jpg has no bytes',
  'notes.txt is neither PNG, JPEG, WebP, AVIF, GIF nor BMP',
  'vanished.png could not be read',
]

async function open(name: string): Promise<StyleDatabase> {
  return openStyleDatabase(bytesSource(new Uint8Array(readFileSync(given(name)))))
}

const rowsOf = ({ description }: StyleDatabase) => [...description.items.keys()]

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

describe('a folder of pictures and of other files', () => {
  let database: StyleDatabase
  let ended: Ended

  beforeAll(async () => {
    // The file lies in the folder that it is made of.
    const args = ['--out', given('pictures/style.zip'), '--held-out', '--description', 'Of a test.']
    ended = await run([given('pictures'), ...args], { TMPDIR: given('scratch') })
    database = await open('pictures/style.zip')
  }, SLOW_MS)

  it('ends well with an exact tally, and a sentence for each file that is left out', () => {
    expect(ended.out).toContain(`style.zip: ${TALLY}; `)
    const lines = ended.errors.trim().split('\n')
    const isProgress = (line: string) => /^\d+ of 25\b/.test(line)
    expect(lines.filter((line) => !isProgress(line)).sort()).toEqual(LEFT_OUT)
    expect(lines.some(isProgress)).toBe(true)
    expect(ended.code).toBe(0)
  })

  it('leaves nothing behind but the file', () => {
    expect(readdirSync(given('scratch')).filter((name) => name.startsWith('kindred-'))).toEqual([])
    expect(existsSync(given('pictures/style.zip.part'))).toBe(false)
  })

  it('becomes rows that the page would make: named by content, with sizes, hashes and captions', async () => {
    const { items, ...described } = database.description
    expect(described).toMatchObject({
      ...{ id: 'pictures', name: 'pictures', description: 'Of a test.', heldOut: true },
      thumbnail: { type: 'image/webp', side: 96 },
      clip: { id: manifest.clip?.id, dim: manifest.clip?.dim },
    })
    expect(items).toHaveLength(ADDED)
    const hash = await sha256(new Uint8Array(readFileSync(given('pictures/noise-37x53.png'))))
    // The copy comes first, in the order of names.
    expect(items.filter(({ sha256 }) => sha256 === hash)).toEqual([
      { id: hash.slice(0, 16), caption: 'copy of noise', sha256: hash, width: 37, height: 53 },
    ])
    expect(items.map(({ caption }) => caption)).toEqual(expect.arrayContaining(['an oil painting', 'png', 'bmp']))
    expect(items.filter(({ caption }) => caption === 'one').map(({ width }) => width)).toEqual([1300, 40])
  })

  it('keeps of each picture a square thumbnail and what is enough to embed it again', async () => {
    const sizeOf = (bytes: Uint8Array | null) => {
      const { type, width, height } = parseImageHeader(bytes ?? new Uint8Array())
      return `${type} ${width} × ${height}`
    }
    const thumbnails = await database.thumbnails(rowsOf(database))
    expect(new Set(thumbnails.map(sizeOf))).toEqual(new Set(['image/webp 96 × 96']))
    const images = (await database.images(rowsOf(database))).map(sizeOf)
    const kept = (width = 0, height = 0) => {
      const scale = Math.min(1, 512 / Math.max(width, height))
      return `image/webp ${Math.round(width * scale)} × ${Math.round(height * scale)}`
    }
    expect(images).toEqual(database.description.items.map(({ width, height }) => kept(width, height)))
    expect(images).toContain('image/webp 512 × 276')
  })

  it('is embedded as the Python reference does, within 1e-3 by cosine', async () => {
    const { clip } = manifest
    if (clip === null) throw new Error('the built-in pack has no CLIP')
    const graph = readFileSync(join(BUILT_IN_PACK, clip.folder, CLIP_TOWERS.vision))
    const tower = createImageTower(await createNodeSession(graph), clip)
    const values = halfToFloatArray(database.embeddings)
    const { items } = database.description
    const rowOf = (row: number) => values.subarray(row * clip.dim, (row + 1) * clip.dim)
    for (const name of REFERENCES) {
      const hash = await sha256(new Uint8Array(readFileSync(join(PARITY, `${name}.png`))))
      const row = items.findIndex(({ sha256 }) => sha256 === hash)
      const { data } = parseNpy(readFileSync(join(PARITY, `${name}.npy`)))
      const [expected = new Float32Array()] = await tower.embed([halfToFloatArray(data as Uint16Array)])
      expect(1 - cosine(rowOf(row), expected), name).toBeLessThan(1e-3)
    }
    // Lossless types of one picture are one picture.
    const [png = -1, ...same] = ['png', 'bmp', 'lossless webp'].map((name) =>
      items.findIndex(({ caption }) => caption === name),
    )
    for (const row of same) expect(1 - cosine(rowOf(row), rowOf(png))).toBeLessThan(1e-3)
  })

  it('comes out of a library as it went in, byte by byte', async () => {
    const file = new Uint8Array(readFileSync(given('pictures/style.zip')))
    const library = openLibrary(createSimulatedDisk())
    const { id } = await library.importDatabaseFile(bytesSource(file))
    const pieces: Uint8Array[] = []
    await library.exportDatabase(id, async (piece) => void pieces.push(piece))
    expect(Buffer.concat(pieces).equals(file)).toBe(true)
  })
})

it('makes a small file for a pack: thumbnails of 1.2 KB alone, and rows named by their files', async () => {
  const { code, out, errors } = await run([
    given('pictures'),
    '--out',
    given('pack/style.zip'),
    '--id',
    'mine',
    '--for-pack',
  ])
  // The style that was made before lies in the folder: it is no zip of pictures.
  expect(out).toContain(`${ADDED} added, 1 duplicates, 7 left out`)
  expect(errors).toContain('style.zip is neither')
  expect(code).toBe(0)
  const database = await open('pack/style.zip')
  const { items, thumbnail } = database.description
  expect(thumbnail.side).toBe(64)
  expect(items).toContainEqual({ id: 'rendering-187x131', caption: 'an oil painting' })
  expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(['one', 'one-2']))
  const thumbnails = await database.thumbnails(rowsOf(database))
  expect(thumbnails.filter((bytes) => bytes === null || bytes.length > 1228)).toEqual([])
  expect((await database.images(rowsOf(database))).every((bytes) => bytes === null)).toBe(true)
  const files = new Map([['mine.zip', new Uint8Array(readFileSync(given('pack/style.zip')))]])
  const listed = await writeDatabases({ databases: files }, manifest.clip?.id ?? '', async () => undefined)
  expect(listed.databases).toEqual([
    { id: 'mine', name: 'pictures', rows: ADDED, heldOut: false, file: 'databases/mine.zip' },
  ])
})

it('takes a zip of pictures, and no more files than it is told to', async () => {
  const { code, out } = await run([given('pictures/more.zip'), '--out', given('zip/style.zip'), '--limit', '1'])
  expect(out).toContain('1 added, 0 duplicates, 0 left out')
  expect(code).toBe(0)
  expect((await open('zip/style.zip')).description).toMatchObject({
    id: 'more',
    name: 'more',
    items: [{ caption: 'png' }],
  })
})

it('takes embeddings from elsewhere as rows without pictures', async () => {
  const dim = manifest.clip?.dim ?? 0
  const rows = floatToHalfArray(Float32Array.from({ length: 2 * dim }, (_, i) => (i % dim === 7 ? 3 : 0)))
  put('from elsewhere.npz', await writeZip([['embedding.npy', writeNpy({ dtype: 'f2', dims: [2, dim], data: rows })]]))
  const { code, out, errors } = await run([given('from elsewhere.npz'), '--out', given('rows/style.zip')])
  expect(errors).toBe('')
  expect(out).toContain('style.zip: 2 rows without pictures; ')
  expect(code).toBe(0)
  const database = await open('rows/style.zip')
  expect(database.description).toMatchObject({ id: 'from-elsewhere', name: 'from elsewhere' })
  expect(await database.thumbnails([0, 1])).toEqual([null, null])
  expect(halfToFloatArray(database.embeddings.subarray(dim + 6, dim + 9))).toEqual(Float32Array.of(0, 1, 0))
})

describe('where no row can be made, a sentence says so, and there is no file', () => {
  it.each<[what: string, args: () => string[], says: RegExp]>([
    [
      'of files that are all left out',
      () => [given('pictures/below/deep')],
      /deep: no picture could be taken: 0 added, 0 duplicates, 2 left out$/,
    ],
    [
      'under an id that no file may have',
      () => [given('pictures'), '--id', 'My Style'],
      /^--id My Style is not of lower-case/,
    ],
    [
      'with captions that are none',
      () => [given('pictures'), '--captions', given('pictures/notes.txt')],
      /notes\.txt is not a JSON/,
    ],
  ])('%s', async (_, args, says) => {
    const { code, out, errors } = await run([...args(), '--out', given('none/style.zip')])
    expect(errors.trim().split('\n').at(-1)).toMatch(says)
    expect(out).toBe('')
    expect(code).toBe(1)
    expect(existsSync(given('none/style.zip'))).toBe(false)
    expect(existsSync(given('none/style.zip.part'))).toBe(false)
  })
})
