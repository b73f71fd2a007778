// Decodes thumbnails and draws sheets of them by the browser, off the page's own thread.

import type { PicturePainter } from '../core/image/large-picture.ts'
import type { PictureSize, SheetPainter } from '../core/image/picture-sheet.ts'

/**
 * Where the browser has an ImageDecoder, pictures are decoded by it: it takes bytes as they are, while a Blob of each would be made known to
 * another process and read back from there, which takes ten times as long as decoding a thumbnail.
 */
export const sheetPainter: SheetPainter<DecodedPicture, ImageBitmap> & PicturePainter<DecodedPicture, ImageBitmap> = {
  decode: (bytes, type) => (typeof ImageDecoder === 'undefined' ? decodeBlob(bytes, type) : decodeBytes(bytes, type)),
  close: ({ source }) => source.close(),
  open(width, height) {
    const context = openCanvas(width, height)
    return {
      draw: ({ source }, from, to) =>
        context.drawImage(source, from.left, from.top, from.side, from.side, to.left, to.top, to.side, to.side),
      finish: () => context.canvas.transferToImageBitmap(),
    }
  },
  copy({ source }, { width, height }) {
    const context = openCanvas(width, height)
    context.drawImage(source, 0, 0, width, height)
    return context.canvas.transferToImageBitmap()
  },
}

/** In plain memory: a sheet is drawn from on the page a line at a time, and outlives a lost graphics processor. */
function openCanvas(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('this browser draws nothing off screen')
  context.imageSmoothingQuality = 'high'
  return context
}

export interface DecodedPicture extends PictureSize {
  readonly source: VideoFrame | ImageBitmap
}

async function decodeBytes(bytes: Uint8Array, type: string): Promise<DecodedPicture> {
  const decoder = new ImageDecoder({ data: bytes as Uint8Array<ArrayBuffer>, type })
  try {
    const { image, complete } = await decoder.decode()
    if (!complete) {
      image.close()
      throw new Error('the picture is cut short')
    }
    return { source: image, width: image.displayWidth, height: image.displayHeight }
  } finally {
    decoder.close()
  }
}

async function decodeBlob(bytes: Uint8Array, type: string): Promise<DecodedPicture> {
  const source = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }))
  return { source, width: source.width, height: source.height }
}
