// Parses in the thread that asks what a pack says of its styles: all that the page reads of the app's own pack.

import { FormatError } from '../formats/format-error.ts'
import { parseCovers } from './covers.ts'
import { MOST_MANIFEST_BYTES, parsePackManifest } from './manifest.ts'
import type { StylesParser } from './pack-parser.ts'

export const directStylesParser: StylesParser = {
  parseManifest: async (bytes) => {
    if (bytes.byteLength > MOST_MANIFEST_BYTES)
      throw new FormatError('pack.json', `${bytes.byteLength} bytes are too many`)
    return parsePackManifest(new TextDecoder().decode(bytes))
  },
  parseCovers,
}
