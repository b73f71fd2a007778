// Embeds a database anew for another CLIP, a chunk at a time beside the old embeddings, and changes over at the end.

import { scaleToUnit } from '../diffusion/conditioning.ts'
import { StorageError } from '../storage/storage-error.ts'
import { floatToHalfArray } from '../tensor/half.ts'
import { makeEmbeddings, parseImage, parseItems } from './checked-rows.ts'
import { reembeddedKeysOf } from './chunks.ts'
import type { ChunkToReembed, ClipIdentity } from './library.ts'
import { type LibraryDisk, putDatabase } from './library-disk.ts'
import { type DatabaseRecord, embeddingsKey, imageKey, itemsKey } from './records.ts'

export async function* chunksToReembed(
  disk: LibraryDisk,
  databaseId: string,
  clip: ClipIdentity,
): AsyncGenerator<ChunkToReembed> {
  const record = await disk.database(databaseId, 'ready')
  if (isSame(record.clip, clip)) return
  if (record.chunks.some(({ rows, images }) => images < rows)) {
    throw new StorageError('images-missing', `${JSON.stringify(record.name)} does not hold an image of every row`)
  }
  const done = doneFor(record, clip)
  for (const entry of record.chunks) {
    if (Object.hasOwn(done, entry.id)) continue
    const [items] = await disk.getMany([itemsKey(entry.id)])
    const images = parseItems(items, entry).flatMap(({ image }) => image ?? [])
    const found = await disk.getMany(images.map(({ id }) => imageKey(id)))
    yield { chunkId: entry.id, images: images.map((image, row) => parseImage(found[row], image)) }
  }
}

/** Only inside `change`. A chunk that went or grew since it was handed out is passed over: it counts again. */
export async function replaceEmbeddings(
  disk: LibraryDisk,
  record: DatabaseRecord,
  clip: ClipIdentity,
  chunkId: string,
  embeddings: readonly Float32Array[],
): Promise<number> {
  const { chunks } = record
  const stale = record.reembedding !== null && !isSame(record.reembedding.clip, clip)
  const done = { ...doneFor(record, clip) }
  const left = () => chunks.reduce((rows, entry) => rows + (Object.hasOwn(done, entry.id) ? 0 : entry.rows), 0)
  const entry = chunks.find(({ id }) => id === chunkId)
  if (isSame(record.clip, clip)) return 0
  if (entry === undefined || entry.rows !== embeddings.length || Object.hasOwn(done, chunkId)) return left()

  const id = disk.createId()
  const values = makeEmbeddings(toHalves(embeddings, clip.dim), clip.dim)
  done[chunkId] = id
  const remaining = left()
  const changes: Partial<DatabaseRecord> =
    remaining > 0
      ? { reembedding: { clip: { id: clip.id, dim: clip.dim }, done } }
      : { clip: { id: clip.id, dim: clip.dim }, reembedding: null, chunks: changeOver(record, done, clip.dim) }
  await disk.commit({
    put: [[embeddingsKey(id), values], putDatabase(record, changes)],
    delete: [
      ...(stale ? reembeddedKeysOf(chunks, record) : []),
      ...(remaining > 0 ? [] : chunks.map(({ embeddings }) => embeddingsKey(embeddings))),
    ],
  })
  return remaining
}

/** The chunks with their new embeddings, whose rows may be of another length. */
function changeOver(record: DatabaseRecord, done: Readonly<Record<string, string>>, dim: number) {
  return record.chunks.map((entry) => ({
    ...entry,
    embeddings: done[entry.id] ?? entry.embeddings,
    bytes: entry.bytes + 2 * entry.rows * (dim - record.clip.dim),
  }))
}

function doneFor({ reembedding }: DatabaseRecord, clip: ClipIdentity): Readonly<Record<string, string>> {
  return reembedding !== null && isSame(reembedding.clip, clip) ? reembedding.done : {}
}

function isSame(a: ClipIdentity, b: ClipIdentity): boolean {
  return a.id === b.id && a.dim === b.dim
}

function toHalves(embeddings: readonly Float32Array[], dim: number): Uint16Array {
  const values = new Uint16Array(embeddings.length * dim)
  for (const [row, embedding] of embeddings.entries()) {
    if (embedding.length !== dim) throw new RangeError(`library: a row has ${embedding.length} numbers, not ${dim}`)
    values.set(floatToHalfArray(scaleToUnit(embedding, 'library: a row')), row * dim)
  }
  return values
}
