import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/core/formats/byte-source.ts'
import { writeNpy } from '../../../src/core/formats/npy.ts'
import { openZip } from '../../../src/core/formats/zip.ts'
import { writeZip } from '../../../src/core/formats/zip-writer.ts'
import { createFlatIndex } from '../../../src/core/retrieval/flat-index.ts'
import {
  openStyleDatabase,
  type StyleDatabaseParts,
  writeStyleDatabase,
} from '../../../src/core/retrieval/style-database.ts'
import { expectTruncationErrors } from '../formats/damage.ts'

const parts: StyleDatabaseParts = {
  description: {
    id: 'ukiyo-e',
    name: 'Ukiyo-e <b>prints</b>',
    description: 'Woodblocks',
    heldOut: false,
    clip: { id: '0123456789abcdef'.repeat(4), dim: 3 },
    thumbnail: { type: 'image/webp', side: 64 },
    items: [
      { id: 'wave', caption: 'a wave' },
      { id: '__proto__', caption: '' },
    ],
  },
  embeddings: [Float32Array.of(0.6, 0, -0.8), Float32Array.of(0, 1, 0)],
  thumbnails: [Uint8Array.of(1, 2, 3), null],
}

const open = (bytes: Uint8Array) => openStyleDatabase(bytesSource(bytes))

/** The database with its description, as JSON, or its embeddings replaced. */
async function altered(change: { json?: (json: Record<string, unknown>) => void; embeddings?: Uint8Array }) {
  const zip = await openZip(bytesSource(await writeStyleDatabase(parts)))
  const json = JSON.parse(new TextDecoder().decode(await zip.read('database.json')))
  change.json?.(json)
  return writeZip([
    ['database.json', new TextEncoder().encode(JSON.stringify(json))],
    ['embeddings.npy', change.embeddings ?? (await zip.read('embeddings.npy'))],
  ])
}

const halves = (dims: number[], ...bits: number[]) => writeNpy({ dtype: 'f2', dims, data: Uint16Array.from(bits) })

describe('a style database', () => {
  it('reads back as it was written', async () => {
    const database = await open(await writeStyleDatabase(parts))
    expect(database.description).toEqual({ ...parts.description, format: 'kindred-style-database', version: 1 })
    expect(await database.thumbnails([1, 0])).toEqual([null, Uint8Array.of(1, 2, 3)])
  })

  it('keeps embeddings to half precision, ready for an index', async () => {
    const { embeddings, description } = await open(await writeStyleDatabase(parts))
    const index = createFlatIndex(
      embeddings,
      3,
      description.items.map(({ id }) => id),
    )
    const [nearest] = await index.search(Float32Array.of(0.6, 0, -0.8), 1)
    expect(nearest).toMatchObject({ row: 0, id: 'wave' })
    expect(nearest?.score).toBeCloseTo(1, 6)
    expect((await index.embedding(0))[2]).toBeCloseTo(-0.8, 3)
  })

  it('has the same bytes for the same parts', async () => {
    expect(await writeStyleDatabase(parts)).toEqual(await writeStyleDatabase(parts))
  })

  it.each([
    ['another format', { json: (json: Record<string, unknown>) => Object.assign(json, { format: 'other' }) }],
    ['a later version', { json: (json: Record<string, unknown>) => Object.assign(json, { version: 2 }) }],
    [
      'an id that is no name of a file',
      { json: (json: Record<string, unknown>) => Object.assign(json, { id: '../x' }) },
    ],
    ['no items', { json: (json: Record<string, unknown>) => Object.assign(json, { items: [] }) }],
    [
      'two items of one name',
      {
        json: (json: Record<string, unknown>) =>
          Object.assign(json, { items: Array(2).fill({ id: 'a', caption: '' }) }),
      },
    ],
    ['fewer rows than items', { embeddings: halves([1, 3], 0x3c00, 0, 0) }],
    ['rows of another length', { embeddings: halves([2, 2], 0x3c00, 0, 0x3c00, 0) }],
    ['a row of zeros', { embeddings: halves([2, 3], 0x3c00, 0, 0, 0, 0x8000, 0) }],
    ['a row with an infinity', { embeddings: halves([2, 3], 0x3c00, 0, 0, 0x7c00, 0, 0) }],
    ['float32 rows', { embeddings: writeNpy({ dtype: 'f4', dims: [2, 3], data: Float32Array.of(1, 0, 0, 1, 0, 0) }) }],
  ])('is refused for %s', async (_, change) => {
    await expect(altered(change).then(open)).rejects.toThrow(/^style database: /)
  })

  it('answers every truncation with a FormatError', async () => {
    await expectTruncationErrors(await writeStyleDatabase(parts), open)
  })

  it('is not written where the parts disagree', async () => {
    for (const embeddings of [parts.embeddings.slice(1), parts.embeddings.map((row) => row.slice(1))]) {
      await expect(writeStyleDatabase({ ...parts, embeddings })).rejects.toThrow(RangeError)
    }
  })
})
