// How large a picture from a stranger's file may be to be kept: it is decoded later, by threads that reach storage.

import type { ImageHeader } from '../formats/image-header.ts'

export interface PictureBounds {
  readonly type: 'image/png' | 'image/webp'
  readonly mostPixels: number
  /** Whatever its header says, no honest one has more. */
  readonly mostBytes: number
}

/** A style's thumbnails and kept pictures: the app's own have 512 pixels a side at most. */
export const STYLE_PICTURE: PictureBounds = { type: 'image/webp', mostPixels: 1024 * 1024, mostBytes: 1 << 20 }

/** A finished picture of the gallery. */
export const GALLERY_PICTURE: PictureBounds = { type: 'image/png', mostPixels: 4096 * 4096, mostBytes: 64 << 20 }

export function isWithin({ type, width, height }: ImageHeader, bounds: PictureBounds): boolean {
  return type === bounds.type && width * height <= bounds.mostPixels
}
