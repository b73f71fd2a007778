// What may cross between the page and the install worker: each job's input, its events and its output.

import type { FileEntry } from './library-jobs.ts'

/** Where a pack came from; display text and what to ask again, never a key. */
export type ModelOrigin =
  | { readonly kind: 'url'; readonly url: string }
  /** Or a zip of one. */
  | { readonly kind: 'folder'; readonly name: string }
  | { readonly kind: 'unknown' }

/** A pack on this device. */
export interface StoredModel {
  /** SHA-256 of its pack.json. */
  readonly id: string
  /** As the pack calls itself: display text. */
  readonly name: string
  readonly description: string
  /** Which CLIP it reads with, as databases name it; null where it has none. */
  readonly clipId: string | null
  /** 'unfinished': an install that can go on. 'damaged': a file of it is gone or cut. 'busy': another tab is at it. */
  readonly state: 'installed' | 'unfinished' | 'damaged' | 'busy'
  readonly byteLength: number
  /** Bytes that are there and verified. */
  readonly verifiedBytes: number
  readonly origin: ModelOrigin
}

export type ModelSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'folder'; readonly files: readonly FileEntry[] }
  /** A folder as a zip. */
  | { readonly kind: 'zip'; readonly name: string; readonly file: Blob }
  /** An unfinished install, from where it came from. */
  | { readonly kind: 'resume'; readonly id: string }

export type InstallEvent =
  /** Once, before anything else of the pack is fetched. */
  | { readonly kind: 'model'; readonly model: StoredModel }
  | {
      readonly kind: 'progress'
      /** Bytes that are there, verified and flushed. */
      readonly verifiedBytes: number
      readonly byteLength: number
      /** Why it waits before it tries again; null where it goes on. */
      readonly trouble: string | null
    }

export interface InstallJobs {
  /** Clears away what interruptions left, then lists what is there. */
  'list-models': { input: null; event: never; output: { readonly models: readonly StoredModel[] } }
  /**
   * Installs a pack; cancelled, what is there stays and can be taken up. Fails with 'invalid-input', 'pack-missing',
   * 'pack-damaged', 'pack-unsuitable', 'pack-elsewhere', 'download-failed', 'storage-full' or 'storage-failed'.
   */
  'install-model': { input: ModelSource; event: InstallEvent; output: { readonly id: string } }
  /** Verifies every byte; a pack with wrong ones becomes unfinished. */
  'check-model': {
    input: { readonly id: string }
    event: Extract<InstallEvent, { kind: 'progress' }>
    output: { readonly isWhole: boolean }
  }
  /** Removes a pack, installed or not; its room is free at once. */
  'remove-model': { input: { readonly id: string }; event: never; output: null }
}
