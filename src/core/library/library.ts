// The library of custom databases: images that a person dropped, as rows to search and pictures to show.

import type { ByteSource } from '../formats/byte-source.ts'
import type { ZipFile } from '../formats/zip-writer.ts'
import type { DatabaseArchive, StyleDatabase } from '../retrieval/style-database.ts'
import type { StorageError } from '../storage/storage-error.ts'
import type { ListedDatabase } from './backup-list.ts'

/** Which CLIP made embeddings: SHA-256 over its towers, as pack.json's clip.id, and how many numbers a row has. */
export interface ClipIdentity {
  readonly id: string
  readonly dim: number
}

/** One image of a database. */
export interface LibraryItem {
  /** Stable name inside its database: what recipes name. */
  readonly id: string
  /** Display text. */
  readonly caption: string
  /** Of the file as it was dropped, lower-case hex; null where it is not known. */
  readonly sha256: string | null
  /** Pixels of the file as it was dropped, turned as it says; 0 where they are not known. */
  readonly width: number
  readonly height: number
  /** Whether the library keeps the image, large enough to be embedded again. */
  readonly hasImage: boolean
}

/** A row to append. */
export interface NewRow {
  /** Null: made from the content hash, so that one picture has one id wherever it is imported. */
  readonly id: string | null
  readonly caption: string
  readonly sha256: string | null
  readonly width: number
  readonly height: number
  /** Float32 of any length but zero, scaled to unit by the library; or float16 bits, kept as they are. [clip.dim] */
  readonly embedding: Float32Array | Uint16Array
  /** WebP, square, of the database's thumbnail side. */
  readonly thumbnail: Uint8Array | null
  /** WebP, long side at most 512. */
  readonly image: Uint8Array | null
}

export interface NewDatabase {
  /** Display text, cut to 200 characters. */
  readonly name: string
  readonly clip: ClipIdentity
  readonly description?: string
  /** Pixels; 96 by default. */
  readonly thumbnailSide?: number
}

export interface DatabaseSummary {
  /** Lower-case hex digits. To generate with it, the style's id is `user:` and this. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly clip: ClipIdentity
  readonly rows: number
  /** Rows of which the image is kept: only where all are can the database be embedded again. */
  readonly images: number
  /** What its records hold, within a few bytes a row. */
  readonly bytes: number
  /** Rows that are already embedded for another CLIP, while that goes on. */
  readonly reembedding: { readonly clip: ClipIdentity; readonly rows: number } | null
  /** Null where nothing was found damaged, or a person was told. */
  readonly damage: Damage | null
  /** True where a newer version of the app wrote it. */
  readonly readOnly: boolean
  /** Grows with every change of the database: of the same revision, it is the same. */
  readonly revision: number
}

/** How much was found damaged: rows that are set aside, and thumbnails and images that others do without. */
export interface Damage {
  readonly rows: number
  readonly thumbnails: number
  readonly images: number
  /** Of the rows, those whose picture was kept: embedded again, they come back. */
  readonly kept: number
}

/** An import that has not ended, or waits to begin: enough to go on with it after a reload. */
export interface ImportRecord {
  readonly version: 1
  readonly id: string
  /** Null until the first row, with which its database is made. Versions of before never write that, and go on from it all the same. */
  readonly databaseId: string | null
  /** Display text: the folder's or the file's name. */
  readonly name: string
  /** How to find the files again (file system handles, a list of names): the importer's own, structured-cloneable. */
  readonly source: unknown
  /** Files in all, where that is known. */
  readonly total: number | null
  /** Files done: added, duplicates and skipped. */
  readonly done: number
  readonly added: number
  readonly duplicates: number
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

export interface Appended {
  /** The new rows' ids, in their order; null for a row whose content the database had already. */
  readonly ids: readonly (string | null)[]
  readonly added: number
  readonly duplicates: number
}

/** An import's record as it is once rows are appended: called once, before the commit that holds both. */
export type Progress = (appended: Appended, databaseId: string) => ImportRecord

export interface Created extends Appended {
  readonly databaseId: string
}

/** A database as it was when it was opened. A row that has been taken away since reads as database-missing. */
export interface OpenDatabase {
  readonly summary: DatabaseSummary
  /** Of one opened with `before`, the same array where no item has changed since. */
  readonly items: readonly LibraryItem[]
  /**
   * Row-major float16 bits, [rows, clip.dim], in arrays of at most 64 MiB that follow one another: 1.5 KiB a row at 768 numbers.
   * Not to be written to. Null where they would take more than 1 GiB: those are to be read a chunk at a time.
   */
  embeddingParts(): Promise<readonly Uint16Array[] | null>
  /** The same in order, a chunk of at most 64 rows at a time so that memory need not hold them all, or in those arrays where it does. */
  embeddingChunks(): AsyncIterable<Uint16Array>
  /** One row's, read from the disk: [clip.dim]. */
  embedding(row: number): Promise<Uint16Array>
  /** WebP bytes, null where there is none. */
  thumbnail(row: number): Promise<Uint8Array | null>
  thumbnails(rows: readonly number[]): Promise<readonly (Uint8Array | null)[]>
  image(row: number): Promise<Uint8Array | null>
  images(rows: readonly number[]): Promise<readonly (Uint8Array | null)[]>
  /** SHA-256 (hex) over the clip, the items' ids and the embeddings: what recipes carry. The same in every copy. */
  hash(): Promise<string>
}

export interface OpeningOptions {
  readonly withEmbeddings?: boolean
  readonly before?: OpenDatabase | undefined
}

/** Some rows of a database as it is now. */
export interface RowsInSight {
  readonly items: readonly LibraryItem[]
  /** Bytes of image files, the app's own in WebP, null where there is none; one for each of the items. */
  readonly thumbnails: readonly (Uint8Array | null)[]
  /** Of the whole database. */
  readonly rows: number
}

/** Rows whose images are to be embedded again, as one unit of progress. */
export interface ChunkToReembed {
  readonly chunkId: string
  readonly images: readonly Uint8Array[]
}

/** Damaged rows, as one unit of progress. */
export interface ChunkSetAside {
  readonly chunkId: string
  /** One for each row; null where it was not kept, or is damaged too. */
  readonly images: readonly (Uint8Array | null)[]
}

/** One file of a backup's zip. */
export type BackupFile = ZipFile

/** A backup's zip, opened. Its calls reject with FormatError for what is missing or damaged. */
export interface BackupArchive extends DatabaseArchive {
  /** The style database below a folder of it, whose name ends with a slash. */
  readDatabase(folder: string): Promise<StyleDatabase>
}

export interface Restored {
  readonly restored: number
  /** Those that were here already. */
  readonly present: number
}

/**
 * Every call rejects with StorageError and nothing else, but that a damaged file rejects with FormatError. A write that
 * resolved is on the disk: reload, crash and power loss do not undo it. One that rejected changed nothing, but that long
 * ones (merge, moveItems, removeItems, purge) may have done a part of their work, which the next sweep finishes.
 */
export interface Library {
  /** Oldest first; those that are removed are left out. */
  list(): Promise<readonly DatabaseSummary[]>
  /** One that is not removed. */
  find(databaseId: string): Promise<DatabaseSummary>
  /** A new database with its first rows, and the import that made them where there is one, in one strict batch. */
  create(database: NewDatabase, rows?: readonly NewRow[], progress?: Progress): Promise<Created>
  /**
   * Appends in one strict batch, together with the import's record where there is one. A row whose sha256 the database has
   * already, or that comes twice, is left out and counted as a duplicate.
   */
  appendRows(databaseId: string, rows: readonly NewRow[], progress?: Progress): Promise<Appended>
  /** The content hashes of a database, to skip what is there before embedding it. A copy. */
  knownHashes(databaseId: string): Promise<Set<string>>

  rename(databaseId: string, name: string): Promise<void>
  setCaption(databaseId: string, itemId: string, caption: string): Promise<void>
  /** Hides a database; it can be brought back until it is purged. Its imports end. */
  remove(databaseId: string): Promise<void>
  undoRemove(databaseId: string): Promise<void>
  /** Removed databases that can be brought back, oldest first. */
  listRemoved(): Promise<readonly DatabaseSummary[]>
  /** Deletes all of a database for good. */
  purge(databaseId: string): Promise<void>
  /** Moves every row of `from` into `into` and deletes `from`; what `into` has already is dropped. Both must have one CLIP. */
  merge(into: string, from: string): Promise<void>
  moveItems(from: string, into: string, itemIds: readonly string[]): Promise<void>
  /** Ids that are not there are passed over. */
  removeItems(databaseId: string, itemIds: readonly string[]): Promise<void>

  /** The first thumbnails, at most `count`. */
  cover(databaseId: string, count: number): Promise<readonly Uint8Array[]>
  /** Rows' embeddings from all over the database, at most so many chunks of 64 of them: float16 bits, [rows, clip.dim]. */
  sample(databaseId: string, chunks: number): Promise<Uint16Array>
  /** `count` rows from the row `from` on, or what there is of them: no others are read. */
  readRows(databaseId: string, from: number, count: number): Promise<RowsInSight>
  /**
   * Rows that are not as they were written are set aside first, and counted in the summary's damage.
   *
   * @param options `withEmbeddings` reads all embeddings on the way and keeps them as long as the opened database is kept, unless
   *   they are too many: for those that will ask for all of them anyway, half the work. `before` is the same database opened
   *   earlier: chunks that have not changed since are not read again
   */
  openDatabase(databaseId: string, options?: OpeningOptions): Promise<OpenDatabase>

  /** Reads all of a database, every image too, and sets aside what is damaged. */
  check(databaseId: string, onProgress?: (done: number, total: number) => void): Promise<DatabaseSummary>
  /** Deletes what was set aside: it is not told of again. */
  forgetDamage(databaseId: string): Promise<void>

  /** Imports that have not ended, oldest first, but those that run now in this or another tab. */
  imports(): Promise<readonly ImportRecord[]>
  /** Keeps an import's state where no rows came with it. Rejects with 'database-missing' where it has a database that has gone. */
  saveImport(progress: ImportRecord): Promise<void>
  /** Ends an import: it is not offered again. */
  endImport(importId: string): Promise<void>
  /** Runs a task as the one importer of that id: while it runs, no tab offers the import. */
  whileImporting<T>(importId: string, task: () => Promise<T>): Promise<T>

  /** Chunks that are not embedded for `clip` yet. Rejects with 'images-missing' where one is not kept: move such rows away. */
  chunksToReembed(databaseId: string, clip: ClipIdentity): AsyncIterable<ChunkToReembed>
  /**
   * Keeps one chunk's new embeddings; the one that completes the database makes it the new CLIP's, at once. Until then it
   * stays the old one's and works.
   * @param embeddings one for each image of the chunk
   * @returns how many rows are still to be embedded; a chunk that changed meanwhile counts again
   */
  replaceEmbeddings(
    databaseId: string,
    clip: ClipIdentity,
    chunkId: string,
    embeddings: readonly Float32Array[],
  ): Promise<number>

  /** Damaged rows that were set aside and whose pictures were kept. Rejects with 'database-other-clip' where `clip` is not its own. */
  chunksSetAside(databaseId: string, clip: ClipIdentity): AsyncIterable<ChunkSetAside>
  /**
   * Puts one such chunk's rows back, at the database's end; those that are there again already are dropped, and those without an
   * embedding stay set aside, without their picture.
   * @param embeddings one for each image of the chunk, of the database's CLIP
   * @returns how many rows came back
   */
  putBack(
    databaseId: string,
    clip: ClipIdentity,
    chunkId: string,
    embeddings: readonly (Float32Array | null)[],
  ): Promise<number>

  /**
   * A style database file, in pieces of about 4 MiB; 'database-empty' where it has no rows. The same database gives the same
   * bytes, also after import elsewhere.
   */
  exportDatabase(databaseId: string, write: (piece: Uint8Array) => Promise<void>): Promise<void>
  /**
   * A file's database as a new one: all of it or, after a crash or error, nothing. Of any CLIP.
   * @param onProgress rows done, of all
   */
  importDatabaseFile(source: ByteSource, onProgress?: (done: number, total: number) => void): Promise<DatabaseSummary>
  /** The same of a file that was opened elsewhere. */
  importDatabase(file: StyleDatabase, onProgress?: (done: number, total: number) => void): Promise<DatabaseSummary>
  /**
   * Rows as they come, as a new database: all of them or, after a crash, an error or what `batches` throws, nothing. A batch is
   * on the disk when the next one is asked for.
   */
  importRows(database: NewDatabase, batches: AsyncIterable<readonly NewRow[]>): Promise<DatabaseSummary>

  /** The files of a backup of every database that is not removed and has rows, each read when its turn comes. */
  backUp(): AsyncIterable<BackupFile>
  /**
   * Brings back the databases of a backup that are not here already, as they are: each whole or not at all. Run again after a
   * crash, it goes on with the next one. One whose rows are not those that the backup lists is refused with FormatError.
   * @param listed what the archive's list says
   */
  restore(archive: Pick<BackupArchive, 'readDatabase'>, listed: readonly ListedDatabase[]): Promise<Restored>

  /**
   * To be run once at start: brings old records up to date, finishes what a crash interrupted, and purges databases that
   * were removed before the last visit. What it cannot do now it leaves for the next time, and gives the reasons.
   */
  sweep(): Promise<readonly StorageError[]>
  /**
   * Gives rows of version 1 their checksums, a chunk at a time, while other things go on. Cut short, it goes on when it is run
   * again; where there is nothing to do, it does nothing.
   */
  addChecksums(): Promise<void>
}
