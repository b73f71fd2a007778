// Gives rows that version 1 wrote their checksums: chunk after chunk, each as it lies there now.

import { crc32 } from '../formats/crc32.ts'
import {
  hasChecksums,
  makeEmbeddings,
  makeItems,
  makeThumbs,
  parseEmbeddings,
  parseImage,
  parseItems,
  parseThumbnails,
} from './checked-rows.ts'
import type { Put } from './chunks.ts'
import type { LibraryDisk } from './library-disk.ts'
import {
  CHECKSUMS_KEY,
  type ChunkEntry,
  DamagedRecord,
  type DatabaseRecord,
  embeddingsKey,
  imageKey,
  itemsKey,
  LIBRARY_VERSION,
  type StoredItem,
  thumbsKey,
} from './records.ts'

/** Rejects with StorageError; what was done stays done, and the rest is for the next time. */
export async function addChecksums(disk: LibraryDisk): Promise<void> {
  const [left] = await disk.getMany([CHECKSUMS_KEY])
  if (left === undefined) return
  const seen = new Set<string>()
  // Chunks may change hands meanwhile: it ends when a look at all databases finds none that it has not seen.
  for (let found = true; found; ) {
    found = false
    for (const { id, state, chunks } of await disk.databases()) {
      if (state !== 'ready' && state !== 'removed') continue
      for (const chunk of chunks.filter((entry) => !seen.has(entry.id))) {
        seen.add(chunk.id)
        found = true
        await addTo(disk, id, chunk.id)
      }
    }
  }
  await disk.write(() => disk.commit({ delete: [CHECKSUMS_KEY] }))
}

/** Rows keep their places and the database its revision: nothing of it is another than before. */
async function addTo(disk: LibraryDisk, databaseId: string, chunkId: string): Promise<void> {
  await disk.write(async () => {
    // It may have changed hands, or gone, since the databases were listed.
    const record = await disk.databaseIfThere(databaseId, 'ready', 'removed')
    const entry = record?.chunks.find(({ id }) => id === chunkId)
    if (!record || record.version > LIBRARY_VERSION || entry === undefined) return
    const put = await checksummed(disk, record, entry)
    if (put.length > 0) await disk.commit({ put })
  })
}

/** The chunk's records that had no checksums, with them; none of a chunk that cannot be read. */
async function checksummed(disk: LibraryDisk, record: DatabaseRecord, entry: ChunkEntry): Promise<readonly Put[]> {
  const { clip, reembedding } = record
  const other = reembedding?.done[entry.id]
  const keys = [itemsKey(entry.id), thumbsKey(entry.id), embeddingsKey(entry.embeddings)]
  if (other !== undefined) keys.push(embeddingsKey(other))
  const [items, thumbs, embeddings, reembedded] = await disk.getMany(keys)
  const puts: Put[] = []
  try {
    if (!hasChecksums(items))
      puts.push([itemsKey(entry.id), makeItems(await withImages(disk, parseItems(items, entry)))])
    if (!hasChecksums(thumbs)) puts.push([thumbsKey(entry.id), makeThumbs(parseThumbnails(thumbs, entry))])
    if (!hasChecksums(embeddings)) {
      const values = parseEmbeddings(embeddings, entry, clip.dim)
      puts.push([embeddingsKey(entry.embeddings), makeEmbeddings(values.slice(), clip.dim)])
    }
    if (other !== undefined && reembedding && !hasChecksums(reembedded)) {
      const { dim } = reembedding.clip
      const values = parseEmbeddings(reembedded, { ...entry, embeddings: other }, dim)
      puts.push([embeddingsKey(other), makeEmbeddings(values.slice(), dim)])
    }
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error
    return []
  }
  return puts
}

/** An image that is missing is left so: it shows when it is asked for. */
async function withImages(disk: LibraryDisk, items: readonly StoredItem[]): Promise<readonly StoredItem[]> {
  const images = await disk.getMany(items.map(({ image }) => imageKey(image?.id ?? '')))
  return items.map((item, row) => {
    const { image } = item
    if (image === null || image.crc32 !== undefined || images[row] === undefined) return item
    return { ...item, image: { ...image, crc32: crc32(parseImage(images[row], image)) } }
  })
}
