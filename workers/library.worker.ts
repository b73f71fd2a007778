// The library worker: serves the jobs on custom databases to the page.

import { openSealedParser } from '../src/compose-parser.ts'
import { openBrowserLibrary } from '../src/platform/browser-library.ts'
import { createImageDecoder, prepareBlob } from '../src/platform/image-decoder.ts'
import { toJobError } from '../src/platform/job-errors.ts'
import { openPackClip } from '../src/platform/pack-clip.ts'
import { fetchPackFiles } from '../src/platform/pack-files.ts'
import { sha256 } from '../src/platform/sha256.ts'
import { serveJobs } from '../src/protocol/host.ts'
import type { LibraryJobs } from '../src/protocol/library-jobs.ts'
import { createLibraryJobs } from './library-jobs.ts'

serveJobs<LibraryJobs>(
  self as DedicatedWorkerGlobalScope,
  createLibraryJobs({
    openLibrary: openBrowserLibrary,
    openClip: (packUrl) => openPackClip(fetchPackFiles(packUrl)),
    parser: openSealedParser(),
    createDecoder: createImageDecoder,
    prepareBlob,
    sha256,
    createId: () => crypto.randomUUID(),
    now: () => performance.now(),
  }),
  toJobError,
)
