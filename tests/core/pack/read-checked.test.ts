// A pack's files for those who use them as they lie: verified, and handed to the parser that the files come with.

import { expect, it } from 'vitest'
import { directParser } from '../../../src/core/pack/direct-parser.ts'
import type { PackParser } from '../../../src/core/pack/pack-parser.ts'
import { readChecked } from '../../../src/core/pack/read-checked.ts'
import { sha256 } from '../../../tools/pack-folder.ts'
import { makeSmallPack } from './small-pack.ts'

const text = (words: string) => new TextEncoder().encode(words)

async function readFrom(path: string, bytes: Uint8Array, parser: PackParser = directParser): Promise<Uint8Array> {
  const { manifest } = makeSmallPack()
  const files = { [path]: { byteLength: bytes.byteLength, sha256: await sha256(bytes) } }
  return readChecked({ read: async () => bytes, parser }, { ...manifest, files }, path, sha256)
}

it.each([
  ['clip/onnx/vision_model.onnx', text('no graph'), /^onnx: /],
  ['clip/tokenizer.json', text('{}'), /^clip: clip\/tokenizer\.json: model: /],
  ['clip/config.json', text('<html>'), /^clip: clip\/config\.json is not JSON/],
])('gives out no %s that is none', async (path, bytes, message) => {
  await expect(readFrom(path, bytes)).rejects.toThrow(message)
})

it('gives out what the parser gives back, and other files as they lie', async () => {
  const parser = { ...directParser, checkGraph: async () => text('looked through') }
  expect(await readFrom('clip/onnx/text_model.onnx', text('a graph'), parser)).toEqual(text('looked through'))
  expect(await readFrom('weights/a.safetensors', text('weights'), parser)).toEqual(text('weights'))
})
