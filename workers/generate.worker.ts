// The generate worker: serves its jobs to the page.

import { openSealedPackParser } from '../src/compose-parser.ts'
import { directParser } from '../src/core/pack/direct-parser.ts'
import { toJobError } from '../src/platform/job-errors.ts'
import { serveJobs } from '../src/protocol/host.ts'
import { createGenerateJobs } from './generate-jobs.ts'

serveJobs(
  self as DedicatedWorkerGlobalScope,
  createGenerateJobs({ own: directParser, sealed: openSealedPackParser() }),
  toJobError,
)
