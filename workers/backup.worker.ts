// The backup worker: everything that is a person's as one file, and back, away from the page that goes on meanwhile.

import { openSealedParser } from '../src/compose-parser.ts'
import { openBrowserLibrary } from '../src/platform/browser-library.ts'
import { openGalleryChanges } from '../src/platform/gallery-changes.ts'
import { createGalleryStore, GALLERY_DATABASE } from '../src/platform/gallery-store.ts'
import { toJobError } from '../src/platform/job-errors.ts'
import { openRecordDisk } from '../src/platform/record-disk.ts'
import type { BackupJobs } from '../src/protocol/backup-jobs.ts'
import { serveJobs } from '../src/protocol/host.ts'
import { createBackupJobs } from './backup-jobs.ts'

serveJobs<BackupJobs>(
  self as DedicatedWorkerGlobalScope,
  createBackupJobs({
    library: openBrowserLibrary(() => {}),
    gallery: createGalleryStore(openRecordDisk(GALLERY_DATABASE), openGalleryChanges(self).tell),
    parser: openSealedParser(),
  }),
  toJobError,
)
