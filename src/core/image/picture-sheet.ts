// Many small pictures as one: decoded together and drawn side by side on a sheet, which is handed on and drawn from as a whole.

import type { ImageHeader } from '../formats/image-header.ts'
import { headerWithin } from './header-within.ts'
import { SHEET_PICTURE } from './picture-bounds.ts'

/** Where pictures lie on a sheet: squares in lines, without gaps. */
export interface SheetLayout {
  /** Pixels of a square. */
  readonly side: number
  /** Squares in a line. */
  readonly columns: number
}

export interface DrawnSheet<Sheet> {
  /** Null where there is nothing on it. */
  readonly sheet: (SheetLayout & { readonly bitmap: Sheet }) | null
  /** For each picture that was asked for, its square; null where there was none or it could not be read. */
  readonly places: readonly (number | null)[]
}

/** A part of a decoded picture, in pixels. */
export interface Square {
  readonly left: number
  readonly top: number
  readonly side: number
}

/** Pixels, as shown. */
export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** What decodes and draws: the browser, or a test's own. */
export interface SheetPainter<Picture extends PictureSize, Sheet> {
  /** Rejects for what it cannot read. */
  decode(bytes: Uint8Array, type: ImageHeader['type']): Promise<Picture>
  /** Frees a decoded picture. */
  close(picture: Picture): void
  /** An empty sheet, in pixels. */
  open(
    width: number,
    height: number,
  ): {
    draw(picture: Picture, from: Square, to: Square): void
    /** To be called once; nothing can be drawn afterwards. */
    finish(): Sheet
  }
}

/** Thumbnails from elsewhere may be larger than the app's own: they are drawn at most so large, in pixels. */
const MOST_SIDE = 192
/** Pictures that are decoded at once; between them it is seen whether the sheet is wanted still. */
const AT_ONCE = 16

/**
 * Draws each picture's middle square. One that is damaged, of another type than browsers know or far too large is left out, and the others
 * are drawn.
 *
 * @param pictures bytes of whole image files, null for none
 * @param requireWanted called before each few pictures; throws where nobody wants the sheet any more, which rejects with that
 */
export async function drawSheet<Picture extends PictureSize, Sheet>(
  pictures: readonly (Uint8Array | null)[],
  { decode, close, open }: SheetPainter<Picture, Sheet>,
  requireWanted: () => void,
): Promise<DrawnSheet<Sheet>> {
  const places = new Array<number | null>(pictures.length).fill(null)
  const readable = pictures.flatMap((bytes, at) => {
    const header = bytes && headerWithin(bytes, SHEET_PICTURE)
    return bytes && header ? [{ at, bytes, header }] : []
  })
  const { side, columns } = layOutSheet(readable.map(({ header }) => header))
  if (readable.length === 0) return { sheet: null, places }
  const canvas = open(columns * side, Math.ceil(readable.length / columns) * side)
  let count = 0

  async function draw({ at, bytes, header }: (typeof readable)[number]): Promise<void> {
    const picture = await decode(bytes, header.type).catch(() => null)
    if (picture === null) return
    try {
      const place = count++
      const to = { left: (place % columns) * side, top: Math.floor(place / columns) * side, side }
      canvas.draw(picture, middleOf(picture), to)
      places[at] = place
    } finally {
      close(picture)
    }
  }

  for (let start = 0; start < readable.length; start += AT_ONCE) {
    requireWanted()
    await Promise.all(readable.slice(start, start + AT_ONCE).map(draw))
  }
  requireWanted()
  return { sheet: count === 0 ? null : { bitmap: canvas.finish(), side, columns }, places }
}

/** Squares as large as the largest picture's middle, as close to a square of them as may be. */
function layOutSheet(headers: readonly Pick<ImageHeader, 'width' | 'height'>[]): SheetLayout {
  const largest = headers.reduce((most, { width, height }) => Math.max(most, Math.min(width, height)), 1)
  return { side: Math.min(MOST_SIDE, largest), columns: Math.max(1, Math.ceil(Math.sqrt(headers.length))) }
}

function middleOf({ width, height }: PictureSize): Square {
  const side = Math.min(width, height)
  return { left: (width - side) / 2, top: (height - side) / 2, side }
}
