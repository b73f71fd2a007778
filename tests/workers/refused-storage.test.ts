// The library worker where the browser gives no storage: nobody's bug, and said as what it is to all that need it.

import { expect, it } from 'vitest'
import type { RecordDisk } from '../../src/core/storage/record-disk.ts'
import { toJobError } from '../../src/platform/job-errors.ts'
import type { PackClip } from '../../src/platform/pack-clip.ts'
import { openRecordDisk } from '../../src/platform/record-disk.ts'
import { createLibraryJobs } from '../../workers/library-jobs.ts'
import type { LibraryJobParts } from '../../workers/opened-library.ts'
import { openLibrary } from '../core/library/world.ts'

const clip = { description: { id: 'c'.repeat(64), dim: 4 }, release: async () => {} } as unknown as PackClip

/** What goes to the page of a job's end. */
const endOf = (job: AsyncGenerator<unknown>) =>
  job.next().then(
    () => 'done',
    (error: unknown) => toJobError(error).code,
  )

const refusing = {
  open: () => {
    throw new DOMException('refused', 'SecurityError')
  },
} as unknown as IDBFactory

const disks: Record<string, () => RecordDisk> = {
  refuses: () => openRecordDisk('kindred-library', refusing),
  'is without IndexedDB': () => openRecordDisk('kindred-library', undefined),
}

it.each(Object.keys(disks))('pictures that are dropped where the browser %s end with "storage-failed"', async (how) => {
  const disk = disks[how]?.()
  if (disk === undefined) throw new Error(how)
  // The parts that no job comes to.
  const parts = { openClip: async () => clip, openLibrary: () => openLibrary(disk) } as unknown as LibraryJobParts
  const jobs = createLibraryJobs(parts)
  const { signal } = new AbortController()
  const input = { databaseId: null, name: 'Mine', files: [], batch: null, handles: [], importId: null }
  expect(await endOf(jobs['import-images'](input, signal))).toBe('internal')
  expect(await endOf(jobs['open-library']({ pack: { kind: 'url', url: 'pack' } }, signal))).toBe('storage-failed')
  expect(await endOf(jobs['import-images'](input, signal))).toBe('storage-failed')
  expect(await endOf(jobs['library-list'](null, signal))).toBe('storage-failed')
})
