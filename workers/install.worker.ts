// The install worker: the only one that may speak to another host than the app's own, the one from which a person installs.

import { openSealedPackParser, openSealedParser } from '../src/compose-parser.ts'
import { openFileDisk, PACKS_FOLDER } from '../src/platform/file-disk.ts'
import { toJobError } from '../src/platform/job-errors.ts'
import { describeMachine } from '../src/platform/machine.ts'
import { createPackDownload } from '../src/platform/pack-download.ts'
import { createFolderSource } from '../src/platform/pack-folder.ts'
import { createPackLocks } from '../src/platform/pack-locks.ts'
import { readPackUrl } from '../src/platform/pack-url.ts'
import { openZipSource } from '../src/platform/pack-zip.ts'
import { sha256 } from '../src/platform/sha256.ts'
import { serveJobs } from '../src/protocol/host.ts'
import type { InstallJobs } from '../src/protocol/install-jobs.ts'
import { createInstallJobs } from './install-jobs.ts'

/** Of another worker than what installed packs are read with: a zip that ends it leaves those alone. */
const zips = openSealedParser()

const STALL_MS = 30_000

function setAlarm(milliseconds: number, ring: () => void): () => void {
  const timer = setTimeout(ring, milliseconds)
  return () => clearTimeout(timer)
}

serveJobs<InstallJobs>(
  self as DedicatedWorkerGlobalScope,
  createInstallJobs({
    disk: openFileDisk(PACKS_FOLDER),
    locks: createPackLocks(navigator.locks),
    sha256,
    parser: openSealedPackParser(),
    describeMachine,
    readUrl: (text) => readPackUrl(text, location.origin),
    download: (url, signal) =>
      createPackDownload(url, {
        signal,
        stallMs: STALL_MS,
        setAlarm,
        usesIfRange: new URL(url).origin === location.origin,
      }),
    folder: createFolderSource,
    zip: (file, signal) => openZipSource(file, zips.openArchive, signal),
  }),
  toJobError,
)
