// Puts a text into a PNG's metadata, and finds it again: an iTXt chunk before the pixels (PNG specification, 11.3.3.4).

import * as v from 'valibot'
import { MOST_GIVEN } from '../diffusion/given-picture.ts'
import { MOST_TOWARD, RECIPE_KEYWORD, type Recipe } from '../diffusion/recipe.ts'
import { settingsFields } from '../diffusion/settings-schema.ts'
import { crc32 } from './crc32.ts'
import { FormatError } from './format-error.ts'
import { joinBytes } from './join-bytes.ts'
import { parseJson } from './parse-json.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** A recipe is below a kilobyte, or three more for each picture that was given; more is not ours. */
const LONGEST_TEXT = 1 << 20

const givenPicture = v.object({
  id: v.string(),
  name: v.string(),
  clipId: v.string(),
  embedding: v.pipe(v.string(), v.regex(/^([0-9a-f]{4})+$/)),
})

/** A row of the chosen style by its id, or one of a style that is mixed in. */
const chosenPicture = v.union([v.string(), v.object({ databaseId: v.string(), id: v.string() })])

/** The kinds of a recipe's fields; not their ranges, and a neighbour may be anywhere. */
export const recipeSchema = v.object({
  version: v.literal(1),
  prompt: v.string(),
  databaseId: v.string(),
  databaseHash: v.string(),
  neighbourIds: v.array(v.string()),
  packId: v.string(),
  packHash: v.string(),
  ...settingsFields,
  steering: v.optional(
    v.object({
      pins: v.array(chosenPicture),
      bans: v.array(chosenPicture),
      mix: v.array(v.object({ databaseId: v.string(), weight: v.number() })),
      added: v.optional(v.pipe(v.array(givenPicture), v.maxLength(MOST_GIVEN))),
      query: v.optional(givenPicture),
      toward: v.optional(
        v.object({
          share: v.number(),
          pictures: v.pipe(v.array(v.object({ id: v.string(), weight: v.number() })), v.maxLength(MOST_TOWARD)),
          place: v.optional(v.object({ x: v.number(), y: v.number() })),
        }),
      ),
    }),
  ),
})

interface Chunk {
  readonly type: string
  /** First byte of the chunk, its length field. */
  readonly start: number
  readonly data: Uint8Array
}

/** A copy of `png` that carries the recipe as JSON. Throws FormatError('png', …) where the file is no PNG. */
export function embedRecipe(png: Uint8Array, recipe: Recipe): Uint8Array {
  return writePngText(png, RECIPE_KEYWORD, JSON.stringify(recipe))
}

/** The recipe that a PNG carries, its fields' types checked but not their ranges; null where there is none. Throws FormatError. */
export function extractRecipe(png: Uint8Array): Recipe | null {
  const text = readPngText(png, RECIPE_KEYWORD)
  if (text === null) return null
  return parseJson('recipe', null, text, recipeSchema)
}

/**
 * A copy of `png` with `text` under `keyword` (1 to 79 Latin letters, digits or dashes), in place of any older one.
 * Throws FormatError('png', …) where the file is no PNG or ends inside a chunk.
 */
export function writePngText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  if (!/^[A-Za-z0-9-]{1,79}$/.test(keyword)) throw new RangeError(`png: ${JSON.stringify(keyword)} is no keyword`)
  const chunk = encodeText(keyword, text)
  const parts: Uint8Array[] = [png.subarray(0, SIGNATURE.length)]
  for (const { type, start, data } of listChunks(png)) {
    if (type === 'iTXt' && decodeText(data)?.keyword === keyword) continue
    parts.push(png.subarray(start, start + 12 + data.length))
    if (type === 'IHDR') parts.push(chunk)
  }
  return joinBytes(parts)
}

/** The uncompressed text under `keyword`, null where the PNG has none. Throws FormatError likewise, and where its CRC is wrong. */
export function readPngText(png: Uint8Array, keyword: string): string | null {
  let text: string | null = null
  // To the end, so that a file that is cut short is refused wherever its text stands.
  for (const { type, start, data } of listChunks(png)) {
    const found: ReturnType<typeof decodeText> =
      text === null && type === 'iTXt' && data.length <= LONGEST_TEXT ? decodeText(data) : null
    if (found?.keyword !== keyword) continue
    const stored = new DataView(png.buffer, png.byteOffset).getUint32(start + 8 + data.length)
    if (stored !== crc32(png.subarray(start + 4, start + 8 + data.length))) {
      throw new FormatError('png', 'the CRC of a text chunk is wrong', start)
    }
    text = found.text
  }
  return text
}

function* listChunks(png: Uint8Array): Generator<Chunk, void> {
  if (SIGNATURE.some((byte, i) => png[i] !== byte)) throw new FormatError('png', 'no PNG signature', 0)
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  let start = SIGNATURE.length
  for (let type = ''; type !== 'IEND'; ) {
    const length = start + 12 <= png.length ? view.getUint32(start) : Number.POSITIVE_INFINITY
    if (start + 12 + length > png.length) throw new FormatError('png', 'ends inside a chunk', start)
    type = String.fromCharCode(...png.subarray(start + 4, start + 8))
    if (start === SIGNATURE.length && type !== 'IHDR') throw new FormatError('png', 'does not begin with IHDR', start)
    yield { type, start, data: png.subarray(start + 8, start + 8 + length) }
    start += 12 + length
  }
}

/** keyword, 0, not compressed, method 0, no language, no translated keyword, UTF-8 text. */
function encodeText(keyword: string, text: string): Uint8Array {
  const body = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text}`)
  const chunk = new Uint8Array(8 + body.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, body.length - 4)
  chunk.set(body, 4)
  view.setUint32(4 + body.length, crc32(body))
  return chunk
}

function decodeText(data: Uint8Array): { keyword: string; text: string } | null {
  const keywordEnd = data.indexOf(0)
  if (keywordEnd < 1 || data[keywordEnd + 1] !== 0) return null
  const languageEnd = data.indexOf(0, keywordEnd + 3)
  const translatedEnd = languageEnd < 0 ? -1 : data.indexOf(0, languageEnd + 1)
  if (translatedEnd < 0) return null
  const decoder = new TextDecoder()
  return {
    keyword: decoder.decode(data.subarray(0, keywordEnd)),
    text: decoder.decode(data.subarray(translatedEnd + 1)),
  }
}
