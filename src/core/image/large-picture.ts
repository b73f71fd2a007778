// A single picture that is looked at: decoded where that is safe, and drawn no larger than a screen has use for.

import { headerWithin } from './header-within.ts'
import { LARGE_PICTURE } from './picture-bounds.ts'
import type { PictureSize, SheetPainter } from './picture-sheet.ts'

/** What decodes and draws: the browser, or a test's own. */
export interface PicturePainter<Picture extends PictureSize, Drawn>
  extends Pick<SheetPainter<Picture, Drawn>, 'decode' | 'close'> {
  /** All of a picture, in that size. */
  copy(picture: Picture, size: PictureSize): Drawn
}

export interface DrawnPicture<Drawn> extends PictureSize {
  readonly bitmap: Drawn
}

/** The app keeps 512 pixels of the long side; a file from elsewhere may hold more. */
const MOST_SIDE = 1024

/**
 * Null for what is damaged, of another type than browsers know, or far too large to be decoded.
 *
 * @param bytes of a whole image file
 */
export async function drawPicture<Picture extends PictureSize, Drawn>(
  bytes: Uint8Array,
  { decode, close, copy }: PicturePainter<Picture, Drawn>,
): Promise<DrawnPicture<Drawn> | null> {
  const header = headerWithin(bytes, LARGE_PICTURE)
  const picture = header && (await decode(bytes, header.type).catch(() => null))
  if (picture === null) return null
  try {
    const size = fitInside(picture)
    return { bitmap: copy(picture, size), ...size }
  } finally {
    close(picture)
  }
}

function fitInside({ width, height }: PictureSize): PictureSize {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
