// The JSON files of a stranger's CLIP folder: what makes a tokenizer is let through, and nothing else is.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { checkClipFile } from '../../../src/core/pack/clip-files.ts'

const FOLDER = new URL('../../../public/packs/kindred-mini/clip/', import.meta.url)
const read = (name: string) => new Uint8Array(readFileSync(new URL(name, FOLDER)))
const parse = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes))
const tokenizer = (change: object) =>
  new TextEncoder().encode(
    JSON.stringify({ model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: ['a b'] }, ...change }),
  )

it.each(['tokenizer.json', 'tokenizer_config.json', 'config.json'])('lets %s of the built-in pack through', (name) => {
  const bytes = read(name)
  expect(parse(checkClipFile(`clip/${name}`, bytes))).toEqual(parse(bytes))
})

it.each([
  ['that is no JSON', new TextEncoder().encode('{'), /^clip: clip\/tokenizer\.json is not JSON/],
  ['that is a list', new TextEncoder().encode('[]'), /^clip: clip\/tokenizer\.json: /],
  ['of another kind', tokenizer({ model: { type: 'Unigram', vocab: {}, merges: [] } }), /model\.type/],
  ['with a token that has no number', tokenizer({ model: { type: 'BPE', vocab: { a: 1e9 }, merges: [] } }), /vocab/],
  ['with a merge of three', tokenizer({ model: { type: 'BPE', vocab: {}, merges: [['a', 'b', 'c']] } }), /merges/],
  ['with a step that is a text', tokenizer({ pre_tokenizer: 'ByteLevel' }), /pre_tokenizer/],
  ['of seventeen million bytes', new Uint8Array(17_000_000), /17000000 bytes are too many/],
])('refuses a tokenizer.json %s', (_, bytes, message) => {
  expect(() => checkClipFile('clip/tokenizer.json', bytes)).toThrow(FormatError)
  expect(() => checkClipFile('clip/tokenizer.json', bytes)).toThrow(message)
})

it('lets an older tokenizer.json through, which does not name its kind', () => {
  const older = { model: { vocab: { a: 0 }, merges: [] } }
  expect(parse(checkClipFile('clip/tokenizer.json', tokenizer(older)))).toEqual(older)
})

it('answers with a FormatError, or lets through, wherever a tokenizer.json is cut', () => {
  const whole = tokenizer({ normalizer: { type: 'NFC' }, added_tokens: [{ id: 1, content: 'b' }] })
  for (let end = 0; end < whole.length; end++) {
    expect(() => checkClipFile('tokenizer.json', whole.subarray(0, end)), `cut at ${end}`).toThrow(FormatError)
  }
})
