// Draws sheets of stored thumbnails by way of the parse worker: they may have come in a stranger's file, and no thread that reaches storage
// parses those.

import type { DrawnSheet } from '../core/image/picture-sheet.ts'
import type { JobClient } from '../protocol/client.ts'
import type { ParseJobs } from '../protocol/parse-jobs.ts'
import { createQueue } from './queue.ts'

/** A sheet that is not wanted any more and takes longer to end holds up all others: its worker is ended then. */
const LONGEST_END_MS = 60_000

export interface SheetDrawer {
  /** To be called before thumbnails are read: the worker, which may be still to be made, starts meanwhile. */
  prepare(): void
  /**
   * Draws sheets one after another, as they were asked for: of two side by side, the first would come as late as the second. Rejects
   * with JobError, 'cancelled' once the signal is aborted: a sheet that was not begun is not begun then.
   *
   * @param thumbnails bytes of whole image files, null for none; they are copied
   */
  draw(thumbnails: readonly (Uint8Array | null)[], signal: AbortSignal): Promise<DrawnSheet<ImageBitmap>>
}

export function createSheetDrawer(client: JobClient<ParseJobs>): SheetDrawer {
  const inTurn = createQueue()
  let isPrepared = false
  return {
    prepare() {
      if (isPrepared) return
      isPrepared = true
      // Where the worker cannot be had, the first sheet says so.
      client.run('draw-sheet', { pictures: [] }).catch(() => undefined)
    },
    draw: (pictures, signal) =>
      inTurn(() => client.run('draw-sheet', { pictures }, { signal, cancelTimeoutMs: LONGEST_END_MS })),
  }
}
