// Decodes pictures on the command line, and leaves of each what the library keeps, as the page does.

import sharp from 'sharp'
import type { RgbImage } from '../src/core/diffusion/model-parts.ts'
import { MOST_PIXELS, type PictureFile } from '../src/core/image/read-picture.ts'
import { type ClipPreprocess, prepareForClip } from '../src/core/image/resize.ts'
import { SkippedFile } from '../src/core/image/skip-reason.ts'
import type { PreparedPicture } from '../src/core/library/import-pictures.ts'
import { decodeBmp } from './bmp.ts'

/** The long side of the picture that is kept, and how well, as in src/platform/image-decoder.ts. */
const KEPT_SIDE = 512
const QUALITY = 85

export interface DecoderOptions {
  /** How the pack's CLIP takes pictures. */
  readonly clip: ClipPreprocess
  /** Pixels of the square thumbnail. */
  readonly thumbnailSide: number
  /** Where thumbnails must be small: then they are as good as that allows, and the picture itself is not kept. */
  readonly mostThumbnailBytes: number | null
}

/**
 * A picture's first frame, turned as the camera says, in sRGB; what is transparent becomes white, as on paper.
 * Rejects with SkippedFile('damaged') where it cannot be decoded.
 */
export async function decodeRgb({ header, bytes }: PictureFile): Promise<RgbImage> {
  try {
    if (header.type === 'image/bmp') return decodeBmp(bytes)
    const picture = sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS }).autoOrient()
    const flat = picture.flatten({ background: 'white' }).toColourspace('srgb').raw()
    const { data, info } = await flat.toBuffer({ resolveWithObject: true })
    if (info.channels !== 3) throw new Error(`${info.channels} channels, not 3`)
    return { width: info.width, height: info.height, data }
  } catch (error) {
    throw new SkippedFile('damaged', String(error))
  }
}

/** What `importPictures` takes to decode. */
export function createPictureDecoder(options: DecoderOptions): (file: PictureFile) => Promise<PreparedPicture> {
  const { clip, thumbnailSide: side, mostThumbnailBytes } = options
  return async (file) => {
    const { width, height, data } = await decodeRgb(file)
    const picture = () => sharp(data, { raw: { width, height, channels: 3 } })
    const square = await picture().resize(side, side, { fit: 'cover' }).png({ compressionLevel: 0 }).toBuffer()
    const kept = { fit: 'inside', withoutEnlargement: true } as const
    return {
      ...{ width, height },
      pixels: prepareForClip({ width, height, data }, clip),
      thumbnail: await (mostThumbnailBytes === null
        ? encode(square, QUALITY)
        : encodeSmall(square, mostThumbnailBytes)),
      image:
        mostThumbnailBytes === null
          ? await encode(
              await picture().resize(KEPT_SIDE, KEPT_SIDE, kept).png({ compressionLevel: 0 }).toBuffer(),
              QUALITY,
            )
          : null,
    }
  }
}

async function encode(png: Uint8Array, quality: number, effort = 4): Promise<Uint8Array> {
  return new Uint8Array(await sharp(png).webp({ quality, effort }).toBuffer())
}

/** WebP of the best quality that fits. */
async function encodeSmall(png: Uint8Array, mostBytes: number): Promise<Uint8Array> {
  for (let quality = 70; ; quality -= 10) {
    const bytes = await encode(png, quality, 6)
    if (bytes.length <= mostBytes || quality <= 10) return bytes
  }
}
