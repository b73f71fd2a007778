// Packs as folders on disk: reading one, and writing one while its files are hashed.

import { createHash } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FormatError } from '../src/core/formats/format-error.ts'
import type { PackSink } from '../src/core/pack/convert.ts'
import { directParser } from '../src/core/pack/direct-parser.ts'
import type { PackFiles } from '../src/core/pack/inference.ts'
import type { Sha256 } from '../src/core/pack/integrity.ts'
import { CHUNK_BYTES } from '../src/core/pack/manifest.ts'

/** The pack that ships with the app. */
export const BUILT_IN_PACK = resolve(import.meta.dirname, '../public/packs/kindred-mini')

export const sha256: Sha256 = async (bytes) => createHash('sha256').update(bytes).digest('hex')

/** The files of a pack's folder. */
export function folderFiles(folder: string): PackFiles {
  return {
    parser: directParser,
    read: async (path) => {
      try {
        return new Uint8Array(await readFile(join(folder, path)))
      } catch (error) {
        const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
        throw new FormatError('pack', `${path} ${missing ? 'is missing' : `cannot be read (${error})`} in ${folder}`)
      }
    },
  }
}

/** Writes a pack's files below `folder`, which is made where it is missing; chunks go to disk as they come. */
export function folderSink(folder: string): PackSink {
  return {
    write: async (path, chunks) => {
      const target = join(folder, path)
      await mkdir(dirname(target), { recursive: true })
      const hashes = createFileHashes()
      const file = await open(target, 'w')
      try {
        for await (const chunk of chunks) {
          hashes.update(chunk)
          await file.writeFile(chunk)
        }
      } finally {
        await file.close()
      }
      return hashes.digest()
    },
  }
}

/** Length and SHA-256 of a file as its bytes pass, and of each CHUNK_BYTES where it is longer than one. */
export function createFileHashes() {
  const whole = createHash('sha256')
  const chunks: string[] = []
  let chunk = createHash('sha256')
  let inChunk = 0
  let byteLength = 0
  const endChunk = () => {
    chunks.push(chunk.digest('hex'))
    chunk = createHash('sha256')
    inChunk = 0
  }
  return {
    update(bytes: Uint8Array): void {
      whole.update(bytes)
      byteLength += bytes.byteLength
      for (let start = 0; start < bytes.byteLength; ) {
        const part = bytes.subarray(start, start + CHUNK_BYTES - inChunk)
        chunk.update(part)
        start += part.byteLength
        inChunk += part.byteLength
        if (inChunk === CHUNK_BYTES) endChunk()
      }
    },
    digest(): { byteLength: number; sha256: string; chunks?: string[] } {
      if (inChunk > 0) endChunk()
      return { byteLength, sha256: whole.digest('hex'), ...(chunks.length > 1 ? { chunks } : {}) }
    },
  }
}
