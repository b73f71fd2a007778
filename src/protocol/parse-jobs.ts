// What may cross between the page and the parse worker, which reads files from strangers and can reach nothing else.

import type { Milliseconds } from '../core/diffusion/generate.ts'
import type { Recipe } from '../core/diffusion/recipe.ts'
import type { ImageHeader } from '../core/formats/image-header.ts'
import type { DrawnPicture } from '../core/image/large-picture.ts'
import type { PictureBounds } from '../core/image/picture-bounds.ts'
import type { DrawnSheet } from '../core/image/picture-sheet.ts'
import type { SkipReason } from '../core/image/skip-reason.ts'
import type { ListedDatabase } from '../core/library/backup-list.ts'
import type { ZipKind } from '../core/library/zip-kind.ts'
import type { StyleDatabaseDescription } from '../core/retrieval/style-database.ts'
import type { ChosenModel } from './backup-jobs.ts'
import type { NeighbourPicture } from './jobs.ts'
import type { PackParseJobs } from './pack-parse-jobs.ts'

export interface NamedFile {
  /** The file's path in what was dropped or picked, with slashes: display text, never a key. */
  readonly path: string
  readonly file: Blob
}

export interface EmbeddingSummary {
  readonly name: string
  readonly rows: number
  readonly dim: number
}

/** Rows without pictures. */
export interface EmbeddingRows {
  readonly items: readonly { readonly id: string; readonly caption: string }[]
  /** float16 bits, [items, dim], rows of unit length. */
  readonly embeddings: Uint16Array
}

/** Why a file is no picture that may be decoded. */
export interface UnfitPicture {
  readonly fit: false
  readonly reason: SkipReason
  readonly detail: string
}

/** A picture in a backup: all but its files. */
export interface ListedPicture {
  readonly id: string
  readonly createdAt: number
  readonly order?: number | undefined
  readonly recipe: Recipe
  readonly neighbours: readonly Omit<NeighbourPicture, 'thumbnail'>[]
  readonly steps: number
  readonly milliseconds: Milliseconds
}

/** What a backup says of itself. */
export interface BackupContents {
  readonly databases: readonly ListedDatabase[]
  /** In their places. */
  readonly pictures: readonly ListedPicture[]
  readonly model: ChosenModel | null
}

export interface ParseJobs extends PackParseJobs {
  /** Opens a zip under an id, to be read from until it is closed. Its entries: their names, and lengths in bytes. */
  'open-archive': {
    input: { readonly id: string; readonly file: Blob }
    event: never
    output: { readonly entries: readonly (readonly [name: string, byteLength: number])[] }
  }
  /** Entries in the order of their names, each one's CRC-32 checked. */
  'read-entries': {
    input: { readonly id: string; readonly names: readonly string[] }
    event: never
    output: { readonly entries: readonly Uint8Array[] }
  }
  /** The style database below a folder of the archive ('' for all of it), but for its pictures: they are entries. */
  'read-database': {
    input: { readonly id: string; readonly folder: string }
    event: never
    output: {
      readonly description: StyleDatabaseDescription
      /** Float16 bits, [items, clip.dim]. */
      readonly embeddings: Uint16Array
    }
  }
  /** A picture in the archive, its bytes with it. */
  'read-picture': {
    input: { readonly id: string; readonly name: string }
    event: never
    output: { readonly fit: true; readonly header: ImageHeader; readonly bytes: Uint8Array } | UnfitPicture
  }
  /** Entries in the order of their names, null for what is not there or no picture within the bounds; CRC-32 checked likewise. */
  'read-pictures': {
    input: { readonly id: string; readonly names: readonly string[]; readonly bounds: PictureBounds }
    event: never
    output: { readonly pictures: readonly (Uint8Array | null)[] }
  }
  /** What the archive says of itself as a backup. */
  'read-backup': { input: { readonly id: string }; event: never; output: BackupContents }
  /** Begins to read an entry piece by piece, in place of any other of the archive. */
  'open-entry': { input: { readonly id: string; readonly name: string }; event: never; output: null }
  /** The next bytes of that entry; null at its end, where its CRC-32 was right. */
  'next-piece': { input: { readonly id: string }; event: never; output: { readonly piece: Uint8Array | null } }
  'close-archive': { input: { readonly id: string }; event: never; output: null }
  /** Whether a file is a picture that may be decoded, by its header and its end. */
  'look-at-picture': {
    input: { readonly file: Blob }
    event: never
    output: { readonly fit: true; readonly header: ImageHeader } | UnfitPicture
  }
  /** Decodes small pictures, whole image files or null for none, and draws them on one sheet. Cancelled, it decodes no more. */
  'draw-sheet': {
    input: { readonly pictures: readonly (Uint8Array | null)[] }
    event: never
    output: DrawnSheet<ImageBitmap>
  }
  /** Decodes a picture, a whole image file, and draws it as large as a screen has use for; null where that cannot be. */
  'draw-picture': {
    input: { readonly picture: Uint8Array }
    event: never
    output: { readonly drawn: DrawnPicture<ImageBitmap> | null }
  }
  /** What a zip is, by its names and the file that tells. */
  'kind-of-zip': { input: { readonly file: Blob }; event: never; output: { readonly kind: ZipKind } }
  /** The recipe that a PNG carries; null where there is none. */
  'read-recipe': { input: { readonly png: Blob }; event: never; output: { readonly recipe: Recipe | null } }
  /** Databases without pictures among the files: the RDM authors' .npz, zips of them, clip-retrieval's output. */
  'find-embeddings': {
    input: { readonly files: readonly NamedFile[]; readonly dim: number }
    event: never
    output: {
      readonly found: readonly EmbeddingSummary[]
      readonly refused: readonly { readonly name: string; readonly detail: string }[]
    }
  }
  /** Opens one of them, by its place in `found`, in place of any that is open. */
  'open-embeddings': {
    input: { readonly files: readonly NamedFile[]; readonly dim: number; readonly index: number }
    event: never
    output: null
  }
  /**
   * The next rows of the one that is open: asked for one by one, so that no more of them lie in memory than are being kept.
   * What came before a failure is damaged too: drop it.
   */
  'next-embeddings': {
    input: null
    event: never
    output:
      | ({ readonly done: false } & EmbeddingRows)
      /** How many rows there were, and how many others could not be used. */
      | { readonly done: true; readonly rows: number; readonly withoutDirection: number }
  }
}
