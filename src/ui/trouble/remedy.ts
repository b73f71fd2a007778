// For every way in which a job can fail: what happened, what still works, and the one thing to do about it.

import type { JobErrorCode } from '../../protocol/errors.ts'
import { strings } from '../strings.ts'

/** `retry` makes the picture again, or opens the model again where that is what failed. */
export type RemedyAction = 'retry' | 'reopen' | 'choose-style' | 'open-settings' | 'reload' | 'use-processor' | 'close'

export interface Remedy {
  readonly words: { readonly happened: string; readonly stillWorks: string }
  readonly action: RemedyAction
}

export function findRemedy(code: JobErrorCode): Remedy {
  const { trouble } = strings
  switch (code) {
    case 'cancelled':
      return { words: trouble.cancelled, action: 'close' }
    case 'invalid-input':
      return { words: trouble.invalidInput, action: 'open-settings' }
    case 'pack-missing':
      return { words: trouble.packMissing, action: 'reopen' }
    case 'pack-damaged':
      return { words: trouble.packDamaged, action: 'reopen' }
    case 'pack-unsuitable':
      return { words: trouble.packUnsuitable, action: 'close' }
    case 'pack-elsewhere':
      return { words: trouble.packElsewhere, action: 'close' }
    case 'download-failed':
      return { words: trouble.downloadFailed, action: 'retry' }
    case 'database-missing':
      return { words: trouble.databaseMissing, action: 'choose-style' }
    case 'database-damaged':
      return { words: trouble.databaseDamaged, action: 'choose-style' }
    case 'database-other-clip':
      return { words: trouble.databaseOtherClip, action: 'choose-style' }
    case 'webgpu-unavailable':
      return { words: trouble.webgpuUnavailable, action: 'use-processor' }
    case 'device-lost':
      return { words: trouble.deviceLost, action: 'retry' }
    case 'out-of-memory':
      return { words: trouble.outOfMemory, action: 'retry' }
    case 'broken-numbers':
      return { words: trouble.brokenNumbers, action: 'retry' }
    case 'load-crashed':
      return { words: trouble.loadCrashed, action: 'reopen' }
    case 'storage-full':
      return { words: trouble.storageFull, action: 'retry' }
    case 'storage-failed':
      return { words: trouble.storageFailed, action: 'retry' }
    case 'worker-died':
      return { words: trouble.workerDied, action: 'retry' }
    case 'app-part-missing':
      return { words: trouble.appPartMissing, action: 'reload' }
    case 'build-mismatch':
      return { words: trouble.buildMismatch, action: 'reload' }
    case 'internal':
      return { words: trouble.internal, action: 'retry' }
    default:
      return code satisfies never
  }
}

/** What the button says. */
export function nameAction(action: RemedyAction): string {
  const { trouble } = strings
  switch (action) {
    case 'retry':
    case 'reopen':
      return trouble.tryAgain
    case 'choose-style':
      return trouble.chooseStyle
    case 'open-settings':
      return trouble.openSettings
    case 'reload':
      return strings.offline.reload
    case 'use-processor':
      return trouble.useProcessor
    case 'close':
      return trouble.close
    default:
      return action satisfies never
  }
}
