// Rows that were set aside as damaged come back: their kept pictures are embedded again.

import { scaleToUnit } from '../diffusion/conditioning.ts'
import { StorageError } from '../storage/storage-error.ts'
import { floatToHalfArray } from '../tensor/half.ts'
import { freeName } from './append-rows.ts'
import { checkItems, checkThumbnails, parseImage } from './checked-rows.ts'
import { keysOf, type Put, type StoredRow, writeRows } from './chunks.ts'
import type { ContentsCache } from './contents.ts'
import type { ChunkSetAside, ClipIdentity } from './library.ts'
import { type LibraryDisk, putDatabase } from './library-disk.ts'
import {
  type ChunkEntry,
  DamagedRecord,
  type DatabaseRecord,
  imageKey,
  itemsKey,
  type StoredDamage,
  type StoredItem,
  thumbsKey,
} from './records.ts'

/** Rejects with 'database-other-clip' where `clip` is not the database's. */
export async function* chunksSetAside(
  disk: LibraryDisk,
  databaseId: string,
  clip: ClipIdentity,
): AsyncGenerator<ChunkSetAside> {
  const record = await disk.database(databaseId, 'ready')
  requireClip(record, clip)
  for (const entry of record.damage?.chunks ?? []) {
    if (entry.images === 0) continue
    const items = (await readAside(disk, entry)).map(({ item }) => item)
    yield { chunkId: entry.id, images: await Promise.all(items.map((item) => readImage(disk, item))) }
  }
}

/** Only inside `change`. What went meanwhile is passed over. */
export async function putBack(
  disk: LibraryDisk,
  cache: ContentsCache,
  record: DatabaseRecord,
  clip: ClipIdentity,
  chunkId: string,
  embeddings: readonly (Float32Array | null)[],
): Promise<number> {
  requireClip(record, clip)
  const entry = record.damage?.chunks.find(({ id }) => id === chunkId)
  if (record.damage === null || entry === undefined) return 0
  const contents = await cache.of(record)
  const ids = new Set<string>()
  const back: StoredRow[] = []
  const left: StoredRow[] = []
  const deletes: string[] = [...keysOf(entry)]
  let known = 0
  for (const [at, row] of (await readAside(disk, entry)).entries()) {
    const embedding = embeddings[at]
    const { image, sha256 } = row.item
    if (sha256 !== null && contents.hashes.has(sha256)) {
      // Its file was added again meanwhile.
      known++
      if (image !== null) deletes.push(imageKey(image.id))
    } else if (embedding) {
      const id = freeName(row.item.id, contents.ids, ids)
      ids.add(id)
      back.push({ ...row, item: { ...row.item, id }, embedding: toHalves(embedding, clip.dim) })
    } else {
      if (image !== null) deletes.push(imageKey(image.id))
      left.push({ ...row, item: { ...row.item, image: null } })
    }
  }
  const puts: Put[] = []
  const write = (rows: readonly StoredRow[]): readonly ChunkEntry[] => {
    if (rows.length === 0) return []
    const written = writeRows(disk.createId(), disk.createId(), rows, clip.dim)
    puts.push(...written.puts)
    return [written.entry]
  }
  const chunks = [...record.chunks, ...write(back)]
  const aside = record.damage.chunks.filter(({ id }) => id !== chunkId)
  const damage = {
    ...record.damage,
    chunks: [...aside, ...write(left)],
    rows: record.damage.rows - back.length - known,
  }
  await disk.commit({
    put: [...puts, putDatabase(record, { chunks, damage: isOver(damage) ? null : damage })],
    delete: deletes,
  })
  return back.length
}

/** As it was set aside: its numbers are of no use. */
async function readAside(disk: LibraryDisk, entry: ChunkEntry): Promise<readonly StoredRow[]> {
  const [items, thumbs] = await disk.getMany([itemsKey(entry.id), thumbsKey(entry.id)])
  const thumbnails = checkThumbnails(thumbs, entry)
  return checkItems(items, entry).flatMap(({ part: item, isWhole }, row) => {
    if (!isWhole) return []
    const thumbnail = thumbnails[row]
    return [{ item, embedding: new Uint16Array(), thumbnail: thumbnail?.isWhole ? thumbnail.part : null }]
  })
}

/** Null where none was kept, or it is damaged too. */
async function readImage(disk: LibraryDisk, { image }: StoredItem): Promise<Uint8Array | null> {
  if (image === null) return null
  const [stored] = await disk.getMany([imageKey(image.id)])
  try {
    return parseImage(stored, image)
  } catch (error) {
    if (error instanceof DamagedRecord) return null
    /* v8 ignore next -- @preserve: parsing throws nothing else; a bug of its own is not to look like damage */
    throw error
  }
}

function requireClip({ clip }: DatabaseRecord, { id, dim }: ClipIdentity): void {
  if (clip.id !== id || clip.dim !== dim) {
    throw new StorageError('database-other-clip', 'the database was made with another CLIP', clip.id)
  }
}

function isOver({ chunks, rows, thumbnails, images }: StoredDamage): boolean {
  return chunks.length + rows + thumbnails + images === 0
}

function toHalves(embedding: Float32Array, dim: number): Uint16Array {
  if (embedding.length !== dim) throw new RangeError(`library: a row has ${embedding.length} numbers, not ${dim}`)
  return floatToHalfArray(scaleToUnit(embedding, 'library: a row'))
}
