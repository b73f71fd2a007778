// What may cross between the page and the backup worker: what is kept, whether it is whole, all of it as one file, and back.

import type { Damage } from './library-jobs.ts'

/** What this browser keeps of a person's own. */
export interface Kept {
  readonly pictures: { readonly count: number; readonly bytes: number }
  readonly styles: readonly KeptStyle[]
  /** Removed, and still there to be had back. */
  readonly removed: readonly KeptStyle[]
}

export interface KeptStyle {
  readonly id: string
  /** As the person gave it: display text, never a key. */
  readonly name: string
  readonly rows: number
  readonly bytes: number
  /** Null where nothing of it was found damaged, or a person said that they know. */
  readonly damage: Damage | null
}

/** The installed model that a person paints with, as a backup remembers it: a model's own bytes are not in it. */
export interface ChosenModel {
  /** SHA-256 of its pack.json. */
  readonly id: string
  /** As the pack calls itself: display text. */
  readonly name: string
  /** From where it was installed, to be asked only if a person says so; null where that was no address. */
  readonly url: string | null
}

export interface RestoredCount {
  readonly restored: number
  /** Those that were here already. */
  readonly present: number
}

export interface RestoredPictures extends RestoredCount {
  /** Those whose file is no PNG, or too large to be shown. */
  readonly leftOut: number
}

export interface BackupProgress {
  readonly kind: 'progress'
  /** Bytes; rows where styles are checked. */
  readonly done: number
  /** 0 where it is not known. */
  readonly total: number
}

export interface BackupJobs {
  'measure-kept': { input: null; event: never; output: Kept }
  /** One zip with every style and every picture, and the name of the model in use; null for the built-in one. */
  'back-up': {
    input: { readonly model: ChosenModel | null }
    event: BackupProgress
    output: { readonly file: Blob }
  }
  /**
   * Brings back what is not here, and leaves what is. Fails with 'invalid-input' where the file is no backup or is damaged: then
   * nothing was changed, but that styles before one that lies about its rows stay.
   */
  'restore-backup': {
    input: { readonly file: Blob }
    event: BackupProgress
    output: {
      readonly styles: RestoredCount
      readonly pictures: RestoredPictures
      /** What the backup says of the model in use then. */
      readonly model: ChosenModel | null
    }
  }
  /**
   * Reads every row and image of every style, and sets aside what is not as it was written; how many styles were found to have
   * lost something.
   */
  'check-styles': { input: null; event: BackupProgress; output: { readonly damaged: number } }
  /** Deletes what was set aside of a style, and tells no more of it. */
  'forget-damage': { input: { readonly databaseId: string }; event: never; output: null }
  /** Deletes removed styles for good. */
  'purge-removed': { input: { readonly databaseIds: readonly string[] }; event: never; output: null }
  /** Deletes every picture of the gallery. */
  'delete-pictures': { input: null; event: never; output: null }
}
