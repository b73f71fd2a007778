// The library's records over a disk: reads that know what they read, and writes that hold the lock and look at versions.

import type { RecordBatch, RecordDisk } from '../storage/record-disk.ts'
import { StorageError } from '../storage/storage-error.ts'
import type { WriterLock } from '../storage/writer-lock.ts'
import type { DatabaseSummary } from './library.ts'
import {
  type DatabaseRecord,
  type DatabaseState,
  databaseKey,
  LIBRARY_KEY,
  LIBRARY_VERSION,
  type LibraryRecord,
  parseDatabaseRecord,
  parseLibraryRecord,
} from './records.ts'

export interface LibraryDeps {
  readonly disk: RecordDisk
  readonly lock: WriterLock
  /** SHA-256 as lower-case hex. */
  readonly hash: (bytes: Uint8Array) => Promise<string>
  /** Lower-case hex digits and dashes, never the same twice. */
  readonly createId: () => string
  /** Whether bytes that came in a file may be kept as a thumbnail or an image: each is decoded wherever it is shown. */
  readonly isPicture: (bytes: Uint8Array) => boolean
  /** Told after every write. */
  readonly onChange?: () => void
  /** Other than the app's own in tests. */
  readonly limits?: Partial<LibraryLimits>
}

export interface LibraryLimits {
  /** Rows in a chunk. */
  readonly chunkRows: number
  /** Chunks that one batch may rewrite. */
  readonly chunksPerBatch: number
  /** Of embeddings in memory, how large an array gets. */
  readonly partBytes: number
  /** And how much a database's may take there together: larger ones are read from the disk for each search. */
  readonly residentBytes: number
}

const LIMITS: LibraryLimits = { chunkRows: 64, chunksPerBatch: 32, partBytes: 2 ** 26, residentBytes: 2 ** 30 }

export interface LibraryDisk extends LibraryLimits {
  createId(): string
  isPicture(bytes: Uint8Array): boolean
  hash(bytes: Uint8Array): Promise<string>
  getMany(keys: readonly string[]): Promise<readonly unknown[]>
  keys(prefix: string): Promise<readonly string[]>
  library(): Promise<LibraryRecord>
  /** Every database record that can be read, in the order in which they were made. */
  databases(): Promise<readonly DatabaseRecord[]>
  /** Rejects with StorageError('database-missing') where there is none, or it is in another state. */
  database(id: string, ...states: readonly DatabaseState[]): Promise<DatabaseRecord>
  /** As `database`, but null where it would reject. */
  databaseIfThere(id: string, ...states: readonly DatabaseState[]): Promise<DatabaseRecord | null>
  /** Runs a task that writes, alone. Rejects with StorageError('storage-newer') where a newer app was here. */
  write<T>(task: (library: LibraryRecord) => Promise<T>): Promise<T>
  /** As `write`, for one database, which the task may change. */
  change<T>(id: string, states: readonly DatabaseState[], task: (record: DatabaseRecord) => Promise<T>): Promise<T>
  /** A strict batch. Only inside `write`. */
  commit(batch: RecordBatch): Promise<void>
  /** Runs a long task under a name, as WriterLock.hold does. */
  hold<T>(name: string, task: () => Promise<T>): Promise<T>
  busy(): Promise<ReadonlySet<string>>
}

export function createLibraryDisk({
  disk,
  lock,
  hash,
  createId,
  isPicture,
  onChange,
  limits,
}: LibraryDeps): LibraryDisk {
  const library = async () => parseLibraryRecord(await disk.get(LIBRARY_KEY))

  async function databaseIfThere(id: string, ...states: readonly DatabaseState[]): Promise<DatabaseRecord | null> {
    const record = parseDatabaseRecord(await disk.get(databaseKey(id)))
    return record !== null && states.includes(record.state) ? record : null
  }

  async function database(id: string, ...states: readonly DatabaseState[]): Promise<DatabaseRecord> {
    const record = await databaseIfThere(id, ...states)
    if (record === null) throw new StorageError('database-missing', 'there is no such database', id)
    return record
  }

  async function write<T>(task: (record: LibraryRecord) => Promise<T>): Promise<T> {
    return lock.write(async () => {
      const record = await library()
      requireKnown('the library', record.version)
      return task(record)
    })
  }

  return {
    ...LIMITS,
    ...limits,
    createId,
    isPicture,
    hash,
    getMany: (keys) => disk.getMany(keys),
    keys: (prefix) => disk.keys(prefix),
    library,
    async databases() {
      const records = await disk.getMany(await disk.keys(databaseKey('')))
      const known = records.map(parseDatabaseRecord).filter((record) => record !== null)
      return known.toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
    },
    database,
    databaseIfThere,
    write,
    change: (id, states, task) =>
      write(async () => {
        const record = await database(id, ...states)
        requireKnown(`the database ${JSON.stringify(record.name)}`, record.version)
        return task(record)
      }),
    async commit(batch) {
      await disk.commit(batch, 'strict')
      onChange?.()
    },
    hold: (name, task) => lock.hold(name, task),
    busy: () => lock.busy(),
  }
}

/** A changed database's record, to be put: its revision grows. */
export function putDatabase(
  record: DatabaseRecord,
  changes: Partial<DatabaseRecord>,
): readonly [key: string, record: DatabaseRecord] {
  return [databaseKey(record.id), { ...record, ...changes, revision: record.revision + 1 }]
}

export function summarise(record: DatabaseRecord, libraryVersion: number): DatabaseSummary {
  const { id, name, description, clip, chunks, reembedding, revision, damage } = record
  const total = (read: (chunk: (typeof chunks)[number]) => number) =>
    chunks.reduce((sum, chunk) => sum + read(chunk), 0)
  return {
    id,
    name,
    description,
    clip,
    rows: countRows(record),
    images: total(({ images }) => images),
    bytes: total(({ bytes }) => bytes),
    reembedding: reembedding && {
      clip: reembedding.clip,
      rows: total((chunk) => (Object.hasOwn(reembedding.done, chunk.id) ? chunk.rows : 0)),
    },
    damage: damage && {
      ...{ rows: damage.rows, thumbnails: damage.thumbnails, images: damage.images },
      kept: damage.chunks.reduce((sum, chunk) => sum + chunk.images, 0),
    },
    readOnly: record.version > LIBRARY_VERSION || libraryVersion > LIBRARY_VERSION,
    revision,
  }
}

export function countRows({ chunks }: DatabaseRecord): number {
  return chunks.reduce((sum, { rows }) => sum + rows, 0)
}

/** Where chunks go, what was made for them under another CLIP is of no more use. */
export function forgetReembedded(record: DatabaseRecord, chunkIds: readonly string[]): DatabaseRecord['reembedding'] {
  const { reembedding } = record
  if (reembedding === null) return null
  const kept = Object.entries(reembedding.done).filter(([chunk]) => !chunkIds.includes(chunk))
  return { clip: reembedding.clip, done: Object.fromEntries(kept) }
}

function requireKnown(what: string, version: number): void {
  if (version > LIBRARY_VERSION) {
    throw new StorageError('storage-newer', `${what} was written by a newer version of the app`, String(version))
  }
}
