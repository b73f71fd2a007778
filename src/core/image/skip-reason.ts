// Why a file of an import did not become a row: the page has a sentence for each.

export const SKIP_REASONS = [
  'empty', // no bytes at all
  'not-a-picture', // neither PNG, JPEG, WebP, AVIF, GIF nor BMP, whatever its name says
  'svg', // a drawing that could run scripts and load other files
  'too-large', // more bytes than a picture may have
  'too-many-pixels', // more pixels, or a longer side, than is decoded
  'truncated', // ends before its own end mark, or before its size is told
  'damaged', // the browser could not decode it
  'too-slow', // the browser did not decode it in time
  'unreadable', // it vanished, or may not be read
  'zip-damaged', // an archive, or a file in it, whose directory or checksum is not right
] as const

export type SkipReason = (typeof SKIP_REASONS)[number]

/** Thrown where a file is left out; the import lists it and goes on. */
export class SkippedFile extends Error {
  override readonly name = 'SkippedFile'

  constructor(
    readonly reason: SkipReason,
    readonly detail: string,
  ) {
    super(`${reason}: ${detail}`)
  }
}
