// How large a picture from a stranger's file may be to be decoded.

import type { ImageHeader } from '../formats/image-header.ts'

export interface PictureBounds {
  /** Null for any. */
  readonly type: ImageHeader['type'] | null
  readonly mostPixels: number
  /** Whatever its header says, no honest one has more. */
  readonly mostBytes: number
}

/** A style's thumbnails and kept pictures: the app's own have 512 pixels a side at most. */
export const STYLE_PICTURE: PictureBounds = { type: 'image/webp', mostPixels: 1024 * 1024, mostBytes: 1 << 20 }

/** Of those what is drawn small, on sheets: earlier apps and other programs made them of any type. */
export const SHEET_PICTURE: PictureBounds = { ...STYLE_PICTURE, type: null }

/** One that is looked at by itself, in the parse worker. */
export const LARGE_PICTURE: PictureBounds = { type: null, mostPixels: 4096 * 4096, mostBytes: 16 << 20 }

/** A finished picture of the gallery. */
export const GALLERY_PICTURE: PictureBounds = { type: 'image/png', mostPixels: 4096 * 4096, mostBytes: 64 << 20 }
