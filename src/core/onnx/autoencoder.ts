// The two halves of the autoencoder as ONNX graphs: `AutoencoderKL` of the reference, for any configuration.

import type { AutoencoderConfig } from '../pack/manifest.ts'
import { type Batch, batchOf, pixelAttention } from './attention.ts'
import { conv, groupNorm, upsample } from './blocks.ts'
import { GraphBuilder, type GraphOptions, shapesOf, type Value } from './graph-builder.ts'
import type { WeightCatalog } from './weight-catalog.ts'

/** What precedes the autoencoder's keys in a checkpoint. */
export const AUTOENCODER_PREFIX = 'first_stage_model.'

export interface DecoderOptions extends GraphOptions {
  /** Latents are divided by this first. */
  readonly scaleFactor: number
}

/**
 * The decoder's graph: float32 `latents` [B, embed_dim, h, w] as the sampler leaves them -> float32 `image`
 * [B, out_ch, f h, f w], nominally -1..1 and not clamped; f = 2^(levels - 1).
 */
export function buildDecoder(config: AutoencoderConfig, weights: WeightCatalog, options: DecoderOptions): Uint8Array {
  const g = new GraphBuilder(weights, options)
  addDecoder(g, config, options.scaleFactor)
  return g.build('decoder')
}

/**
 * The encoder's graph: float32 `image` [B, in_channels, f h, f w] in -1..1 -> float32 `moments` [B, 2 · embed_dim, h, w]:
 * mean, then log-variance (not clamped), neither multiplied by the scale factor.
 */
export function buildEncoder(config: AutoencoderConfig, weights: WeightCatalog, options: GraphOptions): Uint8Array {
  const g = new GraphBuilder(weights, options)
  addEncoder(g, config)
  return g.build('encoder')
}

/** Every tensor of an autoencoder checkpoint of this configuration: its key, prefix included, and its dimensions. */
export function autoencoderShapes(config: AutoencoderConfig): ReadonlyMap<string, readonly number[]> {
  return new Map([...shapesOf((g) => addEncoder(g, config)), ...shapesOf((g) => addDecoder(g, config, 1))])
}

function addDecoder(g: GraphBuilder, config: AutoencoderConfig, scaleFactor: number): void {
  const latents = g.input('latents', 'float32', ['batch', config.embed_dim, 'height', 'width'])
  const batch = batchOf(g, latents)
  const unscaled = g.node('latents', 'Div', [latents, g.constant('float32', [scaleFactor], [])])
  const z = g.cast('latents', unscaled, 'float32', g.type)
  const quantised = conv(g, `${AUTOENCODER_PREFIX}post_quant_conv`, z, config.embed_dim, config.z_channels, {
    kernel: 1,
  })
  const path = `${AUTOENCODER_PREFIX}decoder`
  const levels = [...config.ch_mult.entries()].reverse()
  let channels = config.ch * (levels[0]?.[1] ?? 1)
  let h = conv(g, `${path}.conv_in`, quantised, config.z_channels, channels, { kernel: 3 })
  h = middle(g, `${path}.mid`, h, batch, channels)
  for (const [level, mult] of levels) {
    const run = { level, cin: channels, cout: config.ch * mult, blocks: config.num_res_blocks + 1 }
    h = addLevel(g, config, `${path}.up.${level}`, h, batch, run)
    channels = run.cout
    if (level > 0) h = upsample(g, `${path}.up.${level}.upsample`, h, channels)
  }
  const image = ending(g, path, h, channels, config.out_ch)
  g.output('image', image, ['batch', config.out_ch, 'image_height', 'image_width'])
}

function addEncoder(g: GraphBuilder, config: AutoencoderConfig): void {
  const image = g.input('image', 'float32', ['batch', config.in_channels, 'image_height', 'image_width'])
  const batch = batchOf(g, image)
  const path = `${AUTOENCODER_PREFIX}encoder`
  let channels = config.ch
  const pixels = g.cast('image', image, 'float32', g.type)
  let h = conv(g, `${path}.conv_in`, pixels, config.in_channels, channels, { kernel: 3 })
  for (const [level, mult] of config.ch_mult.entries()) {
    const run = { level, cin: channels, cout: config.ch * mult, blocks: config.num_res_blocks }
    h = addLevel(g, config, `${path}.down.${level}`, h, batch, run)
    channels = run.cout
    if (level < config.ch_mult.length - 1) h = paddedDownsample(g, `${path}.down.${level}.downsample`, h, channels)
  }
  h = middle(g, `${path}.mid`, h, batch, channels)
  const doubled = 2 * config.z_channels
  const quantised = ending(g, path, h, channels, doubled)
  const moments = conv(g, `${AUTOENCODER_PREFIX}quant_conv`, quantised, doubled, 2 * config.embed_dim, { kernel: 1 })
  g.output('moments', moments, ['batch', 2 * config.embed_dim, 'height', 'width'])
}

interface Level {
  readonly level: number
  readonly cin: number
  readonly cout: number
  readonly blocks: number
}

/** A level's residual blocks, each followed by attention where the config's nominal size at this level asks for it. */
function addLevel(g: GraphBuilder, config: AutoencoderConfig, path: string, x: Value, batch: Batch, run: Level): Value {
  const attention = config.attn_resolutions.includes(Math.floor(config.resolution / 2 ** run.level))
  let h = x
  for (let i = 0; i < run.blocks; i++) {
    h = resnetBlock(g, `${path}.block.${i}`, h, i === 0 ? run.cin : run.cout, run.cout)
    if (attention) h = pixelAttention(g, `${path}.attn.${i}`, h, batch, run.cout)
  }
  return h
}

function middle(g: GraphBuilder, path: string, x: Value, batch: Batch, channels: number): Value {
  const first = resnetBlock(g, `${path}.block_1`, x, channels, channels)
  const attended = pixelAttention(g, `${path}.attn_1`, first, batch, channels)
  return resnetBlock(g, `${path}.block_2`, attended, channels, channels)
}

function ending(g: GraphBuilder, path: string, x: Value, cin: number, cout: number): Value {
  const normed = groupNorm(g, `${path}.norm_out`, x, cin, { epsilon: 1e-6, silu: true })
  return conv(g, `${path}.conv_out`, normed, cin, cout, { kernel: 3 })
}

/** The autoencoder's ResnetBlock over [B, cin, H, W]. */
export function resnetBlock(g: GraphBuilder, path: string, x: Value, cin: number, cout: number): Value {
  const norm = { epsilon: 1e-6, silu: true }
  const inner = conv(g, `${path}.conv1`, groupNorm(g, `${path}.norm1`, x, cin, norm), cin, cout, { kernel: 3 })
  const h = conv(g, `${path}.conv2`, groupNorm(g, `${path}.norm2`, inner, cout, norm), cout, cout, { kernel: 3 })
  const skip = cin === cout ? x : conv(g, `${path}.nin_shortcut`, x, cin, cout, { kernel: 1 })
  return g.node(path, 'Add', [skip, h])
}

/** Halving by a strided convolution after a row of zeros at the bottom and a column at the right. */
export function paddedDownsample(g: GraphBuilder, path: string, x: Value, channels: number): Value {
  return conv(g, `${path}.conv`, x, channels, channels, { kernel: 3, stride: 2, pads: [0, 0, 1, 1] })
}
