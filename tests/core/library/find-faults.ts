// What must hold of the library's records at any time, in Node and in a browser.

import type { ImportRecord } from '../../../src/core/library/library.ts'
import type {
  DatabaseRecord,
  EmbeddingsRecord,
  ImageRecord,
  ItemsRecord,
  TaskRecord,
  ThumbsRecord,
} from '../../../src/core/library/records.ts'

/**
 * What is wrong with the records: an orphan, a hole, anything twice, counts or sizes that are not so.
 * @param isSettled no work may be left to be finished either
 */
export function findFaults(
  records: ReadonlyMap<string, unknown>,
  { isSettled }: { readonly isSettled: boolean },
): readonly string[] {
  const owned = new Set(['library', 'checksums'])
  const faults: string[] = []
  const check = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault)
  }
  const own = (key: string) => {
    check(!owned.has(key), `${key} has two owners`)
    check(records.has(key), `${key} is not there`)
    owned.add(key)
    return records.get(key)
  }
  const isSpareOf = (key: string) => JSON.stringify(records.get(`spare/${key}`)) === JSON.stringify(records.get(key))
  for (const key of records.keys()) {
    if (!key.startsWith('spare/')) continue
    owned.add(key)
    check(isSpareOf(key.slice('spare/'.length)), `${key} is no copy`)
  }
  const listed = [...records].filter(([key]) => key.startsWith('database/'))
  const databases = listed.map(([, value]) => value as DatabaseRecord)
  for (const database of databases) {
    own(`database/${database.id}`)
    check(!isSettled || isSpareOf(`database/${database.id}`), `${database.name} is kept once`)
    check(!isSettled || ['ready', 'removed'].includes(database.state), `${database.name} is ${database.state}`)
    const seen = new Set<string>()
    const once = (name: string) => {
      check(!seen.has(name), `${name} is twice in ${database.name}`)
      seen.add(name)
    }
    for (const chunk of database.chunks) {
      const { items } = own(`items/${chunk.id}`) as ItemsRecord
      const { thumbnails } = own(`thumbs/${chunk.id}`) as ThumbsRecord
      const { values } = own(`embeddings/${chunk.embeddings}`) as EmbeddingsRecord
      const counts = [items.length, thumbnails.length, values.length / database.clip.dim]
      check(chunk.rows > 0 && counts.every((count) => count === chunk.rows), `${chunk.id} has ${counts} rows`)
      let bytes = values.byteLength
      for (const [at, { id, caption, sha256, image }] of items.entries()) {
        bytes += 96 + 2 * (id.length + caption.length + (sha256?.length ?? 0)) + (thumbnails[at]?.byteLength ?? 0)
        if (image !== null) bytes += (own(`image/${image.id}`) as ImageRecord).bytes.byteLength
        once(id)
        if (sha256 !== null) once(sha256)
      }
      check(chunk.bytes === bytes, `${chunk.id} takes ${bytes} bytes, not ${chunk.bytes}`)
      check(chunk.images === items.filter(({ image }) => image !== null).length, `${chunk.id} miscounts its images`)
    }
    for (const chunk of database.damage?.chunks ?? []) {
      const items = own(`items/${chunk.id}`) as ItemsRecord | undefined
      own(`thumbs/${chunk.id}`)
      own(`embeddings/${chunk.embeddings}`)
      for (const { image } of items?.items ?? []) if (image !== null) owned.add(`image/${image.id}`)
    }
    for (const [chunkId, id] of Object.entries(database.reembedding?.done ?? {})) {
      const { values } = own(`embeddings/${id}`) as EmbeddingsRecord
      const rows = database.chunks.find((entry) => entry.id === chunkId)?.rows
      check(values.length / (database.reembedding?.clip.dim ?? 0) === rows, `${id} embeds another number of rows`)
    }
  }
  for (const [key, value] of records) {
    if (key.startsWith('import/')) {
      const { databaseId } = own(key) as ImportRecord
      const target = databases.find(({ id }) => id === databaseId)
      check(databaseId === null || target?.state === 'ready', `${key} goes into ${target?.state}`)
    }
    if (key.startsWith('task/')) {
      own(key)
      check(!isSettled && (value as TaskRecord).version === 1, `${key} is left`)
    }
    check(owned.has(key), `${key} belongs to nothing`)
  }
  return faults
}
