// Packs as folders on disk: reading one, and writing one while its files are hashed.

import { createHash } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FormatError } from '../src/core/formats/format-error.ts'
import type { PackSink } from '../src/core/pack/convert.ts'
import type { PackFiles } from '../src/core/pack/inference.ts'
import type { Sha256 } from '../src/core/pack/integrity.ts'

/** The pack that ships with the app. */
export const BUILT_IN_PACK = resolve(import.meta.dirname, '../public/packs/kindred-mini')

export const sha256: Sha256 = async (bytes) => createHash('sha256').update(bytes).digest('hex')

/** The files of a pack's folder. */
export function folderFiles(folder: string): PackFiles {
  return {
    read: async (path) => {
      try {
        return new Uint8Array(await readFile(join(folder, path)))
      } catch (error) {
        throw new FormatError('pack', `${path}: ${error instanceof Error ? error.message : error}`)
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
      const hash = createHash('sha256')
      const file = await open(target, 'w')
      let byteLength = 0
      try {
        for await (const chunk of chunks) {
          hash.update(chunk)
          await file.writeFile(chunk)
          byteLength += chunk.byteLength
        }
      } finally {
        await file.close()
      }
      return { byteLength, sha256: hash.digest('hex') }
    },
  }
}
