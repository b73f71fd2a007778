// Gives an item another caption.

import { StorageError } from '../storage/storage-error.ts'
import { makeItems, parseItems } from './checked-rows.ts'
import { type LibraryDisk, putDatabase } from './library-disk.ts'
import { type DatabaseRecord, itemsKey } from './records.ts'

/** Only inside `change`. Rejects with StorageError('database-missing') where there is no such item. */
export async function setCaption(
  disk: LibraryDisk,
  record: DatabaseRecord,
  itemId: string,
  caption: string,
): Promise<void> {
  for (const [position, entry] of record.chunks.entries()) {
    const [stored] = await disk.getMany([itemsKey(entry.id)])
    const items = parseItems(stored, entry)
    const old = items.find(({ id }) => id === itemId)
    if (old === undefined) continue
    const changed = makeItems(items.map((item) => (item === old ? { ...item, caption } : item)))
    const bytes = entry.bytes + 2 * (caption.length - old.caption.length)
    const chunks = record.chunks.with(position, { ...entry, bytes, edits: (entry.edits ?? 0) + 1 })
    await disk.commit({ put: [[itemsKey(entry.id), changed], putDatabase(record, { chunks })] })
    return
  }
  throw new StorageError('database-missing', 'there is no such item', itemId)
}
