// The generate worker: serves its jobs to the page.

import { toJobError } from '../src/platform/job-errors.ts'
import { serveJobs } from '../src/protocol/host.ts'
import { createGenerateJobs } from './generate-jobs.ts'

serveJobs(self as DedicatedWorkerGlobalScope, createGenerateJobs(), toJobError)
