// The library worker: serves the jobs on custom databases to the page.

import { openSealedPackParser, openSealedReaders, openSheetDrawer } from '../src/compose-parser.ts'
import { directParser } from '../src/core/pack/direct-parser.ts'
import { openBrowserLibrary } from '../src/platform/browser-library.ts'
import { createImageDecoder, prepareBlob } from '../src/platform/image-decoder.ts'
import { toJobError } from '../src/platform/job-errors.ts'
import { createClipOpener } from '../src/platform/pack-clip.ts'
import { filesOfPack } from '../src/platform/referenced-pack.ts'
import { sha256 } from '../src/platform/sha256.ts'
import { serveJobs } from '../src/protocol/host.ts'
import type { LibraryJobs } from '../src/protocol/library-jobs.ts'
import { createLibraryJobs } from './library-jobs.ts'

const openClip = createClipOpener()
const parsers = { own: directParser, sealed: openSealedPackParser() }

serveJobs<LibraryJobs>(
  self as DedicatedWorkerGlobalScope,
  createLibraryJobs({
    openLibrary: openBrowserLibrary,
    openClip: (pack) => openClip(filesOfPack(pack, parsers)),
    ...openSealedReaders(),
    createDecoder: createImageDecoder,
    prepareBlob,
    sheets: openSheetDrawer(),
    sha256,
    createId: () => crypto.randomUUID(),
    now: () => performance.now(),
  }),
  toJobError,
)
