// Which installed model the person chose to paint with, from one visit to the next.

import { isPackId } from '../core/pack/install-names.ts'
import type { RecordDisk } from '../core/storage/record-disk.ts'

export interface PackChoice {
  /** An installed pack's id; null for the built-in one. Rejects with StorageError, as `write` does. */
  read(): Promise<string | null>
  write(id: string | null): Promise<void>
}

const KEY = 'chosen'

export function createPackChoice(disk: Pick<RecordDisk, 'get' | 'commit'>): PackChoice {
  return {
    async read() {
      const record = await disk.get(KEY)
      if (typeof record !== 'object' || record === null) return null
      const { version, id } = record as { readonly version?: unknown; readonly id?: unknown }
      return version === 1 && typeof id === 'string' && isPackId(id) ? id : null
    },
    write: (id) => disk.commit(id === null ? { delete: [KEY] } : { put: [[KEY, { version: 1, id }]] }, 'relaxed'),
  }
}
