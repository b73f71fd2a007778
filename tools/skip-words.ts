// Why a file was left out, in words, for the command lines.

import { MOST_PIXELS } from '../src/core/image/read-picture.ts'
import type { SkipReason } from '../src/core/image/skip-reason.ts'

/** To be read after the file's name. */
export const SKIP_WORDS: Readonly<Record<SkipReason, string>> = {
  empty: 'has no bytes',
  'not-a-picture': 'is neither PNG, JPEG, WebP, AVIF, GIF nor BMP',
  svg: 'is a drawing in SVG, which is not taken',
  'too-large': 'is too large a file',
  'too-many-pixels': `has too many pixels: ${MOST_PIXELS / 1e6} million are the most`,
  truncated: 'ends too early',
  damaged: 'is damaged',
  'too-slow': 'took too long to decode',
  unreadable: 'could not be read',
  'zip-damaged': 'is a damaged zip',
}
