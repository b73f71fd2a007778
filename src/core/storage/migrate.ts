// Brings stored records up to date: numbered steps, each one batch, so that none is ever half done.

import type { RecordBatch, RecordDisk } from './record-disk.ts'

/** What a step changes. It must not put the record that holds the version: that is done with it. */
export type Migration = (disk: RecordDisk) => Promise<RecordBatch>

export interface Versions {
  /** The version of what is stored. */
  read(): Promise<number>
  /** The record that says so, as it is to be at `version`. */
  put(version: number): Promise<readonly [key: string, value: unknown]>
}

/**
 * Runs the steps that are missing, in order: `steps[0]` leads from version 1 to 2. What a newer app wrote is left as it is.
 * Rejects with StorageError; the steps that were done stay done.
 */
export async function migrate(disk: RecordDisk, versions: Versions, steps: readonly Migration[]): Promise<void> {
  const version = await versions.read()
  for (const [done, step] of steps.slice(version - 1).entries()) {
    const batch = await step(disk)
    await disk.commit({ ...batch, put: [...(batch.put ?? []), await versions.put(version + done + 1)] }, 'strict')
  }
}
