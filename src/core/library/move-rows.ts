// Takes rows out of a database: into another one, or away. Whole chunks change hands as they are; of others, the rest is
// written anew. What does not fit one batch is done in several, and goes on from the records after a crash.

import { freeName } from './append-rows.ts'
import { checkItems, parseItems } from './checked-rows.ts'
import { keysOf, type Put, readRows, reembeddedKeysOf, type StoredRow, writeRows } from './chunks.ts'
import type { Contents, ContentsCache } from './contents.ts'
import { addDamage, keysSetAside } from './damage.ts'
import { forgetReembedded, type LibraryDisk, putDatabase } from './library-disk.ts'
import {
  type ChunkEntry,
  type DatabaseRecord,
  databaseKey,
  imageKey,
  importKey,
  isImportRecord,
  itemsKey,
  type StoredItem,
  type TaskRecord,
  taskKey,
} from './records.ts'

/** What one batch does: the chunks that are left and those that are new, and what goes. */
interface Step {
  /** `from`'s chunks. */
  readonly left: readonly ChunkEntry[]
  /** Chunks that `into` gets. */
  readonly moved: readonly ChunkEntry[]
  readonly puts: readonly Put[]
  readonly deletes: readonly string[]
  /** Chunks that are no longer `from`'s. */
  readonly gone: readonly string[]
  /** How many of `left`, from the first, need not be looked at again. */
  readonly position: number
  /** What `into` has more than before. */
  readonly taken: Contents
}

/** Runs a task to its end. Where it needs several batches, the first one keeps the task's record. Only inside `write`. */
export async function runTask(
  disk: LibraryDisk,
  cache: ContentsCache,
  task: TaskRecord,
  { kept }: { readonly kept: boolean },
): Promise<void> {
  let isKept = kept
  for (let position = 0; ; ) {
    const from = await disk.databaseIfThere(task.from, 'ready')
    const into = task.into === null ? null : await disk.databaseIfThere(task.into, 'ready')
    if (from === null || (task.into !== null && into === null)) {
      if (isKept) await disk.commit({ delete: [taskKey(task.id)] })
      return
    }
    const contents = into && (await cache.of(into))
    const step = await plan(disk, task, from, contents, position)
    const isLast = step.position === step.left.length
    const goes = isLast && task.itemIds === null
    await disk.commit({
      put: [
        ...step.puts,
        ...(goes ? [] : [putDatabase(from, { chunks: step.left, reembedding: forgetReembedded(from, step.gone) })]),
        ...(into
          ? [
              putDatabase(into, {
                chunks: [...into.chunks, ...step.moved],
                damage: goes ? addDamage(into.damage, from.damage) : into.damage,
              }),
            ]
          : []),
        ...(isLast || isKept ? [] : [[taskKey(task.id), task] as const]),
      ],
      delete: [
        ...step.deletes,
        ...(goes ? [databaseKey(from.id), ...(await listImports(disk, from.id))] : []),
        ...(goes && into === null ? await keysSetAside(disk, from) : []),
        ...(isLast && isKept ? [taskKey(task.id)] : []),
      ],
    })
    if (into !== null && contents !== null) {
      for (const id of step.taken.ids) contents.ids.add(id)
      for (const hash of step.taken.hashes) contents.hashes.add(hash)
      cache.keep(into.id, into.revision + 1, contents)
    }
    if (isLast) return
    isKept = true
    position = step.position
  }
}

/** Deletes a database that is 'purging', some chunks at a time. Only inside `write`. */
export async function deleteRows(disk: LibraryDisk, databaseId: string): Promise<void> {
  for (;;) {
    const record = await disk.database(databaseId, 'purging')
    const entries = record.chunks.slice(-disk.chunksPerBatch)
    const left = record.chunks.slice(0, -disk.chunksPerBatch)
    const records = await disk.getMany(entries.map(({ id }) => itemsKey(id)))
    const images = entries.flatMap((entry, i) => itemsOrNone(records[i], entry).flatMap(imageKeysOf))
    const isLast = left.length === 0
    await disk.commit({
      put: isLast ? [] : [putDatabase(record, { chunks: left })],
      delete: [
        ...images,
        ...entries.flatMap(keysOf),
        ...reembeddedKeysOf(entries, record),
        ...(isLast ? [databaseKey(databaseId), ...(await keysSetAside(disk, record))] : []),
      ],
    })
    if (isLast) return
  }
}

/** The keys of a database's imports. */
export async function listImports(disk: LibraryDisk, databaseId: string): Promise<readonly string[]> {
  const keys = await disk.keys(importKey(''))
  const records = await disk.getMany(keys)
  return keys.filter((_, i) => {
    const record = records[i]
    return isImportRecord(record) && record.databaseId === databaseId
  })
}

async function plan(
  disk: LibraryDisk,
  task: TaskRecord,
  from: DatabaseRecord,
  contents: Contents | null,
  position: number,
): Promise<Step> {
  const asked = task.itemIds && new Set(task.itemIds)
  const taken: Contents = { ids: new Set(), hashes: new Set() }
  const left = from.chunks.slice(0, position)
  const moved: ChunkEntry[] = []
  const puts: Put[] = []
  const deletes: string[] = []
  const gone: string[] = []
  let onTheirWay: StoredRow[] = []

  const write = (rows: readonly StoredRow[], to: ChunkEntry[]) => {
    for (let start = 0; start < rows.length; start += disk.chunkRows) {
      const part = rows.slice(start, start + disk.chunkRows)
      const written = writeRows(disk.createId(), disk.createId(), part, from.clip.dim)
      to.push(written.entry)
      puts.push(...written.puts)
    }
  }

  let next = position
  for (; next < from.chunks.length && gone.length < disk.chunksPerBatch; next++) {
    const entry = from.chunks[next]
    if (entry === undefined) break
    const [record] = await disk.getMany([itemsKey(entry.id)])
    const sorted = sortItems(parseItems(record, entry), asked, contents, taken)
    if (sorted.stay === entry.rows) {
      left.push(entry)
      continue
    }
    gone.push(entry.id)
    deletes.push(...sorted.dropped.flatMap(imageKeysOf), ...reembeddedKeysOf([entry], from))
    if (sorted.isWhole) {
      write(onTheirWay, moved)
      onTheirWay = []
      moved.push(entry)
      continue
    }
    const rows = await readRows(disk, entry, from.clip.dim)
    write(
      rows.filter(({ item }) => !sorted.leave.has(item.id)),
      left,
    )
    for (const row of rows) {
      const id = sorted.go.get(row.item.id)
      if (id !== undefined) onTheirWay.push({ ...row, item: { ...row.item, id } })
    }
    deletes.push(...keysOf(entry))
  }
  write(onTheirWay, moved)
  const done = left.length
  return { left: [...left, ...from.chunks.slice(next)], moved, puts, deletes, gone, position: done, taken }
}

/** Which of a chunk's items stay, which go and under which id, and which are dropped since they are there already. */
function sortItems(
  items: readonly StoredItem[],
  asked: ReadonlySet<string> | null,
  contents: Contents | null,
  taken: Contents,
) {
  const leave = new Set<string>()
  const go = new Map<string, string>()
  const dropped: StoredItem[] = []
  for (const item of items) {
    if (asked !== null && !asked.has(item.id)) continue
    leave.add(item.id)
    const { sha256 } = item
    const isThere = sha256 !== null && (contents?.hashes.has(sha256) || taken.hashes.has(sha256))
    if (contents === null || isThere) {
      dropped.push(item)
      continue
    }
    const id = freeName(item.id, contents.ids, taken.ids)
    go.set(item.id, id)
    taken.ids.add(id)
    if (sha256 !== null) taken.hashes.add(sha256)
  }
  const isWhole = go.size === items.length && items.every(({ id }) => go.get(id) === id)
  return { stay: items.length - leave.size, leave, go, dropped, isWhole }
}

/** A database that lost records can still be deleted. */
function itemsOrNone(value: unknown, entry: ChunkEntry): readonly StoredItem[] {
  return checkItems(value, entry).map(({ part }) => part)
}

function imageKeysOf({ image }: StoredItem): readonly string[] {
  return image === null ? [] : [imageKey(image.id)]
}
