// Looks through the JSON files of a CLIP folder before a library makes a tokenizer and a configuration of them.

import * as v from 'valibot'
import { FormatError } from '../formats/format-error.ts'
import { parseJson } from '../formats/parse-json.ts'

/** OpenAI's tokenizer.json has under four million. */
const MOST_BYTES = 16 * 1024 * 1024
const MOST_TOKENS = 2 ** 20

const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_TOKENS))
/** One of the steps between text and tokens: which kinds there are, the library knows. */
const step = v.nullish(v.looseObject({ type: v.string() }))

/** The only kind that CLIP's are of. */
const tokenizer = v.looseObject({
  added_tokens: v.optional(v.array(v.looseObject({ id: index, content: v.string() }))),
  normalizer: step,
  pre_tokenizer: step,
  post_processor: step,
  decoder: step,
  model: v.looseObject({
    /** Older files do not say it. */
    type: v.optional(v.literal('BPE')),
    vocab: v.record(v.string(), index),
    merges: v.pipe(v.array(v.union([v.string(), v.strictTuple([v.string(), v.string()])])), v.maxLength(MOST_TOKENS)),
  }),
})

/**
 * The file's JSON, written anew. Throws FormatError('clip', …) for what is no object, too long, or, of tokenizer.json, no
 * byte-pair encoding.
 *
 * @param path the file's in the pack: its last part says which file it is
 */
export function checkClipFile(path: string, bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength > MOST_BYTES) throw new FormatError('clip', `${path}: ${bytes.byteLength} bytes are too many`)
  const schema = path.split('/').at(-1) === 'tokenizer.json' ? tokenizer : v.looseObject({})
  return new TextEncoder().encode(JSON.stringify(parseJson('clip', path, new TextDecoder().decode(bytes), schema)))
}
