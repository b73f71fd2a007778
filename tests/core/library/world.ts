// A library on a simulated disk: rows to put in, what can be seen of it, and what must hold of its records at any time.

import { createHash } from 'node:crypto'
import { createLibrary } from '../../../src/core/library/create-library.ts'
import type { ClipIdentity, DatabaseSummary, Library, NewRow, OpenDatabase } from '../../../src/core/library/library.ts'
import type { LibraryLimits } from '../../../src/core/library/library-disk.ts'
import type { RecordDisk } from '../../../src/core/storage/record-disk.ts'
import type { WriterLock } from '../../../src/core/storage/writer-lock.ts'
import { createSimulatedLock } from '../storage/simulated-lock.ts'

export const CLIP: ClipIdentity = { id: 'c'.repeat(64), dim: 4 }
export const OTHER_CLIP: ClipIdentity = { id: 'd'.repeat(64), dim: 6 }

export const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')

let lastId = 0

/** @param limits small, so that few rows make several chunks and several batches */
export function openLibrary(
  disk: RecordDisk,
  lock: WriterLock = createSimulatedLock(),
  limits: Partial<LibraryLimits> = { chunkRows: 3, chunksPerBatch: 2 },
  isPicture: (bytes: Uint8Array) => boolean = () => true,
): Library {
  return createLibrary({
    disk,
    lock,
    hash: async (bytes) => sha256(bytes),
    createId: () => (++lastId).toString(16).padStart(12, '0'),
    limits,
    isPicture,
  })
}

/** The picture of that name: its content decides all of the row. */
export function row(name: string, changes: Partial<NewRow> = {}): NewRow {
  const hash = sha256(name)
  return {
    id: null,
    caption: name,
    sha256: hash,
    width: 640,
    height: 480,
    embedding: embed(name, CLIP),
    thumbnail: new TextEncoder().encode(`thumbnail of ${name}`),
    image: new TextEncoder().encode(`image of ${name}`),
    ...changes,
  }
}

export const rows = (...names: string[]) => names.map((name) => row(name))

/** `count` rows, named by a letter and a number. */
export const many = (letter: string, count: number) => rows(...Array.from({ length: count }, (_, i) => `${letter}${i}`))

/** Not of unit length. */
export function embed(name: string, clip: ClipIdentity): Float32Array {
  const hash = sha256(`${clip.id} ${name}`)
  return Float32Array.from({ length: clip.dim }, (_, i) => Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16) - 100.5)
}

export interface SeenDatabase {
  readonly name: string
  readonly clip: string
  readonly count: number
  readonly rows: readonly string[]
}

/** Float16 bits of all rows, [rows, dim]. */
export async function readEmbeddings(opened: OpenDatabase): Promise<Uint16Array> {
  const numbers: number[] = []
  for await (const chunk of opened.embeddingChunks()) numbers.push(...chunk)
  return Uint16Array.from(numbers)
}

/** All that a person could see: databases by name, rows by what they hold, in their order; and running imports. */
export async function look(library: Library) {
  const see = async (summary: DatabaseSummary): Promise<SeenDatabase> => {
    const opened = await library.openDatabase(summary.id)
    const embeddings = await readEmbeddings(opened)
    const { dim } = summary.clip
    const seen = await Promise.all(
      opened.items.map(async ({ id, caption, sha256: hash }, at) => {
        const parts = [await opened.thumbnail(at), await opened.image(at)]
        const texts = parts.map((bytes) => bytes && new TextDecoder().decode(bytes))
        const numbers = sha256(new Uint8Array(embeddings.slice(at * dim, (at + 1) * dim).buffer)).slice(0, 8)
        return [id, caption, hash?.slice(0, 8), ...texts, numbers].join(' | ')
      }),
    )
    return { name: summary.name, clip: summary.clip.id.slice(0, 1), count: summary.rows, rows: seen }
  }
  const databases: SeenDatabase[] = []
  for (const summary of await library.list()) databases.push(await see(summary))
  const removed = (await library.listRemoved()).map(({ name, rows }) => `${name} ${rows}`)
  const imports = (await library.imports()).map(({ name, added, done }) => `${name} ${added} ${done}`)
  return { databases, removed, imports }
}
