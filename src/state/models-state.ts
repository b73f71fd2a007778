// What the page knows of the models on this device, and what a person can do with them.

import type { StoredModel } from '../protocol/install-jobs.ts'
import type { FileEntry } from '../protocol/library-jobs.ts'
import type { Failure } from './app-state.ts'
import type { TransferRate } from './transfer-rate.ts'

/** What is being done now; one thing at a time. */
export interface ModelWork extends TransferRate {
  readonly kind: 'installing' | 'checking'
  /** Null until pack.json is read. */
  readonly model: StoredModel | null
  /** Bytes that are there and verified, of `byteLength`, which is 0 until it is known. */
  readonly verifiedBytes: number
  readonly byteLength: number
  /** Why it waits before it tries again; null where it goes on. */
  readonly trouble: string | null
  /** True between pressing Pause or Cancel and its end. */
  readonly ending: boolean
}

export interface ModelsState {
  /** Null until they are read. */
  readonly models: readonly StoredModel[] | null
  readonly work: ModelWork | null
  readonly failure: Failure | null
  /** Whether the browser promised to keep what is stored; null until it was asked, which installing does. */
  readonly isProtected: boolean | null
  /** The model that a check found whole; null where there is nothing to say. */
  readonly foundWhole: string | null
}

/** What a person can do. None of these throws or rejects: what goes wrong shows in the state. */
export interface ModelsActions {
  /** Reads what is on the disk. */
  refresh(): void
  /** From an address on another server. Does nothing while something else is being done, as do the other installs and checks. */
  installFrom(url: string): void
  /** From a folder that was dropped; to be called inside the event. */
  installDropped(transfer: DataTransfer): void
  /** From a folder that was picked. */
  installPicked(files: readonly File[]): void
  /** From a folder, or a zip of one, that was dropped or picked elsewhere: its files, or the zip alone. */
  installFound(files: readonly FileEntry[]): void
  /** Takes up an unfinished install that came from a server; repairs a damaged model. */
  resume(id: string): void
  /** Stops an install, which can be taken up again, or a check. */
  pause(): void
  /** Stops an install and removes what arrived. */
  cancel(): void
  /** Verifies every byte of a model. */
  check(id: string): void
  /** Removes a model; where it is the one in use, the built-in one is opened first. */
  remove(id: string): void
  /** Opens a model, or with null the built-in one, and remembers the choice. */
  use(id: string | null): void
  dismissFailure(): void
}

export const INITIAL_MODELS: ModelsState = {
  models: null,
  work: null,
  failure: null,
  isProtected: null,
  foundWhole: null,
}
