// The U-Net of a retrieval-augmented diffusion model as an ONNX graph: `UNetModel` of the reference, for any configuration.

import { FormatError } from '../formats/format-error.ts'
import type { UnetConfig } from '../pack/manifest.ts'
import { type Batch, batchOf, spatialTransformer } from './attention.ts'
import { conv, groupNorm, linear, silu, upsample } from './blocks.ts'
import { GraphBuilder, type GraphOptions, shapesOf, type Value } from './graph-builder.ts'
import type { WeightCatalog } from './weight-catalog.ts'

/** What precedes the U-Net's keys in a checkpoint. */
export const UNET_PREFIX = 'model.diffusion_model.'

/**
 * The U-Net's graph.
 *
 * Inputs, all float32: `sample` [B, in, h, w], `timestep` [B], `context` [B, n, dim]; output: `eps` [B, out, h, w], float32.
 * h and w are multiples of 2^(levels - 1). Throws FormatError where a weight is missing or of another shape.
 */
export function buildUnet(config: UnetConfig, weights: WeightCatalog, options: GraphOptions): Uint8Array {
  const g = new GraphBuilder(weights, options)
  addUnet(g, config)
  return g.build('unet')
}

/** Every tensor of a U-Net checkpoint of this configuration: its key, prefix included, and its dimensions. */
export function unetShapes(config: UnetConfig): ReadonlyMap<string, readonly number[]> {
  return shapesOf((g) => addUnet(g, config))
}

/** What every block takes besides the picture. */
interface Conditions {
  /** SiLU of the time embedding, [B, 4 · model_channels]. */
  readonly embedding: Value
  /** [B · n, dim] */
  readonly context: Value
  readonly batch: Batch
}

interface Walk {
  h: Value
  channels: number
  /** The downsampling factor that `h` is at. */
  factor: number
  readonly skips: { readonly value: Value; readonly channels: number }[]
}

function addUnet(g: GraphBuilder, config: UnetConfig): void {
  const sample = g.input('sample', 'float32', ['batch', config.in_channels, 'height', 'width'])
  const timestep = g.input('timestep', 'float32', ['batch'])
  const context = g.input('context', 'float32', ['batch', 'tokens', config.context_dim])
  const rows = g.node('context', 'Reshape', [context, g.constant('int64', [-1, config.context_dim])])
  const conditions: Conditions = {
    embedding: timeEmbedding(g, config, timestep),
    context: g.cast('context', rows, 'float32', g.type),
    batch: batchOf(g, sample),
  }
  const walk: Walk = {
    h: g.cast('sample', sample, 'float32', g.type),
    channels: config.in_channels,
    factor: 1,
    skips: [],
  }
  addInputBlocks(g, config, conditions, walk)
  addMiddle(g, config, conditions, walk)
  addOutputBlocks(g, config, conditions, walk)
  const path = `${UNET_PREFIX}out`
  const normed = groupNorm(g, `${path}.0`, walk.h, walk.channels, { epsilon: 1e-5, silu: true })
  const eps = conv(g, `${path}.2`, normed, walk.channels, config.out_channels, { kernel: 3 })
  g.output('eps', eps, ['batch', config.out_channels, 'height', 'width'])
}

/**
 * [cos(t f), sin(t f)] with f_i = 10000^(-i / half), through two linear layers: in float32 whatever the graph's type, since
 * t · f goes to 999 radians. SiLU of the result, as every residual block begins with it.
 */
function timeEmbedding(g: GraphBuilder, config: UnetConfig, timestep: Value): Value {
  const width = config.model_channels
  const inner = 4 * width
  const path = `${UNET_PREFIX}time_embed`
  const half = width / 2
  const sinusoids = timestepEmbedding(g, timestep, half)
  const layer = (name: string, x: Value, cin: number) => {
    const weights = [g.weight(`${path}.${name}.weight`, [inner, cin]), g.weight(`${path}.${name}.bias`, [inner])]
    const wide = weights.map((weight) => g.cast(weight, weight, g.type, 'float32'))
    return g.node(`${path}.${name}`, 'Gemm', [x, ...wide], { attributes: { transB: { i: 1 } } })
  }
  const hidden = silu(g, `${path}.1`, layer('0', sinusoids, width))
  return g.cast(path, silu(g, path, layer('2', hidden, inner)), 'float32', g.type)
}

/** float32 [B] -> [B, 2 · half], cosines first. */
export function timestepEmbedding(g: GraphBuilder, timestep: Value, half: number): Value {
  const frequencies = Array.from({ length: half }, (_, i) => Math.exp((-Math.log(10000) * i) / half))
  const column = g.node('timestep', 'Reshape', [timestep, g.constant('int64', [-1, 1])])
  const angles = g.node('timestep', 'Mul', [column, g.constant('float32', frequencies, [1, half])])
  const waves = [g.node('timestep', 'Cos', [angles]), g.node('timestep', 'Sin', [angles])]
  return g.node('timestep', 'Concat', waves, { attributes: { axis: { i: 1 } } })
}

function addInputBlocks(g: GraphBuilder, config: UnetConfig, conditions: Conditions, walk: Walk): void {
  const keep = () => walk.skips.push({ value: walk.h, channels: walk.channels })
  const first = config.model_channels
  walk.h = conv(g, `${UNET_PREFIX}input_blocks.0.0`, walk.h, walk.channels, first, { kernel: 3 })
  walk.channels = first
  keep()
  for (const [level, mult] of config.channel_mult.entries()) {
    for (let i = 0; i < config.num_res_blocks; i++) {
      addStage(
        g,
        config,
        conditions,
        walk,
        `${UNET_PREFIX}input_blocks.${walk.skips.length}`,
        mult * config.model_channels,
      )
      keep()
    }
    if (level < config.channel_mult.length - 1) {
      walk.h = downsample(g, `${UNET_PREFIX}input_blocks.${walk.skips.length}.0`, walk.h, walk.channels)
      walk.factor *= 2
      keep()
    }
  }
}

function addMiddle(g: GraphBuilder, config: UnetConfig, conditions: Conditions, walk: Walk): void {
  const path = `${UNET_PREFIX}middle_block`
  const sizes = { cin: walk.channels, cout: walk.channels, embDim: 4 * config.model_channels }
  walk.h = resBlock(g, `${path}.0`, walk.h, conditions.embedding, sizes)
  walk.h = transformer(g, config, conditions, `${path}.1`, walk.h, walk.channels)
  walk.h = resBlock(g, `${path}.2`, walk.h, conditions.embedding, sizes)
}

function addOutputBlocks(g: GraphBuilder, config: UnetConfig, conditions: Conditions, walk: Walk): void {
  let index = 0
  for (const [level, mult] of [...config.channel_mult.entries()].reverse()) {
    for (let i = 0; i <= config.num_res_blocks; i++) {
      const path = `${UNET_PREFIX}output_blocks.${index++}`
      const skip = walk.skips.pop()
      if (skip === undefined) throw new RangeError('U-Net: more output blocks than input blocks')
      walk.h = g.node(path, 'Concat', [walk.h, skip.value], { attributes: { axis: { i: 1 } } })
      walk.channels += skip.channels
      const layers = addStage(g, config, conditions, walk, path, mult * config.model_channels)
      if (level > 0 && i === config.num_res_blocks) {
        walk.h = upsample(g, `${path}.${layers}`, walk.h, walk.channels)
        walk.factor /= 2
      }
    }
  }
}

/** A residual block, and a transformer where this factor has attention; returns how many layers that made. */
function addStage(
  g: GraphBuilder,
  config: UnetConfig,
  conditions: Conditions,
  walk: Walk,
  path: string,
  cout: number,
): number {
  const sizes = { cin: walk.channels, cout, embDim: 4 * config.model_channels }
  walk.h = resBlock(g, `${path}.0`, walk.h, conditions.embedding, sizes)
  walk.channels = cout
  if (!config.attention_resolutions.includes(walk.factor)) return 1
  walk.h = transformer(g, config, conditions, `${path}.1`, walk.h, cout)
  return 2
}

/** Heads of an attention over so many channels. Throws FormatError where they cannot be shared out. */
export function headsAt({ num_heads, num_head_channels }: UnetConfig, channels: number): number {
  const heads = num_heads ?? channels / (num_head_channels ?? Number.NaN)
  if (Number.isInteger(heads) && Number.isInteger(channels / heads)) return heads
  const given = num_heads === undefined ? `heads of ${num_head_channels}` : `${num_heads} heads`
  throw new FormatError('config', `${channels} channels are not whole ${given}`)
}

function transformer(
  g: GraphBuilder,
  config: UnetConfig,
  conditions: Conditions,
  path: string,
  x: Value,
  channels: number,
): Value {
  return spatialTransformer(g, path, x, conditions.context, conditions.batch, {
    channels,
    heads: headsAt(config, channels),
    contextDim: config.context_dim,
    depth: config.transformer_depth,
  })
}

/**
 * The U-Net's ResBlock over [B, cin, H, W].
 * @param embedding SiLU of the time embedding, [B, embDim]
 */
export function resBlock(
  g: GraphBuilder,
  path: string,
  x: Value,
  embedding: Value,
  sizes: { readonly cin: number; readonly cout: number; readonly embDim: number },
): Value {
  const { cin, cout, embDim } = sizes
  const norm = { epsilon: 1e-5, silu: true }
  const inner = conv(g, `${path}.in_layers.2`, groupNorm(g, `${path}.in_layers.0`, x, cin, norm), cin, cout, {
    kernel: 3,
  })
  const projected = linear(g, `${path}.emb_layers.1`, embedding, embDim, cout)
  const column = g.node(path, 'Reshape', [projected, g.constant('int64', [0, cout, 1, 1])])
  const timed = g.node(path, 'Add', [inner, column])
  const normed = groupNorm(g, `${path}.out_layers.0`, timed, cout, norm)
  const h = conv(g, `${path}.out_layers.3`, normed, cout, cout, { kernel: 3 })
  const skip = cin === cout ? x : conv(g, `${path}.skip_connection`, x, cin, cout, { kernel: 1 })
  return g.node(path, 'Add', [skip, h])
}

/** Halving by a strided convolution padded alike on every side (the autoencoder's is not). */
export function downsample(g: GraphBuilder, path: string, x: Value, channels: number): Value {
  return conv(g, `${path}.op`, x, channels, channels, { kernel: 3, stride: 2 })
}
