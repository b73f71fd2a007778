// What may cross between the page and the library worker: each job's input, its events and its output.

import type { SheetLayout } from '../core/image/picture-sheet.ts'
import type { ImportTally, SkippedEntry } from '../core/library/import-pictures.ts'
import type { Pace } from '../core/library/import-rate.ts'
import type { PackReference, ShownGiven } from './jobs.ts'
import type { EmbeddingRows } from './parse-jobs.ts'

/** How much of a database was found damaged: rows that are set aside, and thumbnails and pictures that others do without. */
export interface Damage {
  readonly rows: number
  readonly thumbnails: number
  readonly images: number
  /** Of the rows, those whose picture was kept: 'library-reembed' brings them back. */
  readonly kept: number
}

export interface DatabaseSummary {
  readonly id: string
  /** As the person gave it: display text, never a key. */
  readonly name: string
  readonly rows: number
  /** Rows of which the picture is kept: only where all are can it be embedded again. */
  readonly images: number
  /** Of the rows, those that are embedded for the open pack's CLIP already, while that has not come to its end. */
  readonly reembedded: number
  /** Bytes kept on this device: rows, thumbnails and pictures. */
  readonly bytes: number
  readonly clipId: string
  /** False where another CLIP than the open pack's made it: it cannot be prompted with until it is embedded again. */
  readonly clipMatches: boolean
  /** Thumbnails of the first rows that have one, at most four; of rows without pictures, one drawing of where they lie. */
  readonly cover: readonly Blob[]
  /** False where the first rows came without pictures, as embeddings do. */
  readonly hasPictures: boolean
  /** True where a newer version of the app wrote it. */
  readonly readOnly: boolean
  /** Null where nothing of it was found damaged, or a person said that they know. */
  readonly damage: Damage | null
}

/** An import that was paused, or that a reload or a crash broke off or kept from beginning. */
export interface PausedImport {
  readonly id: string
  /** Null where it has not begun: its first row makes its database. */
  readonly databaseId: string | null
  /** The database's name. */
  readonly name: string
  readonly total: number
  readonly added: number
  readonly skipped: number
  /** What to ask permission for and walk again; empty where the person must pick the files anew. */
  readonly handles: readonly FileSystemHandle[]
  /** The one folder whose files are meant, of all that the handles lead to, as FolderGroups name it; null for all of them. */
  readonly within: string | null
}

export interface LibraryState {
  /** The open pack's CLIP: foreign embeddings must have rows of `dim` numbers. */
  readonly clip: { readonly id: string; readonly dim: number }
  readonly databases: readonly DatabaseSummary[]
  /** Removed ones that can still be had back. */
  readonly removed: readonly { readonly id: string; readonly name: string }[]
  readonly imports: readonly PausedImport[]
}

/** A file of an import. A zip counts as a folder: its pictures are taken one by one. */
export interface FileEntry {
  /** The file's path in what was dropped or picked, with slashes: display text, never a key. */
  readonly path: string
  /** The file, or a handle that gives it when its turn comes; null where it could not be had. */
  readonly file: File | FileSystemFileHandle | null
  /** Where it is a zip and not all of it is meant: the folder in it whose own files are, '' for those in none. */
  readonly folder?: string
}

export type ImportEvent =
  | ({ readonly kind: 'progress' } & ImportTally & Pace)
  /** Thumbnails of rows that are now safely kept. */
  | { readonly kind: 'added'; readonly databaseId: string; readonly thumbnails: readonly Blob[] }
  | ({ readonly kind: 'skipped' } & SkippedEntry)

export interface LibraryItem {
  readonly id: string
  readonly caption: string
  /** Its square on the sheet that came with it; null where the database has no picture of it, or none that can be read. */
  readonly place: number | null
}

/** Thumbnails side by side, decoded: to be drawn from, and closed by whoever got it. */
export interface PictureSheet extends SheetLayout {
  readonly bitmap: ImageBitmap
}

export interface RankedItem extends LibraryItem {
  readonly row: number
  /** Cosine similarity to what was asked for, -1..1. */
  readonly score: number
}

export interface LibraryJobs {
  /**
   * Reads what pack.json says of CLIP, and the first time finishes what an earlier visit left half done. Run before any other
   * job, and again when another pack is opened: jobs that run then go on with the CLIP that they began with.
   */
  'open-library': { input: { readonly pack: PackReference }; event: never; output: LibraryState }
  'library-list': { input: null; event: never; output: LibraryState }
  /** Tells, about once a second at most, that another tab or worker changed the library; runs until it is cancelled. */
  'library-watch': { input: null; event: { readonly kind: 'changed' }; output: null }
  /**
   * Files of an import that is about to begin, after those that were sent before under the same name. To send a file takes the page
   * most of a millisecond, so that many at once would hold it up. Those of an earlier name are forgotten.
   */
  'import-files': {
    input: { readonly batch: string; readonly files: readonly FileEntry[] }
    event: never
    output: { readonly count: number }
  }
  /**
   * Keeps an import that waits for its turn: after a reload it is listed among the paused ones, and until then no tab lists it.
   * 'import-images' begins it, by its id.
   */
  'library-keep-import': {
    input: {
      /** The caller's own, new one. */
      readonly importId: string
      readonly databaseId: string | null
      readonly name: string
      /** Files, as far as they are counted. */
      readonly total: number
      /** Kept with the import, to walk again after a reload. */
      readonly handles: readonly FileSystemHandle[]
      readonly within: string | null
    }
    event: never
    output: null
  }
  /** Lets go of an import that waited and does not begin: it is paused then. One that does not wait stays as it is. */
  'library-pause-import': { input: { readonly importId: string }; event: never; output: null }
  /**
   * Adds pictures to a database, or to a new one. Cancelling it pauses: what was added stays, and the import is listed among the
   * paused ones. Running it again with `importId` and the same files goes on; no file that is a row is embedded twice.
   */
  'import-images': {
    input: {
      /** Null for a new database, which is made when its first row is. */
      readonly databaseId: string | null
      /** The new database's name. */
      readonly name: string
      /** The last of them, after those of 'import-files'. */
      readonly files: readonly FileEntry[]
      /** The name under which the others were sent; null where these are all. */
      readonly batch: string | null
      /** Kept with the import, to walk again after a reload. */
      readonly handles: readonly FileSystemHandle[]
      /** The paused import to go on with, or the waiting one to begin; null for one that was not kept. */
      readonly importId: string | null
    }
    event: ImportEvent
    output: {
      /** Null where no file could be added and there was no database before. */
      readonly databaseId: string | null
      readonly added: number
      readonly duplicates: number
      readonly skipped: readonly SkippedEntry[]
    }
  }
  /** Forgets a paused or waiting import; what it added stays. */
  'library-forget-import': { input: { readonly importId: string }; event: never; output: LibraryState }
  'library-rename': {
    input: { readonly databaseId: string; readonly name: string }
    event: never
    output: LibraryState
  }
  /** Takes it off the list; it can be had back until the next visit. */
  'library-remove': { input: { readonly databaseId: string }; event: never; output: LibraryState }
  'library-undo-remove': { input: { readonly databaseId: string }; event: never; output: LibraryState }
  /** Moves all rows of `fromId` into `intoId`, which keeps its name; rows that both have stay once. */
  'library-merge': {
    input: { readonly intoId: string; readonly fromId: string }
    event: never
    output: LibraryState
  }
  'library-move-items': {
    input: { readonly fromId: string; readonly intoId: string; readonly itemIds: readonly string[] }
    event: never
    output: LibraryState
  }
  'library-remove-items': {
    input: { readonly databaseId: string; readonly itemIds: readonly string[] }
    event: never
    output: LibraryState
  }
  'library-set-caption': {
    input: { readonly databaseId: string; readonly itemId: string; readonly caption: string }
    event: never
    output: LibraryState
  }
  /** A window of rows, in their order. Cancelled, it reads and decodes no more. */
  'library-items': {
    input: { readonly databaseId: string; readonly from: number; readonly count: number }
    event: never
    output: {
      readonly items: readonly LibraryItem[]
      /** Null where none of them has a picture. */
      readonly sheet: PictureSheet | null
      /** Of the whole database. */
      readonly rows: number
    }
  }
  /** The ids of `count` rows from the row `from` on, or of what there is of them. */
  'library-item-ids': {
    input: { readonly databaseId: string; readonly from: number; readonly count: number }
    event: never
    output: { readonly ids: readonly string[] }
  }
  /**
   * Reads the items and embeddings that were not looked at before in this visit, and sets aside rows that are not as they were
   * written: the grid shows rows of which the embeddings are still unread. Tells what is lost in all.
   */
  'library-look-over': {
    input: { readonly databaseId: string }
    event: never
    output: Pick<DatabaseSummary, 'damage'>
  }
  /** Nobody looks into a database any more: what memory holds of the one at hand is let go. */
  'library-put-away': { input: null; event: never; output: null }
  /** A row's picture, as large as it is kept. Rejects with 'database-missing' where the row has gone. */
  'library-image': {
    input: { readonly databaseId: string; readonly itemId: string }
    event: never
    output: {
      /** To be closed by whoever got it; null where none is kept, or none that can be read. */
      readonly picture: ImageBitmap | null
      /** What it is: its long side has at most 1024 pixels, a thumbnail's fewer. */
      readonly kept: 'picture' | 'thumbnail' | 'nothing'
      /** Pixels of the file as it was dropped; 0 where they are not known. */
      readonly width: number
      readonly height: number
    }
  }
  /** The rows nearest to words or to a picture, best first. */
  'library-search': {
    input: {
      readonly databaseId: string
      readonly query: { readonly text: string } | { readonly image: Blob }
      readonly count: number
    }
    event: never
    output: { readonly items: readonly RankedItem[]; readonly sheet: PictureSheet | null }
  }
  /**
   * A picture as the open pack's CLIP sees it; nothing of it is kept. Rejects with 'invalid-input' where it cannot be read, and
   * the reason (a SkipReason) as the detail.
   */
  'read-picture': {
    input: { readonly image: Blob }
    event: never
    output: Pick<ShownGiven, 'id' | 'clipId' | 'embedding'> & { readonly thumbnail: Blob | null }
  }
  /**
   * Embeds the kept pictures again with the open pack's CLIP; until all are done the database stays the old CLIP's. Cancelled
   * and run again, it goes on. Rows that were set aside as damaged and whose pictures were kept come back with it, also under the CLIP
   * that it has. Rejects with 'images-missing' where a row has no picture.
   */
  'library-reembed': {
    input: { readonly databaseId: string }
    event: { readonly kind: 'progress'; readonly done: number; readonly total: number }
    output: LibraryState
  }
  /** A style database file; `name` is safe to save under. */
  'library-export': {
    input: { readonly databaseId: string }
    event: never
    output: { readonly file: Blob; readonly name: string }
  }
  'library-import-file': {
    input: { readonly file: Blob }
    event: { readonly kind: 'progress'; readonly done: number; readonly total: number }
    output: { readonly databaseId: string }
  }
  /**
   * Makes a database of rows without pictures, which 'library-add-rows' brings while this job runs; it ends when the last have
   * come. Cancelled or failed, it leaves nothing behind.
   */
  'library-import-rows': {
    input: {
      /** The caller's own: what 'library-add-rows' names. */
      readonly importId: string
      readonly name: string
    }
    event: never
    output: { readonly databaseId: string }
  }
  /** Resolves when the rows are kept. Rejects where the import has ended, which says itself why. */
  'library-add-rows': {
    input: {
      readonly importId: string
      /** Null where all have come. */
      readonly rows: EmbeddingRows | null
    }
    event: never
    output: null
  }
}
