// What is fuzzed: for each parser of untrusted bytes, files made from the format's own parts with lies in them, and how they are read.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { bytesSource } from '../../src/core/formats/byte-source.ts'
import { crc32 } from '../../src/core/formats/crc32.ts'
import { parseImageHeader } from '../../src/core/formats/image-header.ts'
import { parseNpy } from '../../src/core/formats/npy.ts'
import { openParquet } from '../../src/core/formats/parquet.ts'
import { parsePickle } from '../../src/core/formats/pickle.ts'
import { extractRecipe, writePngText } from '../../src/core/formats/png-metadata.ts'
import { openSafetensors } from '../../src/core/formats/safetensors.ts'
import { unpackSnappy } from '../../src/core/formats/snappy.ts'
import { openTorchCheckpoint } from '../../src/core/formats/torch-checkpoint.ts'
import { openZip } from '../../src/core/formats/zip.ts'
import { findEmbeddings } from '../../src/core/library/import-embeddings.ts'
import { kindOfZip } from '../../src/core/library/zip-kind.ts'
import { checkGraph } from '../../src/core/onnx/check-graph.ts'
import { checkClipFile } from '../../src/core/pack/clip-files.ts'
import { parsePackManifest } from '../../src/core/pack/manifest.ts'
import { openStyleDatabase } from '../../src/core/retrieval/style-database.ts'
import { tensorRecord } from '../core/formats/checkpoint-writer.ts'
import { deflatedZip } from '../core/formats/deflated-zip.ts'
import { dict, pickle } from '../core/formats/pickle-writer.ts'
import { attribute, graph, node, weights } from '../core/onnx/graph-writer.ts'
import { concat, damaged } from './mutate.ts'
import { writeParquet } from './parquet-writer.ts'

export interface FuzzTarget {
  readonly name: string
  readonly files: fc.Arbitrary<Uint8Array>
  /** Reads all of the file; may fail with FormatError and nothing else. */
  readonly read: (bytes: Uint8Array) => unknown
}

/** The folder of a target's files that once broke it. */
export const foundFolder = (name: string) => new URL(`../fixtures/found/${name.replaceAll(' ', '-')}/`, import.meta.url)

/** What lies in such a folder; nothing where there is none. */
export function readFound(folder: URL): readonly Uint8Array[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((file) => new Uint8Array(readFileSync(new URL(file, folder))))
}

const utf8 = (text: string) => new TextEncoder().encode(text)
const fixture = (path: string) => new Uint8Array(readFileSync(new URL(`../fixtures/${path}`, import.meta.url)))
const json = (value: fc.Arbitrary<unknown>) => value.map((made) => utf8(JSON.stringify(made)))

const someBytes = fc.uint8Array({ maxLength: 200 })
const name = fc.oneof(
  fc.constantFrom('a', '../x', '__proto__', 'constructor', 'a/b', 'a/', '', '\u202egpj', 'a\0b', 'embedding.npy'),
  fc.string({ maxLength: 20 }),
)
const size = fc.oneof(fc.nat(8), fc.constantFrom(-1, 2 ** 31, 2 ** 32 - 1, 2 ** 53, 4194305, 211106198978564, 0.5))
const anything = fc.anything({ maxDepth: 3, withObjectString: false, key: name })

/** None of the lies more often than some. */
function sometimes<T>(lies: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<Partial<T>> {
  return fc.oneof(
    { arbitrary: fc.constant<Partial<T>>({}), weight: 4 },
    { arbitrary: fc.record(lies, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>, weight: 1 },
  )
}

const zips = fc
  .array(
    fc.tuple(
      name,
      someBytes,
      sometimes({
        size: fc.oneof(fc.nat(400), fc.constantFrom(0xffffffff, 0x7fffffff)),
        crc: fc.nat(),
        flags: fc.constantFrom(0, 1, 8, 0x800),
        method: fc.constantFrom(0, 8, 9, 14),
        start: fc.nat(300),
        localName: name,
      }),
    ),
    { maxLength: 5 },
  )
  .map((files) => deflatedZip(files))

const npyHeader = fc
  .tuple(
    fc.constantFrom('<f4', '<f2', '|u1', '<i8', '>f4', '|O', '<f4\u0000', '<U4'),
    fc.constantFrom('True', 'False', 'None'),
    fc.array(size, { maxLength: 4 }),
    fc.constantFrom('', 'x'.repeat(300), '\\', "'shape': (1,),"),
  )
  .map(([descr, order, shape, more]) => {
    return `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.map((n) => `${n},`).join('')}), ${more}}`
  })
/** Rows of two that are all there. */
const honestNpys = fc.uint8Array({ maxLength: 20 }).map((data) => {
  const whole = data.slice(0, data.length - (data.length % 4))
  const header = `{'descr': '<f2', 'fortran_order': False, 'shape': (${whole.length / 4}, 2), }`
  return concat(Uint8Array.of(0x93), utf8('NUMPY'), Uint8Array.of(1, 0, header.length, 0), utf8(header), whole)
})
const lyingNpys = fc.tuple(npyHeader, fc.constantFrom(1, 2, 3, 4), someBytes).map(([header, version, data]) => {
  const length = new Uint8Array(version === 1 ? 2 : 4)
  if (version === 1) new DataView(length.buffer).setUint16(0, header.length, true)
  else new DataView(length.buffer).setUint32(0, header.length, true)
  return concat(Uint8Array.of(0x93), utf8('NUMPY'), Uint8Array.of(version, 0), length, utf8(header), data)
})

const npys = fc.oneof(honestNpys, lyingNpys)

/** Arrays that mostly fit each other: embedding [n, 2], img_id [n], patch_coords [n, 4]. */
const npzs = fc
  .tuple(
    fc.nat(5),
    fc.oneof(fc.constant(null), fc.nat(5)),
    fc.constantFrom('<f2', '<f4', '<f8', '<i8'),
    fc.uint8Array({ minLength: 80, maxLength: 80 }),
  )
  .map(([rows, otherLabels, descr, data]) => {
    const labels = otherLabels ?? rows
    const width = Number(descr.at(-1))
    const array = (dims: string, dtype: string, byteLength: number) => {
      const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${dims}), }`
      const length = Uint8Array.of(header.length & 255, header.length >> 8)
      return concat(
        Uint8Array.of(0x93),
        utf8('NUMPY'),
        Uint8Array.of(1, 0),
        length,
        utf8(header),
        data.slice(0, byteLength),
      )
    }
    return deflatedZip([
      ['embedding.npy', array(`${rows}, 2`, descr, rows * 2 * width)],
      ['img_id.npy', array(`${labels},`, '<i8', labels * 8)],
      ['patch_coords.npy', array(`${labels}, 4`, '|u1', labels * 4)],
    ])
  })

/** Opcodes with operands of the right length, in any order. */
const opcode = fc.oneof(
  fc
    .constantFrom(...'()]}tulasebRQ012.\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94')
    .map((c) => Buffer.from(c, 'latin1')),
  fc.nat(255).map((n) => Buffer.of(0x4b, n)),
  fc.nat(3).map((n) => Buffer.of(0x68, n)),
  fc.nat(3).map((n) => Buffer.of(0x71, n)),
  fc
    .string({ maxLength: 8 })
    .map((text) => Buffer.concat([Buffer.of(0x8c, Buffer.byteLength(text)), Buffer.from(text)])),
  fc.constantFrom('collections\nOrderedDict', 'os\nsystem', 'torch\nFloatStorage').map((g) => Buffer.from(`c${g}\n`)),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.of(0x8a, bytes.length, ...bytes)),
  fc.nat(255).map((n) => Buffer.of(n)),
)
const pickles = fc
  .array(opcode, { maxLength: 60 })
  .map((ops) => concat(Uint8Array.of(0x80, 2), ...ops, Uint8Array.of(0x2e)))

const checkpoints = fc
  .array(
    fc.record({
      dims: fc.array(fc.nat(4), { maxLength: 4 }),
      offset: fc.nat(5),
      strides: fc.array(fc.nat(4), { maxLength: 4 }),
      length: fc.nat(20),
      storage: fc.constantFrom('torch.FloatStorage', 'torch.HalfStorage', 'torch.DoubleStorage', 'os.system'),
      fits: fc.boolean(),
    }),
    { maxLength: 4 },
  )
  .map((tensors) => {
    const records = tensors.map(({ dims, fits, ...options }, i) => {
      return [`t${i}`, tensorRecord(String(i), dims, fits ? {} : options)] as const
    })
    const data = tensors.map(({ dims, fits, length }, i) => {
      const count = fits ? dims.reduce((product, dim) => product * dim, 1) : length
      return [`a/data/${i}`, new Uint8Array(count * 4), { method: 0 }] as const
    })
    return deflatedZip([['a/data.pkl', pickle(dict([['state_dict', dict(records)]]))], ...data])
  })

/** Tensors one behind the other, as they must lie. */
const honestSafetensors = fc.array(fc.nat(9), { maxLength: 5 }).map((lengths) => {
  let end = 0
  const entries = lengths.map((length, i) => {
    end += length
    return [`t${i}`, { dtype: 'U8', shape: [length], data_offsets: [end - length, end] }] as const
  })
  const text = utf8(JSON.stringify(Object.fromEntries(entries)))
  return concat(Uint8Array.of(text.length & 255, text.length >> 8, 0, 0, 0, 0, 0, 0), text, new Uint8Array(end))
})
const lyingSafetensors = fc
  .tuple(
    fc.dictionary(
      name,
      fc.oneof(
        anything,
        fc.record({
          dtype: fc.constantFrom('F32', 'F16', 'U8', 'I64', 'F8'),
          shape: fc.array(size, { maxLength: 9 }),
          data_offsets: fc.tuple(size, size),
        }),
        fc.nat(6).map((n) => ({ dtype: 'U8', shape: [n], data_offsets: [0, n] })),
      ),
      { maxKeys: 4 },
    ),
    someBytes,
    fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  )
  .map(([header, data, length]) => {
    const text = utf8(JSON.stringify(header) ?? '{}')
    const prefix = new Uint8Array(8)
    new DataView(prefix.buffer).setBigUint64(0, length ?? BigInt(text.length), true)
    return concat(prefix, text, data)
  })

const safetensors = fc.oneof(honestSafetensors, lyingSafetensors)

const PNG_START = concat(Uint8Array.of(0x89), utf8('PNG\r\n\x1a\n'))
function chunk(type: string, data: Uint8Array, length = data.length, crc?: number): Uint8Array {
  const head = new Uint8Array(8)
  new DataView(head.buffer).setUint32(0, length)
  head.set(utf8(type).subarray(0, 4), 4)
  const tail = new Uint8Array(4)
  new DataView(tail.buffer).setUint32(0, crc ?? crc32(concat(head.subarray(4), data)))
  return concat(head, data, tail)
}
const blank = concat(PNG_START, chunk('IHDR', new Uint8Array(13)), chunk('IEND', new Uint8Array(0)))
const pngs = fc.oneof(
  fc.json().map((text) => writePngText(blank, 'kindred-recipe', text)),
  fc
    .array(
      fc.tuple(
        fc.constantFrom('iTXt', 'tEXt', 'IDAT', 'IEND', 'IHDR'),
        fc.oneof(
          someBytes,
          fc.string({ maxLength: 40 }).map((text) => utf8(`kindred-recipe\0\0\0\0\0${text}`)),
        ),
        fc.option(fc.constantFrom(0, 0x7fffffff, 0xffffffff), { nil: undefined }),
      ),
      { maxLength: 6 },
    )
    .map((chunks) => {
      const middle = chunks.map(([type, data, length]) => chunk(type, data, length))
      return concat(PNG_START, chunk('IHDR', new Uint8Array(13)), ...middle, chunk('IEND', new Uint8Array(0)))
    }),
)

const images = fc
  .tuple(
    fc.constantFrom(
      concat(PNG_START, chunk('IHDR', Uint8Array.of(0, 0, 0, 9, 0, 0, 0, 9, 8, 2, 0, 0, 0))),
      concat(Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0, 8, 1, 2, 3, 4, 5, 6, 0xff, 0xc2, 0, 17, 8, 0, 9, 0, 9, 3)),
      utf8('GIF89a\x09\0\x09\0\0\0\0!\xf9\x04\0\0\0\0\0,\0\0\0\0\x09\0\x09\0\0'),
      concat(utf8('RIFF\0\0\0\0WEBPVP8X'), new Uint8Array(20)),
      concat(utf8('RIFF\0\0\0\0WEBPVP8L'), new Uint8Array(20)),
      concat(utf8('BM'), new Uint8Array(12), Uint8Array.of(40, 0, 0, 0, 9, 0, 0, 0, 9, 0, 0, 0)),
      concat(
        Uint8Array.of(0, 0, 0, 16),
        utf8('ftypavif\0\0\0\0'),
        Uint8Array.of(0, 0, 0, 48),
        utf8('meta\0\0\0\0'),
        Uint8Array.of(0, 0, 0, 36),
        utf8('iprp'),
        Uint8Array.of(0, 0, 0, 28),
        utf8('ipco'),
        Uint8Array.of(0, 0, 0, 20),
        utf8('ispe\0\0\0\0'),
        Uint8Array.of(0, 0, 0, 9, 0, 0, 0, 9),
      ),
    ),
    someBytes,
  )
  .map(([start, rest]) => concat(start, rest))

const CLIP = '0123456789abcdef'.repeat(4)
const databases = fc
  .tuple(
    fc.array(fc.record({ id: name, caption: fc.string() }), { minLength: 1, maxLength: 4 }),
    fc.nat(4),
    fc.oneof(
      fc.constant({}),
      fc.dictionary(fc.constantFrom('id', 'clip', 'items', 'version', 'name', '__proto__'), anything),
    ),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
  )
  .map(([items, rows, change, data]) => {
    const description = {
      format: 'kindred-style-database',
      version: 1,
      id: 'a',
      name: 'A',
      description: '',
      heldOut: false,
      clip: { id: CLIP, dim: 2 },
      thumbnail: { type: 'image/webp', side: 64 },
      items,
      ...change,
    }
    const header = `{'descr': '<f2', 'fortran_order': False, 'shape': (${rows || items.length}, 2), }`
    const embeddings = concat(Uint8Array.of(0x93), utf8('NUMPY'), Uint8Array.of(1, 0, header.length, 0), utf8(header))
    return deflatedZip([
      ['database.json', utf8(JSON.stringify(description))],
      ['embeddings.npy', concat(embeddings, data.slice(0, 4 * (rows || items.length)))],
      ['thumbnails/0.webp', data],
    ])
  })

const manifestText = readFileSync(new URL('../../public/packs/kindred-mini/pack.json', import.meta.url), 'utf8')
const manifests = json(
  fc.array(fc.tuple(fc.nat(), anything), { maxLength: 3 }).map((changes) => {
    const manifest: unknown = JSON.parse(manifestText)
    for (const [at, value] of changes) replaceLeaf(manifest, at, value)
    return manifest
  }),
)

/** Walks down by `at` as through a labyrinth, and puts `value` where it ends. */
function replaceLeaf(root: unknown, at: number, value: unknown): void {
  let here = root
  for (let rest = at; typeof here === 'object' && here !== null; rest = Math.floor(rest / 7)) {
    const keys = Object.keys(here)
    const key = keys[rest % Math.max(1, keys.length)]
    if (key === undefined) return
    const next: unknown = Reflect.get(here, key)
    if (typeof next === 'object' && next !== null && rest > 6) here = next
    else {
      Reflect.set(here, key, value)
      return
    }
  }
}

const parquets = fc.oneof(
  fc.constantFrom('small', 'small-2', 'plain', 'snappy').map((stem) => fixture(`embeddings/${stem}.parquet`)),
  fc
    .record({
      page: fc.oneof(
        someBytes,
        fc.array(fc.string({ maxLength: 5 })).map((texts) => {
          return concat(...texts.flatMap((text) => [Uint8Array.of(utf8(text).length, 0, 0, 0), utf8(text)]))
        }),
        fc.array(fc.nat(255), { maxLength: 12 }).map((bytes) => Uint8Array.of(2, 0, 0, 0, 8, 1, 2, ...bytes)),
      ),
      numbers: fc.record({
        rows: fc.oneof(fc.nat(8), fc.constantFrom(1 << 20, 2 ** 40)),
        values: fc.oneof(fc.nat(8), fc.constantFrom(1 << 20, 2 ** 40)),
        pageValues: fc.oneof(fc.nat(8), fc.constantFrom(1 << 20, 2 ** 31)),
        encoding: fc.constantFrom(0, 0, 2, 8, 5),
        codec: fc.constantFrom(0, 0, 1, 6),
        repetition: fc.nat(2),
        unpackedSize: fc.option(size),
        packedSize: fc.option(size),
        children: fc.nat(3),
      }),
      sameRows: fc.boolean(),
      column: name,
    })
    .map(({ page, numbers, sameRows, column }) => {
      const values = sameRows ? numbers.rows : numbers.values
      const positive = (value: number | null) => (value === null ? null : Math.abs(Math.floor(value)))
      const [unpackedSize, packedSize] = [positive(numbers.unpackedSize), positive(numbers.packedSize)]
      return writeParquet(page, { ...numbers, values, unpackedSize, packedSize }, column)
    }),
)

const LOCATIONS: ReadonlySet<string> = new Set(['weights.safetensors'])
const location = fc.oneof(fc.constantFrom(...LOCATIONS), name)
const attributes = fc.oneof(
  location.map((at) => attribute(5, weights(at))),
  fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 10, 11), someBytes).map(([field, bytes]) => attribute(field, bytes)),
)
const operators = fc
  .tuple(name, fc.constantFrom('', 'ai.onnx', 'com.microsoft', 'elsewhere'), fc.array(attributes, { maxLength: 2 }))
  .map(([operator, domain, list]) => node(operator, [[7, domain], ...list.map((bytes) => [5, bytes] as const)]))
/** Of the parts that graphs have, and of some that they may not have. */
const graphs = fc
  .array(
    fc.oneof(
      operators.map((bytes) => [1, bytes] as const),
      location.map((at) => [5, weights(at)] as const),
      fc.tuple(fc.constantFrom(2, 11, 12, 15), someBytes),
    ),
    { maxLength: 6 },
  )
  .map((parts) => graph(...parts))

const index = fc.oneof(fc.nat(9), size)
const step = fc.oneof(
  fc.constantFrom(null, { type: 'NFC' }, { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Removed' }),
  anything,
)
const tokenizers = json(
  fc
    .tuple(
      fc.dictionary(name, index, { maxKeys: 6 }),
      fc.array(fc.oneof(fc.string(), fc.tuple(fc.string(), fc.string()), fc.array(fc.string())), { maxLength: 6 }),
      sometimes({
        added_tokens: fc.array(fc.record({ id: index, content: fc.string() }), { maxLength: 3 }),
        ...{ normalizer: step, pre_tokenizer: step, post_processor: step, decoder: step },
        model: anything,
      }),
    )
    .map(([vocab, merges, change]) => ({ model: { type: 'BPE', vocab, merges }, ...change })),
)

/** Once it is let through it is again, as it was written anew: the library reads that. */
function readTokenizer(bytes: Uint8Array): void {
  const written = checkClipFile('clip/tokenizer.json', bytes)
  const again = checkClipFile('clip/tokenizer.json', written)
  if (!Buffer.from(again).equals(written)) throw new Error('it is written otherwise the second time')
}

async function readZip(bytes: Uint8Array): Promise<void> {
  const zip = await openZip(bytesSource(bytes))
  await kindOfZip(zip)
  for (const entry of zip.entries.keys()) await zip.read(entry)
}

async function readEmbeddings(bytes: Uint8Array, file: string): Promise<void> {
  const { collections, refused } = await findEmbeddings([{ name: file, open: async () => bytesSource(bytes) }], 2)
  for (const collection of collections) for await (const batch of collection.batches()) batch.items.at(0)
  if (refused[0]) throw refused[0].error
}

async function readTensors(
  bytes: Uint8Array,
  open: typeof openTorchCheckpoint | typeof openSafetensors,
): Promise<void> {
  const file = await open(bytesSource(bytes))
  for (const tensor of file.tensors.keys()) await file.readFloats(tensor)
}

async function readDatabase(bytes: Uint8Array): Promise<void> {
  const database = await openStyleDatabase(bytesSource(bytes))
  await database.thumbnails([...database.description.items.keys()].slice(0, 4))
}

async function readParquet(bytes: Uint8Array): Promise<void> {
  const file = await openParquet(bytesSource(bytes))
  for await (const group of file.readTexts(file.textColumns)) group.get('caption')
}

export const TARGETS: readonly FuzzTarget[] = [
  { name: 'zip', files: damaged(zips), read: readZip },
  { name: 'npy', files: damaged(npys), read: parseNpy },
  { name: 'npy rows', files: damaged(npys), read: (bytes) => readEmbeddings(bytes, 'img_emb_0.npy') },
  { name: 'npz', files: damaged(npzs), read: (bytes) => readEmbeddings(bytes, 'a.npz') },
  { name: 'pickle', files: damaged(pickles), read: parsePickle },
  { name: 'checkpoint', files: damaged(checkpoints), read: (bytes) => readTensors(bytes, openTorchCheckpoint) },
  { name: 'safetensors', files: damaged(safetensors), read: (bytes) => readTensors(bytes, openSafetensors) },
  { name: 'png metadata', files: damaged(pngs), read: extractRecipe },
  { name: 'image header', files: damaged(images), read: parseImageHeader },
  { name: 'style database', files: damaged(databases), read: readDatabase },
  {
    name: 'pack manifest',
    files: damaged(manifests),
    read: (bytes) => parsePackManifest(new TextDecoder().decode(bytes)),
  },
  { name: 'onnx graph', files: damaged(graphs), read: (bytes) => checkGraph(bytes, LOCATIONS) },
  { name: 'tokenizer', files: damaged(tokenizers), read: readTokenizer },
  { name: 'parquet', files: damaged(parquets), read: readParquet },
  { name: 'snappy', files: damaged(someBytes), read: (bytes) => unpackSnappy(bytes, bytes[0] ?? 0) },
]
