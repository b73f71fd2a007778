// The envelopes that cross between client and host; nothing else reads them.

import type { JobErrorCode } from './errors.ts'

/** A table of jobs, by name: what goes in, what is told meanwhile, what comes out. */
export type JobTable<J> = {
  readonly [Name in keyof J]: { readonly input: unknown; readonly event: unknown; readonly output: unknown }
}

export type ToWorker =
  /** `build`: the page's; a worker of another build does not run the job. */
  | {
      readonly kind: 'run'
      readonly id: number
      readonly build: string
      readonly name: string
      readonly input: unknown
    }
  | { readonly kind: 'cancel'; readonly id: number }

export type FromWorker =
  | { readonly kind: 'event'; readonly id: number; readonly event: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | {
      readonly kind: 'failed'
      readonly id: number
      readonly error: { readonly code: JobErrorCode; readonly message: string; readonly detail: string }
    }
