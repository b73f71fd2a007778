// The parse worker: reads files from strangers, with no network, no storage and no other thread in reach.

import './seal.ts'
import { FormatError } from '../src/core/formats/format-error.ts'
import { sheetPainter } from '../src/platform/sheet-painter.ts'
import { JobError } from '../src/protocol/errors.ts'
import { serveJobs } from '../src/protocol/host.ts'
import type { ParseJobs } from '../src/protocol/parse-jobs.ts'
import { createParseJobs } from './parse-jobs.ts'

serveJobs<ParseJobs>(self as DedicatedWorkerGlobalScope, createParseJobs(sheetPainter), (error) => {
  if (error instanceof FormatError) return new JobError('invalid-input', error.message)
  return new JobError('internal', 'something unexpected happened', String(error))
})
