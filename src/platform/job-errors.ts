// Gives errors of the core, of the runtime and of the browser their code in the protocol.

import { BrokenNumbersError } from '../core/diffusion/broken-numbers.ts'
import { SettingsError } from '../core/diffusion/validate-settings.ts'
import { FormatError } from '../core/formats/format-error.ts'
import { SentOn, SourceFailure } from '../core/pack/install-source.ts'
import { StorageError } from '../core/storage/storage-error.ts'
import { JOB_ERROR_CODES, JobError } from '../protocol/errors.ts'
import { FetchFailure } from './fetch-bytes.ts'
import { MissingPackFile } from './pack-files.ts'

/**
 * What allocators say: V8's arrays, WebAssembly's memory, ONNX Runtime's arenas, WebGPU's validation; and what ONNX Runtime says
 * of a tensor with more bytes than a wasm address counts, which it does not even ask an allocator for.
 */
const OUT_OF_MEMORY =
  /out of memory|allocation failed|bad_alloc|invalid array length|could not allocate|failed to allocate|tensor shape is too large|SafeIntOnOverflow/i

/**
 * What engines say of an import, and the runtime of its WebAssembly, that the server did not give. Where the server answers
 * with an error page, the runtime takes that for its bytes, and cannot compile it.
 */
const APP_PART_MISSING =
  /sync fetching of the wasm failed|no available backend found.*CompileError|imported module|importing a module script failed/i

/** Never throws; what nobody expected is 'internal', with the error's own words as the detail. */
export function toJobError(error: unknown): JobError {
  if (error instanceof JobError) return error
  if (error instanceof SettingsError) return new JobError('invalid-input', error.message)
  if (error instanceof BrokenNumbersError) return new JobError('broken-numbers', error.message)
  if (error instanceof MissingPackFile) return new JobError('pack-missing', error.message)
  if (error instanceof FormatError) return new JobError('pack-damaged', error.message)
  if (error instanceof StorageError) {
    const code = JOB_ERROR_CODES.find((known) => known === error.code) ?? 'storage-failed'
    return new JobError(code, error.message, error.detail)
  }
  if (error instanceof SentOn) return new JobError('pack-elsewhere', error.message)
  if (error instanceof SourceFailure) {
    return new JobError(error.kind === 'lasting' ? 'pack-missing' : 'download-failed', error.message)
  }
  if (error instanceof FetchFailure) return new JobError('pack-missing', error.message)
  const text = String(error)
  if (OUT_OF_MEMORY.test(text)) return new JobError('out-of-memory', 'there was not enough memory', text)
  if (APP_PART_MISSING.test(text))
    return new JobError('app-part-missing', 'a part of the app could not be fetched', text)
  const stack = error instanceof Error ? error.stack : undefined
  return new JobError('internal', 'something unexpected happened', stack ?? text)
}
