// Files that other programs handed to the app: shared with it, or opened with it. They wait here until something takes them.

import type { RecordDisk } from '../core/storage/record-disk.ts'

export interface InboxFile {
  readonly version: 1
  readonly id: string
  /** As the sender named it: for show, never a key. */
  readonly name: string
  readonly file: Blob
}

export interface Inbox {
  /** Keeps them all or, where there is no room, none: it rejects as RecordDisk does. @returns how many were kept: a folder's worth at most, no empty ones. */
  put(files: readonly File[]): Promise<number>
  /** In the order in which they came. */
  list(): Promise<readonly InboxFile[]>
  remove(ids: readonly string[]): Promise<void>
}

/** More at once is no share by a person. */
const MOST_FILES = 500

/** The database's name in IndexedDB; the service worker fills it, the page empties it. */
export const INBOX_DATABASE = 'kindred-inbox'

/** @param createId makes ids that sort in the order of their making */
export function createInbox(disk: RecordDisk, createId: () => string): Inbox {
  return {
    async put(files) {
      const items = files
        .filter(({ size }) => size > 0)
        .slice(0, MOST_FILES)
        .map((file): InboxFile => ({ version: 1, id: createId(), name: file.name, file }))
      await disk.commit({ put: items.map((item) => [item.id, item]) }, 'strict')
      return items.length
    },
    async list() {
      const records = await disk.getMany(await disk.keys(''))
      return records.filter(isInboxFile)
    },
    remove: (ids) => disk.commit({ delete: ids }, 'relaxed'),
  }
}

/** Ids by time, then by number, then by chance. */
export function createInboxIds(now: () => number, random: () => string): () => string {
  let made = 0
  return () => `${String(now()).padStart(16, '0')}-${String(made++).padStart(6, '0')}-${random()}`
}

function isInboxFile(value: unknown): value is InboxFile {
  if (typeof value !== 'object' || value === null) return false
  const { version, id, name, file } = value as Partial<InboxFile>
  return version === 1 && typeof id === 'string' && typeof name === 'string' && file instanceof Blob
}
