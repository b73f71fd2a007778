// Turns a CLIP in Hugging Face layout into the folder that a pack holds: tokenizer, configuration, and its towers as ONNX.

import * as v from 'valibot'
import { FormatError } from '../formats/format-error.ts'
import { joinBytes } from '../formats/join-bytes.ts'
import { parseJson } from '../formats/parse-json.ts'
import type { TensorSource } from '../formats/tensor-source.ts'
import { buildClipText, buildClipVision, type ClipConfig, parseClipConfig } from '../onnx/clip.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { ClipFolder } from './convert.ts'
import type { Sha256 } from './integrity.ts'
import type { Storage } from './weights.ts'

/** The towers' files, as transformers.js looks for them in `folder`. */
export const CLIP_TOWERS = { text: 'onnx/text_model.onnx', vision: 'onnx/vision_model.onnx' } as const

const FOLDER = 'clip'
const COPIED = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json']

/** OpenAI's, where the folder has no preprocessor_config.json that says otherwise. */
const preprocessorSchema = v.looseObject({
  image_mean: v.optional(v.array(v.number()), [0.48145466, 0.4578275, 0.40821073]),
  image_std: v.optional(v.array(v.number()), [0.26862954, 0.26130258, 0.27577711]),
})

export interface ClipSource {
  /** A file of the folder, null where there is none. */
  read(path: string): Promise<Uint8Array | null>
  /** The tensors of model.safetensors, null where there is none: then the folder must have the ONNX towers. */
  readonly weights: TensorSource | null
}

/**
 * Reads the folder, and makes the towers unless it has them: weights as float16, or as int8 in an int8 pack. Pictures are
 * squashed to the tower's square, as the reference does (ldm/modules/encoders/modules.py:170-201), whatever the folder's own
 * preprocessor does. Throws FormatError('clip', …).
 *
 * @param vocabulary the words that the text tower was trained on; vocabulary.json of the folder where not given
 */
export async function readClipFolder(
  source: ClipSource,
  storage: Storage,
  sha256: Sha256,
  vocabulary?: readonly string[],
): Promise<ClipFolder> {
  const files = new Map<string, Uint8Array>()
  for (const path of COPIED) {
    const bytes = await source.read(path)
    if (bytes) files.set(path, bytes)
  }
  if (!files.has('tokenizer.json')) throw new FormatError('clip', 'tokenizer.json is missing')
  const config = parseClipConfig(parseFile('config.json', files.get('config.json') ?? null, v.unknown()))
  const { image_mean: mean, image_std: std } = parseFile(
    'preprocessor_config.json',
    files.get('preprocessor_config.json') ?? new TextEncoder().encode('{}'),
    preprocessorSchema,
  )
  const towers = (await readTowers(source)) ?? (await buildTowers(source, config, storage === 'int8' ? 'int8' : 'fp16'))
  files.set(CLIP_TOWERS.text, towers.text)
  files.set(CLIP_TOWERS.vision, towers.vision)
  const words = await source.read('vocabulary.json')
  const description = {
    folder: FOLDER,
    id: await sha256(joinBytes([towers.text, towers.vision])),
    dim: config.projection_dim,
    maxTokens: config.text_config.max_position_embeddings,
    imageSide: config.vision_config.image_size,
    preprocess: 'squash' as const,
    mean,
    std,
    vocabulary: [...(vocabulary ?? (words ? parseFile('vocabulary.json', words, v.array(v.string())) : []))],
  }
  return { description, files }
}

async function readTowers(source: ClipSource): Promise<{ text: Uint8Array; vision: Uint8Array } | null> {
  const text = await source.read(CLIP_TOWERS.text)
  const vision = await source.read(CLIP_TOWERS.vision)
  return text && vision ? { text, vision } : null
}

async function buildTowers(
  { weights }: ClipSource,
  config: ClipConfig,
  storage: 'fp16' | 'int8',
): Promise<{ text: Uint8Array; vision: Uint8Array }> {
  if (!weights) throw new FormatError('clip', `has neither model.safetensors nor ${CLIP_TOWERS.text}`)
  const tensors = new Map<string, Tensor>()
  for (const [key, { dims }] of weights.tensors) tensors.set(key, { dims, data: await weights.readFloats(key) })
  return { text: buildClipText(config, tensors, { storage }), vision: buildClipVision(config, tensors, { storage }) }
}

function parseFile<T extends v.GenericSchema>(name: string, bytes: Uint8Array | null, schema: T): v.InferOutput<T> {
  if (!bytes) throw new FormatError('clip', `${name} is missing`)
  return parseJson('clip', name, new TextDecoder().decode(bytes), schema)
}
