// Errors as they cross a thread: a code to switch on, a sentence for the log, and the offending value.

/** Every way in which a job can fail; the page has a sentence for each. */
export const JOB_ERROR_CODES = [
  'cancelled',
  'invalid-input', // a setting out of range, an empty prompt
  'pack-missing', // a pack file could not be fetched
  'pack-damaged', // a pack file is truncated, altered or not what pack.json says
  'pack-unsuitable', // the pack needs what this machine does not have
  'pack-elsewhere', // the server sends on to another address, which nobody chose
  'download-failed', // the server stopped answering; what arrived is kept
  'database-missing',
  'database-damaged',
  'database-other-clip', // the database was made with another CLIP
  'webgpu-unavailable', // asked for, but there is no adapter
  'device-lost', // the GPU device went away
  'out-of-memory',
  'broken-numbers', // the model gave NaN, infinities or one flat colour
  'load-crashed', // the page ended while the pack was being opened, more than once in a row
  'storage-full',
  'storage-failed', // what is stored could not be read or written
  'worker-died',
  'app-part-missing', // a file of the app itself, such as the runtime, could not be fetched
  'build-mismatch', // page and worker are of different builds of the app
  'internal', // a bug of ours
] as const

export type JobErrorCode = (typeof JOB_ERROR_CODES)[number]

export class JobError extends Error {
  override readonly name = 'JobError'

  constructor(
    readonly code: JobErrorCode,
    message: string,
    readonly detail: string = '',
  ) {
    super(message)
  }
}
