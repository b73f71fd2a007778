import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { type NpyArray, writeNpy } from '../../../src/core/formats/npy.ts'
import { writeNpz } from '../../../src/core/formats/npz.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import { collectEmbeddings, findEmbeddings, mayHoldEmbeddings } from '../../../src/core/library/import-embeddings.ts'
import { floatToHalfArray, halfToFloatArray } from '../../../src/core/tensor/half.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from '../formats/damage.ts'
import { deflatedZip } from '../formats/deflated-zip.ts'

const file = (name: string, bytes: Uint8Array) => ({ name, open: async () => bytesSource(bytes) })

/** Arrays as the authors' dsetbuilder saves them: float16 rows that are not of unit length. */
function authorsArrays(rows: readonly (readonly number[])[], ids: readonly number[]): Map<string, NpyArray> {
  const dim = rows[0]?.length ?? 0
  return new Map<string, NpyArray>([
    ['embedding', { dtype: 'f2', dims: [rows.length, dim], data: floatToHalfArray(Float32Array.from(rows.flat())) }],
    ['img_id', { dtype: 'i8', dims: [rows.length], data: BigInt64Array.from(ids, BigInt) }],
    [
      'patch_coords',
      {
        dtype: 'i8',
        dims: [rows.length, 4],
        data: BigInt64Array.from(ids.flatMap((id) => [0, id, 256, id + 256].map(BigInt))),
      },
    ],
  ])
}

/** numpy.savez_compressed's file. */
function compressed(arrays: ReadonlyMap<string, NpyArray>): Uint8Array {
  return deflatedZip(Array.from(arrays, ([name, array]) => [`${name}.npy`, writeNpy(array)] as const))
}

const clipFixture = new Uint8Array(readFileSync(new URL('../../fixtures/embeddings/plain.parquet', import.meta.url)))
const clipRows = writeNpy({ dtype: 'f4', dims: [7, 2], data: Float32Array.from({ length: 14 }, (_, i) => i + 1) })

async function readAll(files: Parameters<typeof findEmbeddings>[0], dim: number) {
  const { collections, refused } = await findEmbeddings(files, dim)
  const all = []
  for (const { name, rows, batches } of collections) {
    const items: { id: string; caption: string }[] = []
    const values: number[] = []
    const run = batches()
    let next = await run.next()
    for (; !next.done; next = await run.next()) {
      items.push(...next.value.items)
      values.push(...halfToFloatArray(next.value.embeddings))
    }
    all.push({ name, claimed: rows, items, values, ...next.value })
  }
  return { all, refused }
}

/** As `readAll`, but what was refused is thrown. */
async function readOrThrow(files: Parameters<typeof findEmbeddings>[0], dim: number) {
  const { all, refused } = await readAll(files, dim)
  if (refused[0]) throw refused[0].error
  if (all.length === 0) throw new FormatError('embeddings', 'nothing found')
  return all
}

it.each([
  ['a/b.npz', true],
  ['IMG.NPY', true],
  ['metadata_0.parquet', true],
  ['databases.zip', true],
  ['picture.png', false],
  ['npz', false],
])('a file called %s may hold embeddings: %s', (name, may) => {
  expect(mayHoldEmbeddings(name)).toBe(may)
})

describe('a collection', () => {
  const collect = async (rows: readonly (readonly number[])[], ids: readonly number[]) => {
    const bytes = await writeNpz(authorsArrays(rows, ids))
    const [found] = (await findEmbeddings([file('sea.npz', bytes)], 2)).collections
    if (found === undefined) throw new Error('nothing was found')
    return collectEmbeddings(found)
  }

  it('is gathered whole, without the rows that have no direction', async () => {
    const many = Array.from({ length: 1500 }, (_, i) => (i % 3 === 1 ? [0, 0] : [3, 4]))
    const { items, embeddings } = await collect(
      many,
      many.map((_, i) => i),
    )
    expect(items).toHaveLength(1000)
    expect(items.slice(0, 3).map(({ id }) => id.split('@')[0])).toEqual(['0', '2', '3'])
    expect(embeddings).toHaveLength(2000)
    expect([...new Set(halfToFloatArray(embeddings))].map((value) => value.toFixed(2))).toEqual(['0.60', '0.80'])
  })

  it('of rows without direction is refused', async () => {
    await expect(collect([[0, 0]], [1])).rejects.toThrow('no row has a direction')
  })
})

describe("the authors' databases", () => {
  const rows = [
    [3, 4],
    [0, -0.5],
  ]

  it('become rows of unit length, named by picture and patch', async () => {
    for (const bytes of [await writeNpz(authorsArrays(rows, [7, 9])), compressed(authorsArrays(rows, [7, 9]))]) {
      const [database] = await readOrThrow([file('surrealism.npz', bytes)], 2)
      expect(database).toMatchObject({ name: 'surrealism', rows: 2, withoutDirection: 0 })
      expect(database?.items).toEqual([
        { id: '7@0,7,256,263', caption: 'image 7, patch 0, 7, 256, 263' },
        { id: '9@0,9,256,265', caption: 'image 9, patch 0, 9, 256, 265' },
      ])
      const expected = [0.6, 0.8, 0, -1]
      for (const [i, value] of database?.values.entries() ?? []) expect(value).toBeCloseTo(expected[i] ?? 9, 3)
    }
  })

  it('of several parts are joined in the order of their numbers', async () => {
    const part = (id: number) => compressed(authorsArrays([[1, 0]], [id]))
    const files = [10, 2, 1].map((number) => file(`openimages/1x2-part_${number}.npz`, part(number)))
    const [database] = await readOrThrow(files, 2)
    expect(database?.name).toBe('openimages')
    expect(database?.items.map(({ id }) => id.split('@')[0])).toEqual(['1', '2', '10'])
  })

  it('come as one zip of many, a database for each folder', async () => {
    const inner = compressed(authorsArrays(rows, [1, 2]))
    const files = ['artbench-baroque/2x2.npz', 'artbench-ukiyo_e/2x2.npz', 'readme.txt'] as const
    const stored = await writeZip(files.map((name) => [name, inner] as const))
    const deflated = deflatedZip(files.map((name) => [name, inner] as const))
    for (const bytes of [stored, deflated]) {
      const all = await readOrThrow([file('artbench_databases.zip', bytes)], 2)
      expect(all.map(({ name, items }) => [name, items.length])).toEqual([
        ['artbench-baroque', 2],
        ['artbench-ukiyo_e', 2],
      ])
    }
  })

  it('are read block by block, and count rows that have no direction', async () => {
    const many = Array.from({ length: 2500 }, (_, i) =>
      i % 1000 === 1 ? [0, 0] : i === 2 ? [Number.NaN, 1] : [i + 1, 1],
    )
    const [database] = await readOrThrow(
      [
        file(
          'a.npz',
          compressed(
            authorsArrays(
              many,
              many.map((_, i) => i),
            ),
          ),
        ),
      ],
      2,
    )
    expect(database).toMatchObject({ rows: 2500 - 4, withoutDirection: 4 })
    expect(database?.items.at(-1)?.id).toBe('2499@0,2499,256,2755')
  })

  it('give two rows of one picture and patch two names', async () => {
    const same = compressed(
      authorsArrays(
        [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        [5, 5, 5],
      ),
    )
    const [database] = await readOrThrow([file('a.npz', same)], 2)
    expect(database?.items.map(({ id }) => id)).toEqual(['5@0,5,256,261', '5@0,5,256,261 (2)', '5@0,5,256,261 (3)'])
  })

  it.each([
    ['another width', (a: Map<string, NpyArray>) => a, 3, /rows of 2 numbers, where the model's CLIP gives 3/],
    ['no embedding', (a: Map<string, NpyArray>) => new Map([...a].slice(1)), 2, /has no array "embedding"/],
    [
      'fewer labels than rows',
      (a: Map<string, NpyArray>) => a.set('img_id', { dtype: 'i4', dims: [1], data: Int32Array.of(1) }),
      2,
      /img_id is i4 \[1\], not whole numbers \[2\]/,
    ],
    [
      'whole numbers as embeddings',
      (a: Map<string, NpyArray>) => a.set('embedding', { dtype: 'u2', dims: [2, 2], data: new Uint16Array(4) }),
      2,
      /u2 \[2, 2\] are no rows of numbers/,
    ],
  ])('are refused for %s', async (_, change, dim, message) => {
    const bytes = await writeNpz(change(authorsArrays(rows, [1, 2])))
    await expect(readOrThrow([file('a.npz', bytes)], dim)).rejects.toThrow(message)
  })

  it('that are damaged do not keep others from being found', async () => {
    const good = compressed(authorsArrays(rows, [1, 2]))
    const { all, refused } = await readAll([file('bad.npz', good.subarray(0, 99)), file('good.npz', good)], 2)
    expect(all.map(({ name }) => name)).toEqual(['good'])
    expect(refused).toMatchObject([{ name: 'bad', error: { name: 'FormatError', format: 'zip' } }])
  })

  it('answer every truncation with a FormatError, and survive every flip', async () => {
    const bytes = compressed(authorsArrays(rows, [1, 2]))
    await expectTruncationErrors(bytes, (cut) => readOrThrow([file('a.npz', cut)], 2))
    await expectTypedErrorsOnFlips(bytes, (flipped) => readOrThrow([file('a.npz', flipped)], 2))
    const zip = deflatedZip([['a/a.npz', bytes]])
    await expectTruncationErrors(zip, (cut) => readOrThrow([file('a.zip', cut)], 2))
  })
})

describe("clip-retrieval's output", () => {
  it('is rows named by their paths, with their captions', async () => {
    const files = [
      file('out/metadata/metadata_0.parquet', clipFixture),
      file('out/img_emb/img_emb_0.npy', clipRows),
      file('out/text_emb/text_emb_0.npy', clipRows),
    ]
    const [database, ...others] = await readOrThrow(files, 2)
    expect(others).toEqual([])
    expect(database).toMatchObject({ name: 'out', rows: 7 })
    expect(database?.items[2]).toEqual({ id: 'shards/00000/000000002.jpg', caption: '<b>bold</b>' })
    expect(Math.hypot(...(database?.values.slice(0, 2) ?? []))).toBeCloseTo(1, 3)
  })

  it('is read in several parts and without metadata, by number', async () => {
    const files = ['10', '09'].map((number) => file(`img_emb_${number}.npy`, clipRows))
    const [database] = await readOrThrow([...files, file('metadata_09.parquet', clipFixture)], 2)
    expect(database).toMatchObject({ name: 'clip-retrieval', rows: 14 })
    expect(database?.items[0]?.id).toBe('shards/00000/000000000.jpg')
    expect(database?.items[7]).toEqual({ id: 'row 0', caption: '' })
  })

  it('is refused where rows and metadata disagree', async () => {
    const two = writeNpy({ dtype: 'f2', dims: [2, 2], data: Uint16Array.of(0x3c00, 0, 0, 0x3c00) })
    const files = [file('img_emb/img_emb_0.npy', two), file('metadata/metadata_0.parquet', clipFixture)]
    await expect(readOrThrow(files, 2)).rejects.toThrow(/2 rows, but metadata\/metadata_0.parquet has 7/)
  })

  it('answers every truncation of its rows with a FormatError', async () => {
    const rows = writeNpy({ dtype: 'f2', dims: [3, 2], data: floatToHalfArray(Float32Array.of(1, 2, 3, 4, 5, 6)) })
    await expectTruncationErrors(rows, (cut) => readOrThrow([file('img_emb_0.npy', cut)], 2))
  })
})
