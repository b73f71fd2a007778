// Attention over flattened pictures: the U-Net's transformer (self, cross, gated feed-forward) and the autoencoder's single head.

import { groupNorm, linear } from './blocks.ts'
import type { GraphBuilder, Value } from './graph-builder.ts'
import { dataTypeCode } from './onnx-proto.ts'

/** What attention takes of the whole graph. */
export interface Batch {
  /** int64 [1]: the batch size. */
  readonly size: Value
}

/** The batch size of any value whose first dimension it is. */
export function batchOf(g: GraphBuilder, value: Value): Batch {
  return { size: g.node(value, 'Shape', [value], { attributes: { start: { i: 0 }, end: { i: 1 } } }) }
}

export interface Heads {
  readonly channels: number
  readonly heads: number
}

/**
 * Scaled dot-product attention: q [batch · n, C], k and v [batch · m, C] -> [batch · n, C], in float32 whatever the graph's
 * type, as WebGPU's kernels would add up the softmax in float16.
 *
 * The webgpu variant uses the fused operator, which never holds the scores (284 MiB at 2304 tokens of 14 heads). It must not
 * run on adapters with subgroups narrower than 8: from 32 queries on, onnxruntime-web 1.31's kernel gives wrong numbers there.
 * The portable variant is right everywhere; for a whole forward at 2304 tokens it took 1.08 of the fused operator's time on
 * the native CPU provider, and the same in wasm.
 *
 * @param bias added to the scores before softmax, float32 [1, 1, n, m]
 */
export function attend(
  g: GraphBuilder,
  path: string,
  qkv: readonly [q: Value, k: Value, v: Value],
  batch: Batch,
  sizes: Heads,
  bias?: Value,
): Value {
  const [q, k, v] = qkv.map((x) => g.cast(path, x, g.type, 'float32')) as [Value, Value, Value]
  const wide =
    g.variant === 'webgpu'
      ? fused(g, path, [q, k, v], batch, sizes, bias)
      : plain(g, path, [q, k, v], batch, sizes, bias)
  const rows = g.node(path, 'Reshape', [wide, g.constant('int64', [-1, sizes.channels])])
  return g.cast(path, rows, 'float32', g.type)
}

type Operands = readonly [q: Value, k: Value, v: Value]

function fused(g: GraphBuilder, path: string, qkv: Operands, batch: Batch, sizes: Heads, bias?: Value): Value {
  const inputs = qkv.map((x) => unflatten(g, path, x, batch, [sizes.channels]))
  if (bias !== undefined) inputs.push('', '', bias)
  return g.node(path, 'MultiHeadAttention', inputs, {
    domain: 'com.microsoft',
    attributes: { num_heads: { i: sizes.heads } },
  })
}

function plain(g: GraphBuilder, path: string, [q, k, v]: Operands, batch: Batch, sizes: Heads, bias?: Value): Value {
  const size = sizes.channels / sizes.heads
  const split = (x: Value, perm: readonly number[]) =>
    g.node(path, 'Transpose', [unflatten(g, path, x, batch, [sizes.heads, size])], {
      attributes: { perm: { ints: perm } },
    })
  // Scaled before the product rather than after it: n · size numbers instead of n · m.
  const scaled = g.node(path, 'Mul', [split(q, [0, 2, 1, 3]), g.constant('float32', [size ** -0.5], [])])
  const product = g.node(path, 'MatMul', [scaled, split(k, [0, 2, 3, 1])])
  const scores = bias === undefined ? product : g.node(path, 'Add', [product, bias])
  const weights = g.node(path, 'Softmax', [scores], { attributes: { axis: { i: -1 } } })
  const heads = g.node(path, 'MatMul', [weights, split(v, [0, 2, 1, 3])])
  return g.node(path, 'Transpose', [heads], { attributes: { perm: { ints: [0, 2, 1, 3] } } })
}

/** [batch · n, channels] -> [batch, n, ...rest] */
function unflatten(g: GraphBuilder, path: string, x: Value, batch: Batch, rest: readonly number[]): Value {
  const shape = g.shared(`shape ${rest.join()}`, () =>
    g.node('shape', 'Concat', [batch.size, g.constant('int64', [-1, ...rest])], { attributes: { axis: { i: 0 } } }),
  )
  return g.node(path, 'Reshape', [x, shape])
}

export interface TransformerSizes extends Heads {
  readonly contextDim: number
  readonly depth: number
}

/**
 * The U-Net's SpatialTransformer: norm, 1x1 projection, `depth` blocks over the pixels as tokens, projection, plus the input.
 * @param x [B, C, H, W]
 * @param context [B · n, contextDim], of the graph's type
 */
export function spatialTransformer(
  g: GraphBuilder,
  path: string,
  x: Value,
  context: Value,
  batch: Batch,
  sizes: TransformerSizes,
): Value {
  const { channels, depth } = sizes
  const stored = [channels, channels, 1, 1]
  const normed = groupNorm(g, `${path}.norm`, x, channels, { epsilon: 1e-6, silu: false })
  const pixels = toPixels(g, path, normed, channels)
  let h = linear(g, `${path}.proj_in`, pixels.rows, channels, channels, { stored })
  for (let i = 0; i < depth; i++) h = transformerBlock(g, `${path}.transformer_blocks.${i}`, h, context, batch, sizes)
  h = linear(g, `${path}.proj_out`, h, channels, channels, { stored })
  return g.node(path, 'Add', [fromPixels(g, path, h, pixels.shape), x])
}

/** [B, C, H, W] -> [B · H · W, C], and the channels-last shape for the way back. */
function toPixels(g: GraphBuilder, path: string, x: Value, channels: number): { rows: Value; shape: Value } {
  const last = g.node(path, 'Transpose', [x], { attributes: { perm: { ints: [0, 2, 3, 1] } } })
  return {
    rows: g.node(path, 'Reshape', [last, g.constant('int64', [-1, channels])]),
    shape: g.node(path, 'Shape', [last]),
  }
}

function fromPixels(g: GraphBuilder, path: string, rows: Value, shape: Value): Value {
  const last = g.node(path, 'Reshape', [rows, shape])
  return g.node(path, 'Transpose', [last], { attributes: { perm: { ints: [0, 3, 1, 2] } } })
}

function transformerBlock(
  g: GraphBuilder,
  path: string,
  x: Value,
  context: Value,
  batch: Batch,
  sizes: TransformerSizes,
): Value {
  const { channels, contextDim } = sizes
  const normed = (name: string, value: Value) => layerNorm(g, `${path}.${name}`, value, channels)
  const own = normed('norm1', x)
  const self = multiHead(g, `${path}.attn1`, own, own, batch, { ...sizes, contextDim: channels })
  const afterSelf = g.node(path, 'Add', [self, x])
  const cross = multiHead(g, `${path}.attn2`, normed('norm2', afterSelf), context, batch, { ...sizes, contextDim })
  const afterCross = g.node(path, 'Add', [cross, afterSelf])
  return g.node(path, 'Add', [feedForward(g, `${path}.ff`, normed('norm3', afterCross), channels), afterCross])
}

function multiHead(
  g: GraphBuilder,
  path: string,
  x: Value,
  context: Value,
  batch: Batch,
  sizes: TransformerSizes,
): Value {
  const { channels, contextDim } = sizes
  const q = linear(g, `${path}.to_q`, x, channels, channels, { bias: false })
  const k = linear(g, `${path}.to_k`, context, contextDim, channels, { bias: false })
  const v = linear(g, `${path}.to_v`, context, contextDim, channels, { bias: false })
  return linear(g, `${path}.to_out.0`, attend(g, path, [q, k, v], batch, sizes), channels, channels)
}

/**
 * GEGLU: value · GELU(gate), exact (erf). The projection's first half of rows is the value and its second the gate: as two
 * layers over one stored weight, so that nothing is split at run time.
 */
function feedForward(g: GraphBuilder, path: string, x: Value, channels: number): Value {
  const inner = 4 * channels
  const part = (start: number) =>
    linear(g, `${path}.net.0.proj`, x, channels, 2 * inner, { rows: { start, end: start + inner } })
  const gate = g.node(path, 'Gelu', [part(inner)])
  return linear(g, `${path}.net.2`, g.node(path, 'Mul', [part(0), gate]), inner, channels)
}

function layerNorm(g: GraphBuilder, path: string, x: Value, channels: number): Value {
  const weights = [g.weight(`${path}.weight`, [channels]), g.weight(`${path}.bias`, [channels])]
  return g.node(path, 'LayerNormalization', [x, ...weights], {
    // stash_type: statistics in float32 whatever the input's type.
    attributes: { axis: { i: -1 }, epsilon: { f: 1e-5 }, stash_type: { i: dataTypeCode('float32') } },
  })
}

/** The autoencoder's AttnBlock: one head as wide as the channels over all pixels of [B, C, H, W], plus the input. */
export function pixelAttention(g: GraphBuilder, path: string, x: Value, batch: Batch, channels: number): Value {
  const stored = [channels, channels, 1, 1]
  const normed = groupNorm(g, `${path}.norm`, x, channels, { epsilon: 1e-6, silu: false })
  const pixels = toPixels(g, path, normed, channels)
  const project = (name: string, value: Value) => linear(g, `${path}.${name}`, value, channels, channels, { stored })
  const [q, k, v] = [project('q', pixels.rows), project('k', pixels.rows), project('v', pixels.rows)]
  const out = project('proj_out', attend(g, path, [q, k, v], batch, { channels, heads: 1 }))
  return g.node(path, 'Add', [x, fromPixels(g, path, out, pixels.shape)])
}
