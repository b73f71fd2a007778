// One writer at a time, over all tabs and workers of the origin; and names for work that goes on between writes.

export interface WriterLock {
  /**
   * Runs `task` when no other tab or worker writes, and holds the lock until it settles. Not reentrant: a task that asks for
   * the lock again waits for ever. A holder that crashes loses the lock at once.
   */
  write<T>(task: () => Promise<T>): Promise<T>
  /**
   * Runs a long task under a name (an import, a file that arrives), which others see as busy until it settles or its tab dies.
   * Rejects with StorageError('storage-failed') where another has the name. Other writes go on meanwhile.
   */
  hold<T>(name: string, task: () => Promise<T>): Promise<T>
  /** The names that are held now, in any tab or worker. */
  busy(): Promise<ReadonlySet<string>>
}
