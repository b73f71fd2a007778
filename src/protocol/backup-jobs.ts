// What may cross between the page and the backup worker: what is kept, all of it as one file, and back.

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
}

export interface RestoredCount {
  readonly restored: number
  /** Those that were here already. */
  readonly present: number
}

export interface BackupProgress {
  readonly kind: 'progress'
  /** Bytes. */
  readonly done: number
  /** 0 where it is not known. */
  readonly total: number
}

export interface BackupJobs {
  'measure-kept': { input: null; event: never; output: Kept }
  /** One zip with every style and every picture. */
  'back-up': { input: null; event: BackupProgress; output: { readonly file: Blob } }
  /**
   * Brings back what is not here, and leaves what is. Fails with 'invalid-input' where the file is no backup or is damaged: then
   * nothing was changed, but that styles before one that lies about its rows stay.
   */
  'restore-backup': {
    input: { readonly file: Blob }
    event: BackupProgress
    output: { readonly styles: RestoredCount; readonly pictures: RestoredCount }
  }
  /** Deletes removed styles for good. */
  'purge-removed': { input: { readonly databaseIds: readonly string[] }; event: never; output: null }
  /** Deletes every picture of the gallery. */
  'delete-pictures': { input: null; event: never; output: null }
}
