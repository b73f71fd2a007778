// Style database files, fetched once: kept in chunks under their hash, a commit record last, so that half a file never counts.

import type { RecordDisk } from '../core/storage/record-disk.ts'

const CHUNK_BYTES = 4 * 1024 * 1024

/** The bytes of a file and whether they are there for the next visit. */
export interface KeptFile {
  readonly bytes: Uint8Array
  /** Null, or why the file could not be kept: it works all the same, and is fetched again on the next visit. */
  readonly notKept: string | null
}

export interface StyleStore {
  /**
   * The file with this SHA-256 (hex): as kept, or else from `fetchFile`, whose bytes the caller has verified. A kept copy that
   * is incomplete or altered is fetched anew. Rejects only as `fetchFile` does.
   */
  load(sha256: string, fetchFile: () => Promise<Uint8Array>): Promise<KeptFile>
  /** Deletes every file but these, and what an interrupted write left behind. */
  sweep(keep: ReadonlySet<string>): Promise<void>
}

interface Commit {
  readonly version: 1
  readonly sha256: string
  readonly byteLength: number
}

/**
 * Relaxed batches will do: the newest are lost first, so the commit before its chunks, and the file can be fetched again.
 * @param hash SHA-256 as lower-case hex
 */
export function createStyleStore(disk: RecordDisk, hash: (bytes: Uint8Array) => Promise<string>): StyleStore {
  async function readKept(sha256: string): Promise<Uint8Array | null> {
    const commit = await disk.get(commitKey(sha256))
    if (!isCommit(commit) || commit.sha256 !== sha256) return null
    const bytes = new Uint8Array(commit.byteLength)
    for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) {
      const chunk = await disk.get(chunkKey(sha256, start))
      if (!(chunk instanceof Uint8Array) || chunk.byteLength > bytes.byteLength - start) return null
      bytes.set(chunk, start)
    }
    return (await hash(bytes)) === sha256 ? bytes : null
  }

  async function keep(sha256: string, bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.byteLength; start += CHUNK_BYTES) {
      const chunk = bytes.slice(start, start + CHUNK_BYTES)
      await disk.commit({ put: [[chunkKey(sha256, start), chunk]] }, 'relaxed')
    }
    const commit: Commit = { version: 1, sha256, byteLength: bytes.byteLength }
    await disk.commit({ put: [[commitKey(sha256), commit]] }, 'relaxed')
  }

  return {
    async load(sha256, fetchFile) {
      const kept = await readKept(sha256).catch(() => null)
      if (kept !== null) return { bytes: kept, notKept: null }
      const bytes = await fetchFile()
      try {
        await keep(sha256, bytes)
        return { bytes, notKept: null }
      } catch (error) {
        return { bytes, notKept: String(error) }
      }
    },
    async sweep(keep) {
      const old = (await disk.keys('')).filter((key) => !keep.has(key.split(':')[1] ?? ''))
      if (old.length > 0) await disk.commit({ delete: old }, 'relaxed')
    },
  }
}

function commitKey(sha256: string): string {
  return `commit:${sha256}`
}

function chunkKey(sha256: string, start: number): string {
  return `chunk:${sha256}:${start}`
}

function isCommit(record: unknown): record is Commit {
  return (
    typeof record === 'object' &&
    record !== null &&
    'version' in record &&
    record.version === 1 &&
    'sha256' in record &&
    'byteLength' in record &&
    Number.isSafeInteger(record.byteLength) &&
    (record.byteLength as number) >= 0
  )
}
