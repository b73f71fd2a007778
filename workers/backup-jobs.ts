// The bodies of the backup worker's jobs, over the library, the gallery, and a reader of archives that is sealed off.

import { FormatError } from '../src/core/formats/format-error.ts'
import type { DatabaseSummary, Library } from '../src/core/library/library.ts'
import { exportEverything, restoreEverything } from '../src/platform/backup.ts'
import type { GalleryStore, StoredPicture } from '../src/platform/gallery-store.ts'
import type { SealedParser } from '../src/platform/sealed-parser.ts'
import type { BackupJobs, BackupProgress, KeptStyle } from '../src/protocol/backup-jobs.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import { tellLatest } from '../src/protocol/progress.ts'

export interface BackupJobParts {
  readonly library: Library
  readonly gallery: GalleryStore
  readonly parser: Pick<SealedParser, 'openArchive'>
}

export function createBackupJobs({ library, gallery, parser }: BackupJobParts): JobHandlers<BackupJobs> {
  async function restore(file: Blob, tell: (event: BackupProgress) => void) {
    const archive = await parser.openArchive(file)
    try {
      return await restoreEverything(archive, library, gallery, (done, total) =>
        tell({ kind: 'progress', done, total }),
      )
    } finally {
      await archive.close()
    }
  }

  return {
    // biome-ignore-start lint/correctness/useYield: jobs with nothing to tell before their end
    async *'measure-kept'() {
      const pictures = await gallery.list()
      return {
        pictures: { count: pictures.length, bytes: pictures.reduce((sum, picture) => sum + bytesOf(picture), 0) },
        styles: (await library.list()).map(describe),
        removed: (await library.listRemoved()).map(describe),
      }
    },

    async *'forget-damage'({ databaseId }) {
      await library.forgetDamage(databaseId)
      return null
    },

    async *'purge-removed'({ databaseIds }) {
      for (const id of databaseIds) await library.purge(id)
      return null
    },

    async *'delete-pictures'() {
      for (const { id } of await gallery.list()) await gallery.delete(id)
      return null
    },
    // biome-ignore-end lint/correctness/useYield: as above

    async *'back-up'({ model }) {
      const pieces: Blob[] = []
      yield* tellLatest<BackupProgress, void>((tell) => {
        let done = 0
        return exportEverything(library, gallery, model, async (piece) => {
          // Each piece becomes a Blob at once: browsers keep those out of the heap.
          pieces.push(new Blob([piece as Uint8Array<ArrayBuffer>]))
          done += piece.byteLength
          tell({ kind: 'progress', done, total: 0 })
        })
      })
      return { file: new Blob(pieces, { type: 'application/zip' }) }
    },

    async *'check-styles'() {
      const damaged = yield* tellLatest<BackupProgress, number>((tell) =>
        checkAll(library, (done, total) => tell({ kind: 'progress', done, total })),
      )
      return { damaged }
    },

    async *'restore-backup'({ file }) {
      try {
        const { databases, pictures, model } = yield* tellLatest<BackupProgress, Awaited<ReturnType<typeof restore>>>(
          (tell) => restore(file, tell),
        )
        return { styles: databases, pictures, model }
      } catch (error) {
        if (error instanceof FormatError) throw new JobError('invalid-input', error.message)
        throw error
      }
    },
  }
}

/** How many of the databases have lost something. What a newer app wrote is read, and not judged. */
async function checkAll(library: Library, onProgress: (done: number, total: number) => void): Promise<number> {
  const databases = (await library.list()).filter(({ readOnly }) => !readOnly)
  const total = databases.reduce((sum, { rows }) => sum + rows, 0)
  let before = 0
  let damaged = 0
  for (const { id, rows } of databases) {
    const { damage } = await library.check(id, (done) => onProgress(before + done, total))
    before += rows
    if (damage !== null) damaged++
  }
  return damaged
}

function describe({ id, name, rows, bytes, damage }: DatabaseSummary): KeptStyle {
  return { id, name, rows, bytes, damage }
}

function bytesOf({ png, neighbours }: StoredPicture): number {
  return neighbours.reduce((sum, { thumbnail }) => sum + (thumbnail?.size ?? 0), png.size)
}
