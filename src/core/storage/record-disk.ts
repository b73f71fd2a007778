// The one seam for storing records: the stores do not know whether IndexedDB or a test's simulated disk answers.

/** 'strict': survives power loss once acknowledged. 'relaxed': may be lost, the newest first, never a part of one. */
export type Durability = 'strict' | 'relaxed'

/** What one transaction changes. A key must not be both put and deleted; deleting what is not there does nothing. */
export interface RecordBatch {
  /** Values must be structured-cloneable; they are copied. */
  readonly put?: readonly (readonly [key: string, value: unknown])[]
  readonly delete?: readonly string[]
}

/**
 * Keyed records with atomic batches: after a crash all of a batch is there, or none.
 * Every call rejects with StorageError('storage-full') or StorageError('storage-failed'), and with nothing else.
 */
export interface RecordDisk {
  /** Undefined where there is no such record. */
  get(key: string): Promise<unknown>
  /** In the order of `keys`, all of one moment: no commit falls between two of them. */
  getMany(keys: readonly string[]): Promise<readonly unknown[]>
  /** Keys that start with `prefix`, in code-unit order. */
  keys(prefix: string): Promise<readonly string[]>
  /** One transaction. It rejects only where nothing of the batch was written. */
  commit(batch: RecordBatch, durability: Durability): Promise<void>
}
