// What the page knows of the room that it takes, and what a person can do about it.

import type { ChosenModel, Kept, RestoredCount, RestoredPictures } from '../protocol/backup-jobs.ts'
import type { Failure } from './app-state.ts'

export interface Room {
  /** Bytes that this app takes, by the browser's own count. */
  readonly used: number
  /** Bytes that the browser would let it have. Not all of them may be free. */
  readonly quota: number
}

export type StorageWork = {
  readonly kind: 'backing-up' | 'restoring' | 'freeing' | 'checking'
  /** Bytes; rows where styles are checked. */
  readonly done: number
  /** 0 where it is not known. */
  readonly total: number
}

/** What was done last, to be told of. */
export type StorageNews =
  | { readonly kind: 'backed-up'; readonly bytes: number }
  | { readonly kind: 'checked'; readonly damaged: number }
  | {
      readonly kind: 'restored'
      readonly styles: RestoredCount
      readonly pictures: RestoredPictures
      /** Painted with when the backup was made, and not in use here. */
      readonly model: ChosenModel | null
    }

export interface StorageState {
  /** Null until it was measured. */
  readonly kept: Kept | null
  /** Null where the browser does not tell. */
  readonly room: Room | null
  /** Whether the browser promised not to clear any of it by itself; null until it was asked. */
  readonly isProtected: boolean | null
  /** The host whose other pages can read what is kept; null where the app has its origin to itself. */
  readonly sharedHost: string | null
  readonly work: StorageWork | null
  readonly news: StorageNews | null
  readonly failure: Failure | null
}

/** What a person can do. None of these throws or rejects: what goes wrong shows in the state. */
export interface StorageActions {
  /** Measures anew. */
  refresh(): void
  /** Asks the browser to keep what is stored. */
  protect(): void
  /** Saves all that is the person's as one file. Does nothing while something else is done, as do the others. */
  backUp(): void
  /** Brings back from such a file what is not here. */
  restore(file: Blob): void
  /** Reads every style whole, and sets aside what is damaged. */
  checkStyles(): void
  /** Deletes what was set aside of a style. */
  forgetDamage(databaseId: string): void
  /** Deletes removed styles for good. */
  purgeRemoved(): void
  /** Deletes the whole gallery. */
  deletePictures(): void
  dismissFailure(): void
}

export const INITIAL_STORAGE: StorageState = {
  kept: null,
  room: null,
  isProtected: null,
  sharedHost: null,
  work: null,
  news: null,
  failure: null,
}
