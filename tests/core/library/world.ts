// A library on a simulated disk: rows to put in, what can be seen of it, and what must hold of its records at any time.

import { createHash } from 'node:crypto'
import { createLibrary } from '../../../src/core/library/create-library.ts'
import type { ClipIdentity, DatabaseSummary, Library, NewRow } from '../../../src/core/library/library.ts'
import type {
  DatabaseRecord,
  EmbeddingsRecord,
  ImageRecord,
  ItemsRecord,
  TaskRecord,
  ThumbsRecord,
} from '../../../src/core/library/records.ts'
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
  limits = { chunkRows: 3, chunksPerBatch: 2 },
): Library {
  return createLibrary({
    disk,
    lock,
    hash: async (bytes) => sha256(bytes),
    createId: () => (++lastId).toString(16).padStart(12, '0'),
    limits,
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

/** All that a person could see: databases by name, rows by what they hold, in their order; and running imports. */
export async function look(library: Library) {
  const see = async (summary: DatabaseSummary): Promise<SeenDatabase> => {
    const opened = await library.openDatabase(summary.id)
    const embeddings = await opened.readEmbeddings()
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

/**
 * What is wrong with the records: an orphan, a hole, anything twice, counts or sizes that are not so.
 * @param isSettled no work may be left to be finished either
 */
export function findFaults(
  records: ReadonlyMap<string, unknown>,
  { isSettled }: { readonly isSettled: boolean },
): readonly string[] {
  const owned = new Set(['library'])
  const faults: string[] = []
  const check = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault)
  }
  const own = (key: string) => {
    check(!owned.has(key), `${key} has two owners`)
    check(records.has(key), `${key} is not there`)
    owned.add(key)
    return records.get(key)
  }
  const listed = [...records].filter(([key]) => key.startsWith('database/'))
  const databases = listed.map(([, value]) => value as DatabaseRecord)
  for (const database of databases) {
    own(`database/${database.id}`)
    check(!isSettled || ['ready', 'removed'].includes(database.state), `${database.name} is ${database.state}`)
    const seen = new Set<string>()
    const once = (name: string) => {
      check(!seen.has(name), `${name} is twice in ${database.name}`)
      seen.add(name)
    }
    for (const chunk of database.chunks) {
      const { items } = own(`items/${chunk.id}`) as ItemsRecord
      const { thumbnails } = own(`thumbs/${chunk.id}`) as ThumbsRecord
      const { values } = own(`embeddings/${chunk.embeddings}`) as EmbeddingsRecord
      const counts = [items.length, thumbnails.length, values.length / database.clip.dim]
      check(chunk.rows > 0 && counts.every((count) => count === chunk.rows), `${chunk.id} has ${counts} rows`)
      let bytes = values.byteLength
      for (const [at, { id, caption, sha256, image }] of items.entries()) {
        bytes += 96 + 2 * (id.length + caption.length + (sha256?.length ?? 0)) + (thumbnails[at]?.byteLength ?? 0)
        if (image !== null) bytes += (own(`image/${image.id}`) as ImageRecord).bytes.byteLength
        once(id)
        if (sha256 !== null) once(sha256)
      }
      check(chunk.bytes === bytes, `${chunk.id} takes ${bytes} bytes, not ${chunk.bytes}`)
      check(chunk.images === items.filter(({ image }) => image !== null).length, `${chunk.id} miscounts its images`)
    }
    for (const [chunkId, id] of Object.entries(database.reembedding?.done ?? {})) {
      const { values } = own(`embeddings/${id}`) as EmbeddingsRecord
      const rows = database.chunks.find((entry) => entry.id === chunkId)?.rows
      check(values.length / (database.reembedding?.clip.dim ?? 0) === rows, `${id} embeds another number of rows`)
    }
  }
  for (const [key, value] of records) {
    if (key.startsWith('import/')) {
      const { databaseId } = own(key) as { databaseId: string }
      const target = databases.find(({ id }) => id === databaseId)
      check(target?.state === 'ready', `${key} goes into ${target?.state}`)
    }
    if (key.startsWith('task/')) {
      own(key)
      check(!isSettled && (value as TaskRecord).version === 1, `${key} is left`)
    }
    check(owned.has(key), `${key} belongs to nothing`)
  }
  return faults
}
