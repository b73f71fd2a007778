// CLIP's two towers as single-file ONNX graphs, in the form that transformers.js loads: Hugging Face's CLIPModel keys.

import * as v from 'valibot'
import { FormatError } from '../formats/format-error.ts'
import { quantize } from '../pack/weights.ts'
import { floatToHalfArray } from '../tensor/half.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { attend, type Batch, batchOf } from './attention.ts'
import { GraphBuilder, type Value } from './graph-builder.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(1))

/** What both towers' configurations have; defaults are those of Hugging Face's CLIPConfig. */
const tower = {
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  hidden_act: v.optional(v.picklist(['quick_gelu', 'gelu']), 'quick_gelu'),
  layer_norm_eps: v.optional(v.number(), 1e-5),
}

const clipConfig = v.object({
  projection_dim: v.optional(count, 512),
  text_config: v.object({
    ...tower,
    vocab_size: v.optional(count, 49408),
    max_position_embeddings: v.optional(count, 77),
    eos_token_id: v.optional(v.number(), 49407),
  }),
  vision_config: v.object({ ...tower, image_size: v.optional(count, 224), patch_size: v.optional(count, 32) }),
})

export type ClipConfig = v.InferOutput<typeof clipConfig>

type TowerConfig = Omit<ClipConfig['text_config'], 'vocab_size' | 'max_position_embeddings' | 'eos_token_id'>

/** Reads a CLIPModel's config.json, already parsed. Throws FormatError where a size is missing or the activation unknown. */
export function parseClipConfig(json: unknown): ClipConfig {
  const result = v.safeParse(clipConfig, json)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new FormatError('config.json', `${v.getDotPath(issue) ?? 'root'}: ${issue.message}`)
}

/** A checkpoint's tensors in memory; a Map will do. */
export interface ClipTensors {
  get(key: string): Tensor | undefined
}

export interface ClipOptions {
  /** How weights lie in the file: ONNX Runtime widens them to float32 once, when it loads the graph, and computes in float32. */
  readonly storage: 'fp32' | 'fp16' | 'int8'
}

/** In Hugging Face configurations from before this field was filled in: the end mark is then the largest id in the row. */
const UNSET_EOS = 2

/** Added to scores of later tokens; softmax makes exactly 0 of it. */
const MASKED = -1e9

/**
 * The text tower: `input_ids` int64 [B, n], n up to max_position_embeddings -> `text_embeds` float32 [B, projection_dim], not
 * normalised. Read at the first end mark under a causal mask, so that padding after it has no effect and no attention mask is
 * needed. Throws FormatError where a tensor is missing or of another shape.
 */
export function buildClipText(config: ClipConfig, tensors: ClipTensors, options: ClipOptions): Uint8Array {
  const { text_config: text, projection_dim: dim } = config
  const { vocab_size: words, max_position_embeddings: longest, hidden_size: width } = text
  const t = new TowerBuilder(tensors, options)
  const { g } = t
  const ids = g.input('input_ids', 'int64', ['batch', 'tokens'])
  const batch = batchOf(g, ids)
  const length = g.node('tokens', 'Shape', [ids], { attributes: { start: { i: 1 }, end: { i: 2 } } })
  const path = 'text_model.embeddings'
  const tokens = g.node(path, 'Gather', [t.weight(`${path}.token_embedding.weight`, [words, width]), ids])
  const table = t.weight(`${path}.position_embedding.weight`, [longest, width])
  const positions = g.node(path, 'Slice', [table, g.constant('int64', [0]), length, g.constant('int64', [0])])
  const embedded = g.node(path, 'Add', [tokens, positions])
  const rows = g.node(path, 'Reshape', [embedded, g.constant('int64', [-1, width])])
  const encoded = addLayers(t, 'text_model.encoder', rows, batch, text, causalMask(g, longest, length))
  const normed = t.layerNorm('text_model.final_layer_norm', encoded, width, text.layer_norm_eps)
  const pooled = g.node(
    'pool',
    'GatherND',
    [g.node('pool', 'Reshape', [normed, g.node('pool', 'Shape', [embedded])]), endOf(g, ids, text.eos_token_id)],
    {
      attributes: { batch_dims: { i: 1 } },
    },
  )
  g.output('text_embeds', t.linear('text_projection', pooled, width, dim, false), ['batch', dim])
  return g.build('clip-text')
}

/** int64 [B, 1]: where each row is read. */
function endOf(g: GraphBuilder, ids: Value, eos: number): Value {
  const scores = eos === UNSET_EOS ? ids : g.node('pool', 'Equal', [ids, g.constant('int64', [eos], [])])
  const from = eos === UNSET_EOS ? 'int64' : 'bool'
  // ArgMax takes the first of equals.
  return g.node('pool', 'ArgMax', [g.cast('pool', scores, from, 'float32')], {
    attributes: { axis: { i: 1 }, keepdims: { i: 1 } },
  })
}

/** float32 [1, 1, n, n], n = `length`. */
function causalMask(g: GraphBuilder, longest: number, length: Value): Value {
  const mask = new Float32Array(longest * longest)
  for (let row = 0; row < longest; row++) mask.fill(MASKED, row * longest + row + 1, (row + 1) * longest)
  const whole = g.embed('causal_mask', 'float32', [1, 1, longest, longest], new Uint8Array(mask.buffer))
  const ends = g.node('mask', 'Concat', [length, length], { attributes: { axis: { i: 0 } } })
  return g.node('mask', 'Slice', [whole, g.constant('int64', [0, 0]), ends, g.constant('int64', [2, 3])])
}

/**
 * The vision tower: `pixel_values` float32 [B, 3, image_size, image_size], already normalised -> `image_embeds` float32
 * [B, projection_dim], not normalised; read at the class token. Throws FormatError likewise.
 */
export function buildClipVision(config: ClipConfig, tensors: ClipTensors, options: ClipOptions): Uint8Array {
  const { vision_config: vision, projection_dim: dim } = config
  const { image_size: side, patch_size: patch, hidden_size: width } = vision
  const t = new TowerBuilder(tensors, options)
  const { g } = t
  const pixels = g.input('pixel_values', 'float32', ['batch', 3, side, side])
  const batch = batchOf(g, pixels)
  const path = 'vision_model.embeddings'
  const patches = g.node(path, 'Conv', [pixels, t.weight(`${path}.patch_embedding.weight`, [width, 3, patch, patch])], {
    attributes: { kernel_shape: { ints: [patch, patch] }, strides: { ints: [patch, patch] } },
  })
  const flat = g.node(path, 'Reshape', [patches, g.constant('int64', [0, width, -1])])
  const tokens = g.node(path, 'Transpose', [flat], { attributes: { perm: { ints: [0, 2, 1] } } })
  const repeats = g.node(path, 'Concat', [batch.size, g.constant('int64', [1, 1])], { attributes: { axis: { i: 0 } } })
  const first = g.node(path, 'Expand', [t.weight(`${path}.class_embedding`, [width]), repeats])
  const sequence = g.node(path, 'Concat', [first, tokens], { attributes: { axis: { i: 1 } } })
  const places = t.weight(`${path}.position_embedding.weight`, [Math.floor(side / patch) ** 2 + 1, width])
  const embedded = g.node(path, 'Add', [sequence, places])
  const rows = g.node(path, 'Reshape', [embedded, g.constant('int64', [-1, width])])
  const start = t.layerNorm('vision_model.pre_layrnorm', rows, width, vision.layer_norm_eps) // Hugging Face's spelling
  const encoded = addLayers(t, 'vision_model.encoder', start, batch, vision)
  const shaped = g.node('pool', 'Reshape', [encoded, g.node('pool', 'Shape', [embedded])])
  const read = g.node('pool', 'Gather', [shaped, g.constant('int64', [0], [])], { attributes: { axis: { i: 1 } } })
  const normed = t.layerNorm('vision_model.post_layernorm', read, width, vision.layer_norm_eps)
  g.output('image_embeds', t.linear('visual_projection', normed, width, dim, false), ['batch', dim])
  return g.build('clip-vision')
}

function addLayers(t: TowerBuilder, path: string, x: Value, batch: Batch, config: TowerConfig, mask?: Value): Value {
  const { g } = t
  const { hidden_size: width, intermediate_size: inner, layer_norm_eps: epsilon } = config
  const sizes = { channels: width, heads: config.num_attention_heads }
  let h = x
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const layer = `${path}.layers.${i}`
    const own = `${layer}.self_attn`
    const normed = t.layerNorm(`${layer}.layer_norm1`, h, width, epsilon)
    const [q, k, value] = [
      t.linear(`${own}.q_proj`, normed, width, width),
      t.linear(`${own}.k_proj`, normed, width, width),
      t.linear(`${own}.v_proj`, normed, width, width),
    ]
    const attended = t.linear(`${own}.out_proj`, attend(g, own, [q, k, value], batch, sizes, mask), width, width)
    h = g.node(layer, 'Add', [h, attended])
    const hidden = t.linear(`${layer}.mlp.fc1`, t.layerNorm(`${layer}.layer_norm2`, h, width, epsilon), width, inner)
    const active = activate(g, `${layer}.mlp`, hidden, config.hidden_act)
    h = g.node(layer, 'Add', [h, t.linear(`${layer}.mlp.fc2`, active, inner, width)])
  }
  return h
}

/** quick_gelu is x · sigmoid(1.702 x), which OpenAI's towers were trained with; ONNX Runtime fuses it. */
function activate(g: GraphBuilder, path: string, x: Value, activation: TowerConfig['hidden_act']): Value {
  if (activation === 'gelu') return g.node(path, 'Gelu', [x])
  const scaled = g.node(path, 'Mul', [x, g.constant('float32', [1.702], [])])
  return g.node(path, 'Mul', [x, g.node(path, 'Sigmoid', [scaled])])
}

/** Layers over weights that are embedded in the graph, stored narrower than the float32 that they are used in. */
class TowerBuilder {
  readonly g = new GraphBuilder(null, { dtype: 'fp32', variant: 'portable' })
  readonly #tensors: ClipTensors
  readonly #storage: ClipOptions['storage']

  constructor(tensors: ClipTensors, options: ClipOptions) {
    this.#tensors = tensors
    this.#storage = options.storage
  }

  /** A tensor as float32: cast from float16, or from int8 times one scale for each index of dimension 0. */
  weight(key: string, dims: readonly number[]): Value {
    const stored = this.#tensors.get(key)
    if (stored?.dims.join() !== dims.join()) {
      throw new FormatError(
        'checkpoint',
        `${key} is ${stored ? `[${stored.dims.join(', ')}]` : 'missing'}, not [${dims.join(', ')}]`,
      )
    }
    const { g } = this
    const { data } = stored
    if (this.#storage === 'fp32' || dims.length < 2) return g.embed(key, 'float32', dims, bytesOf(data))
    if (this.#storage === 'fp16') {
      return g.cast(key, g.embed(key, 'float16', dims, bytesOf(floatToHalfArray(data))), 'float16', 'float32')
    }
    const { values, scales } = quantize(data, dims)
    const wide = g.cast(key, g.embed(key, 'int8', dims, bytesOf(values)), 'int8', 'float32')
    const column = [scales.length, ...dims.slice(1).map(() => 1)]
    return g.node(key, 'Mul', [wide, g.embed(`${key}.scale`, 'float32', column, bytesOf(scales))])
  }

  /** [rows, cin] -> [rows, cout]; see `linear` in blocks.ts. */
  linear(path: string, x: Value, cin: number, cout: number, bias = true): Value {
    const inputs = [x, this.weight(`${path}.weight`, [cout, cin])]
    if (bias) inputs.push(this.weight(`${path}.bias`, [cout]))
    return this.g.node(path, 'Gemm', inputs, { attributes: { transB: { i: 1 } } })
  }

  layerNorm(path: string, x: Value, width: number, epsilon: number): Value {
    const inputs = [x, this.weight(`${path}.weight`, [width]), this.weight(`${path}.bias`, [width])]
    return this.g.node(path, 'LayerNormalization', inputs, { attributes: { axis: { i: -1 }, epsilon: { f: epsilon } } })
  }
}

function bytesOf(values: Float32Array | Uint16Array | Int8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
