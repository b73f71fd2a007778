// Reads a picture file of a person's as CLIP is to see it.

import type { RgbImage } from '../src/core/diffusion/model-parts.ts'
import { pictureReader } from '../src/core/image/read-strangers.ts'
import { SkippedFile } from '../src/core/image/skip-reason.ts'
import { UsageError } from './arguments.ts'
import { openBriefly } from './file-source.ts'
import { decodeRgb } from './picture-decoder.ts'
import { SKIP_WORDS } from './skip-words.ts'

/**
 * Turned as the camera says; what is transparent becomes white, as on paper. Throws UsageError for what an import would leave
 * out, and as node:fs does where there is no such file.
 */
export async function readRgb(path: string): Promise<RgbImage> {
  const source = await openBriefly(path)
  try {
    return await decodeRgb(await pictureReader.readPicture(source))
  } catch (error) {
    throw error instanceof SkippedFile ? new UsageError(`${path} ${SKIP_WORDS[error.reason]}`) : error
  }
}
