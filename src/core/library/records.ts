// The library's records as they lie on the disk, version 2, and the keys under which they lie.
//
//   library               versions, visits and the order in which databases were made
//   checksums             there while records of version 1, which had none, are still to be given checksums
//   database/<id>         one database: its name, its CLIP and the list of its chunks
//   items/<chunk>         up to 64 rows' items          thumbs/<chunk>      their thumbnails
//   embeddings/<id>       their embeddings, under an id of their own, so that others can be made beside them
//   image/<id>            one row's image
//   import/<id>           an import that has not ended, of a database or, before its first row, of none
//   task/<id>             a move of rows that has not ended
//   spare/<key>           a second copy of `library` and of each database: without them all of their rows would be lost
//
// A chunk belongs to one database at a time and keeps its id when it goes to another. It only ever grows; where rows leave
// it, the rest gets a new id: whoever still reads the old one finds nothing, never other rows.
//
// Every row's item, embedding, thumbnail and image has a CRC-32. Rows that are not as they were written are set aside, still the
// database's but none of its rows. The records that are kept twice have one each, and the copy that is whole is read.

import * as v from 'valibot'
import { StorageError } from '../storage/storage-error.ts'
import type { ClipIdentity, ImportRecord } from './library.ts'

export const LIBRARY_VERSION = 2

export const LIBRARY_KEY = 'library'
export const CHECKSUMS_KEY = 'checksums'
export const databaseKey = (id: string) => `database/${id}`
export const itemsKey = (chunk: string) => `items/${chunk}`
export const thumbsKey = (chunk: string) => `thumbs/${chunk}`
export const embeddingsKey = (id: string) => `embeddings/${id}`
export const imageKey = (id: string) => `image/${id}`
export const importKey = (id: string) => `import/${id}`
export const taskKey = (id: string) => `task/${id}`

/** Whether a record is kept twice. */
export function isKeptTwice(key: string): boolean {
  return key === LIBRARY_KEY || key.startsWith(databaseKey(''))
}

export interface LibraryRecord {
  readonly version: number
  /** How many times the library was opened. */
  readonly visit: number
  /** Of the database made last. */
  readonly order: number
}

export interface ChunkEntry {
  readonly id: string
  readonly rows: number
  /** Rows with an image. */
  readonly images: number
  /** Of its items, thumbnails, embeddings and images. */
  readonly bytes: number
  /** The id of its embeddings. */
  readonly embeddings: string
  /** How often a caption of it was changed: of as many, its items are the same. Absent for none. */
  readonly edits?: number | undefined
}

/** 'arriving' is made of a file and not whole yet; 'purging' must go on to be deleted. Neither is ever shown. */
export type DatabaseState = 'ready' | 'arriving' | 'removed' | 'purging'

export interface DatabaseRecord {
  readonly version: number
  readonly id: string
  readonly revision: number
  readonly order: number
  readonly state: DatabaseState
  /** The visit in which it came into its state. */
  readonly visit: number
  readonly name: string
  readonly description: string
  readonly heldOut: boolean
  /** Its id in a file: that of the file from which it came, or its own. */
  readonly fileId: string
  readonly clip: ClipIdentity
  readonly thumbnailSide: number
  /** In the order of the rows. */
  readonly chunks: readonly ChunkEntry[]
  /** While it is embedded for another CLIP: the new embeddings' ids by chunk, for those that are done. */
  readonly reembedding: { readonly clip: ClipIdentity; readonly done: Readonly<Record<string, string>> } | null
  /** Null where nothing of it was found damaged since a person last said that they know. */
  readonly damage: StoredDamage | null
}

export interface StoredDamage {
  /** What is left of damaged rows, which are none of the database's any more; records of these may be missing. */
  readonly chunks: readonly ChunkEntry[]
  /** Rows that were lost or set aside. */
  readonly rows: number
  /** Thumbnails and images of rows that are there without them. */
  readonly thumbnails: number
  readonly images: number
}

export interface StoredImage {
  readonly id: string
  readonly bytes: number
  readonly crc32?: number
}

export interface StoredItem {
  readonly id: string
  readonly caption: string
  readonly sha256: string | null
  readonly width: number
  readonly height: number
  readonly image: StoredImage | null
}

/** A CRC-32 a row; version 1 of the library had none. */
export interface Checked {
  readonly version: 1
  readonly crc32?: readonly number[]
}

export interface ItemsRecord extends Checked {
  readonly items: readonly StoredItem[]
}

export interface ThumbsRecord extends Checked {
  readonly thumbnails: readonly (Uint8Array | null)[]
}

export interface EmbeddingsRecord extends Checked {
  /** Float16 bits, [rows, dim]. */
  readonly values: Uint16Array
}

export interface ImageRecord {
  readonly version: 1
  readonly bytes: Uint8Array
}

/** Rows on their way out of a database. The records say how far it came: what is left of it is what is still to be done. */
export interface TaskRecord {
  readonly version: 1
  readonly id: string
  readonly from: string
  /** Null where the rows are deleted. */
  readonly into: string | null
  /** Null for all of them, and then `from` itself goes too. */
  readonly itemIds: readonly string[] | null
}

const natural = v.pipe(v.number(), v.integer(), v.minValue(0))
const clip = v.object({ id: v.string(), dim: v.pipe(natural, v.minValue(1)) })
const version = v.pipe(v.number(), v.integer(), v.minValue(1))

const libraryRecord = v.object({ version, visit: natural, order: natural })

const chunk = v.object({
  ...{ id: v.string(), rows: natural, images: natural, bytes: natural, embeddings: v.string() },
  edits: v.optional(natural),
})

const databaseRecord = v.object({
  version,
  id: v.string(),
  revision: natural,
  order: natural,
  state: v.picklist(['ready', 'arriving', 'removed', 'purging']),
  visit: natural,
  name: v.string(),
  description: v.string(),
  heldOut: v.boolean(),
  fileId: v.string(),
  clip,
  thumbnailSide: natural,
  chunks: v.array(chunk),
  reembedding: v.nullable(v.object({ clip, done: v.record(v.string(), v.string()) })),
  damage: v.optional(
    v.nullable(v.object({ chunks: v.array(chunk), rows: natural, thumbnails: natural, images: natural })),
    null,
  ),
})

/** A library that was never opened reads as version 1's, empty. Throws StorageError for what is no such record. */
export function parseLibraryRecord(value: unknown): LibraryRecord {
  if (value === undefined) return { version: LIBRARY_VERSION, visit: 0, order: 0 }
  const result = v.safeParse(libraryRecord, value)
  if (!result.success) throw damaged(LIBRARY_KEY, v.getDotPath(result.issues[0]) ?? 'not a record')
  return result.output
}

/** Null for what is no such record: a version that cannot be read even in part, or damage. */
export function parseDatabaseRecord(value: unknown): DatabaseRecord | null {
  const result = v.safeParse(databaseRecord, value)
  return result.success ? result.output : null
}

export function isImportRecord(value: unknown): value is ImportRecord {
  return isVersion1(value) && 'databaseId' in value && 'done' in value
}

export function isTaskRecord(value: unknown): value is TaskRecord {
  return isVersion1(value) && 'from' in value && 'into' in value && 'itemIds' in value
}

/** Told apart from a disk that fails: what is damaged can be set aside. */
export class DamagedRecord extends StorageError {
  constructor(
    readonly key: string,
    detail: string,
  ) {
    super('storage-failed', `the record ${key} is missing or damaged`, detail)
  }
}

export function damaged(key: string, detail: string): DamagedRecord {
  return new DamagedRecord(key, detail)
}

export function isVersion1(value: unknown): value is { readonly version: 1 } {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}
