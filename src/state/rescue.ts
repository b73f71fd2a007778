// What to do about a job that its worker did not finish: go on with a new one, on a new device or without any.

import type { ResumePoint } from '../core/diffusion/generate.ts'
import { JobError, type JobErrorCode } from '../protocol/errors.ts'
import type { BackendChoice, BackendName } from '../protocol/jobs.ts'
import { unlessAborted } from '../protocol/unless-aborted.ts'

/** How a GPU failed a job. */
export type GpuTrouble = 'device-lost' | 'out-of-memory' | 'broken-numbers'

/** Or the worker told nothing for so long that the person gave it up. */
export type Trouble = GpuTrouble | 'silence'

/** Whether the failure is one that another backend, or the same one set up anew, may not have. */
export function isGpuTrouble(code: JobErrorCode, backend: BackendName | null): code is GpuTrouble {
  if (backend === null || backend === 'wasm') return false
  return code === 'device-lost' || code === 'out-of-memory' || code === 'broken-numbers'
}

export interface RescuableJob<Output> {
  /** Runs the job, from a point that it reached before or from its start. */
  readonly run: (resume: ResumePoint | null) => Promise<Output>
  /** The last point that it told of, whichever run told it. */
  readonly reached: () => ResumePoint | null
  /** What it ran on; null while nothing is open. */
  readonly backend: () => BackendName | null
  /** Opens the pack anew. Resolves to false where it cannot be opened. */
  readonly reopen: (on: 'as before' | Extract<BackendChoice, 'wasm'>, trouble: Trouble) => Promise<boolean>
  /** Whether the person has given up the worker since this was asked last. */
  readonly wasGivenUp: () => boolean
  /** Ends the waiting for `reopen`, which itself goes on. */
  readonly signal: AbortSignal
}

/**
 * Runs a job to its end over the first two failures of the GPU: a first lost device is replaced by a new one, whatever comes
 * after goes on without a GPU. A GPU without memory or with wrong numbers is left at once. A worker that was given up is replaced however
 * often it is. Rejects with the job's last
 * JobError, or with 'cancelled'.
 */
export async function runRescued<Output>(job: RescuableJob<Output>): Promise<Output> {
  for (let failures = 0; ; ) {
    const backend = job.backend()
    try {
      return await job.run(job.reached())
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      const trouble = error.code === 'worker-died' && job.wasGivenUp() ? 'silence' : error.code
      if (trouble !== 'silence' && !isGpuTrouble(trouble, backend)) throw error
      const on = trouble === 'silence' || (trouble === 'device-lost' && failures === 0) ? 'as before' : 'wasm'
      if (!(await unlessAborted(job.signal, job.reopen(on, trouble)))) throw error
      if (trouble !== 'silence') failures++
    }
  }
}
