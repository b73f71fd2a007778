// Thumbnails on their way to the page, which decodes what it is given.

import { isSmallWebp } from '../core/image/small-webp.ts'

/** Null for what is no WebP of a thumbnail's size, as one that came in a stranger's file may be. */
export function toThumbnail(bytes: Uint8Array): Blob | null {
  return isSmallWebp(bytes) ? new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/webp' }) : null
}
