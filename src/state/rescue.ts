// What to do about a job that its worker did not finish: go on with a new one, on a new device or without any.

import type { ResumePoint } from '../core/diffusion/generate.ts'
import { JobError, type JobErrorCode } from '../protocol/errors.ts'
import type { BackendChoice, BackendDescription, BackendName } from '../protocol/jobs.ts'
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

/** What a job goes on with that the GPU did not finish. */
export type OtherBackend = 'as before' | Extract<BackendChoice, 'webgpu-fp32' | 'wasm'>

export interface RescuableJob<Output> {
  /** Runs the job, from a point that it reached before or from its start. */
  readonly run: (resume: ResumePoint | null) => Promise<Output>
  /** The last point that it told of, whichever run told it. */
  readonly reached: () => ResumePoint | null
  /** What it ran on; null while nothing is open. */
  readonly backend: () => Pick<BackendDescription, 'name' | 'dtype'> | null
  /** Has the decoder given less at once from now on; false where that is not what took the memory, or it takes least already. */
  readonly takeSmallerTiles: () => boolean
  /** Opens the pack anew. Resolves to false where it cannot be opened. */
  readonly reopen: (on: OtherBackend, trouble: Trouble) => Promise<boolean>
  /** Whether the person has given up the worker since this was asked last. */
  readonly wasGivenUp: () => boolean
  /** Ends the waiting for `reopen`, which itself goes on. */
  readonly signal: AbortSignal
}

/**
 * Runs a job to its end over the failures of the GPU: a first lost device is replaced by a new one, wrong numbers in half floats
 * are computed again in whole ones, a picture that took too much memory is decoded in smaller and smaller tiles, and whatever
 * else comes, or comes after, goes on without a GPU. One without memory for a step is left at once: whole floats take more. A
 * worker that was given up is replaced however often it is. Rejects with the job's last
 * JobError, or with 'cancelled'.
 */
export async function runRescued<Output>(job: RescuableJob<Output>): Promise<Output> {
  for (let tried: OtherBackend | null = null; ; ) {
    const backend = job.backend()
    try {
      return await job.run(job.reached())
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      const wasSilent = error.code === 'worker-died' && job.wasGivenUp()
      if (wasSilent) {
        if (!(await unlessAborted(job.signal, job.reopen('as before', 'silence')))) throw error
        continue
      }
      if (!isGpuTrouble(error.code, backend?.name ?? null)) throw error
      const fits = error.code === 'out-of-memory' && job.takeSmallerTiles()
      tried = fits ? 'as before' : nextBackend(error.code, tried, backend?.dtype === 'fp16')
      if (!(await unlessAborted(job.signal, job.reopen(tried, error.code)))) throw error
    }
  }
}

/** @param tried what the job went on with before; null at its first failure */
function nextBackend(trouble: GpuTrouble, tried: OtherBackend | null, inHalfFloats: boolean): OtherBackend {
  if (trouble === 'device-lost' && tried === null) return 'as before'
  if (trouble === 'broken-numbers' && inHalfFloats && tried !== 'webgpu-fp32') return 'webgpu-fp32'
  return 'wasm'
}
