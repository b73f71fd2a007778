// Draws the grid's sheets of stored thumbnails by way of the parse worker: they may have come in a stranger's file, and are decoded
// where neither storage nor network is in reach.

import type { DrawnPicture } from '../core/image/large-picture.ts'
import type { DrawnSheet } from '../core/image/picture-sheet.ts'
import type { JobClient } from '../protocol/client.ts'
import { JobError } from '../protocol/errors.ts'
import type { ParseJobs } from '../protocol/parse-jobs.ts'
import { createQueue } from './queue.ts'

/** How long a sheet may take: what takes longer holds no honest thumbnails. It is drawn within a second, on a busy machine in several. */
const LONGEST_DRAW_MS = 30_000
/** A sheet that is not wanted any more and takes longer to end holds up all others: its worker is ended then. */
const LONGEST_END_MS = 10_000

export interface SheetDrawer {
  /** To be called before thumbnails are read: the worker, which may be still to be made, starts meanwhile. */
  prepare(): void
  /**
   * Draws sheets one after another, as they were asked for: of two side by side, the first would come as late as the second. Rejects
   * with JobError, 'cancelled' once the signal is aborted: a sheet that was not begun is not begun then; 'invalid-input' where it takes far too long.
   *
   * @param thumbnails bytes of whole image files, null for none; they are copied
   */
  draw(thumbnails: readonly (Uint8Array | null)[], signal: AbortSignal): Promise<DrawnSheet<ImageBitmap>>
  /** Draws one picture, in its turn, to be looked at; null where it cannot be read. Rejects likewise. */
  drawPicture(picture: Uint8Array, signal: AbortSignal): Promise<DrawnPicture<ImageBitmap> | null>
}

/** @param longestMs how long a sheet may take */
export function createSheetDrawer(client: JobClient<ParseJobs>, longestMs = LONGEST_DRAW_MS): SheetDrawer {
  const inTurn = createQueue()
  let isPrepared = false

  function run<Name extends 'draw-sheet' | 'draw-picture'>(
    name: Name,
    input: ParseJobs[Name]['input'],
    signal: AbortSignal,
  ): Promise<ParseJobs[Name]['output']> {
    return inTurn(async () => {
      const deadline = AbortSignal.timeout(longestMs)
      const options = { signal: AbortSignal.any([signal, deadline]), cancelTimeoutMs: LONGEST_END_MS }
      return client.run(name, input, options).catch((error: unknown) => {
        if (!deadline.aborted || signal.aborted) throw error
        throw new JobError('invalid-input', 'these thumbnails take too long to decode')
      })
    })
  }

  return {
    prepare() {
      if (isPrepared) return
      isPrepared = true
      // Where the worker cannot be had, the first sheet says so.
      client.run('draw-sheet', { pictures: [] }).catch(() => undefined)
    },
    draw: (pictures, signal) => run('draw-sheet', { pictures }, signal),
    drawPicture: async (picture, signal) => (await run('draw-picture', { picture }, signal)).drawn,
  }
}
