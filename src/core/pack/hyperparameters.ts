// Reads a model's hyperparameters off its tensors' shapes, and the rest off the authors' configuration.
// Shapes and keys: CompVis/latent-diffusion, ldm/modules/diffusionmodules/openaimodel.py:443-700 and model.py:368-568.

import * as v from 'valibot'
import { FormatError } from '../formats/format-error.ts'
import type { AutoencoderConfig, UnetConfig } from './manifest.ts'

/** Tensor dimensions by key, without prefix. */
export type Shapes = ReadonlyMap<string, readonly number[]>

const numbers = v.array(v.number())

const params = v.object({
  /** Where not given, the checkpoint's own betas tell. */
  linear_start: v.optional(v.number()),
  linear_end: v.optional(v.number()),
  timesteps: v.optional(v.number(), 1000),
  /** Latents' width and height in training. */
  image_size: v.optional(v.number(), 48),
  scale_factor: v.optional(v.number(), 0.22765929),
  unet_config: v.optional(v.object({ params: v.record(v.string(), v.unknown()) })),
  first_stage_config: v.optional(
    v.object({ params: v.looseObject({ ddconfig: v.optional(v.record(v.string(), v.unknown()), {}) }) }),
  ),
})

const settings = v.object({
  id: v.optional(v.string(), 'rdm'),
  name: v.optional(v.string(), 'Retrieval-augmented diffusion model'),
  description: v.optional(v.string(), ''),
  vocabulary: v.optional(v.array(v.string())),
  latent_to_rgb: v.optional(v.nullable(v.object({ matrix: v.array(numbers), bias: numbers })), null),
  params: v.optional(params, {}),
})

/** What shapes cannot tell. Defaults are those of the authors' rdm768x768 (configs/retrieval-augmented-diffusion/768x768.yaml). */
export type ModelSettings = v.InferOutput<typeof settings>

/**
 * Takes the authors' YAML, parsed (`model: { params }`), or the same keys without `model`, beside this project's own `id`,
 * `name`, `description`, `vocabulary` and `latent_to_rgb`. Throws FormatError('config', …).
 */
export function parseModelSettings(json: unknown): ModelSettings {
  const model = isRecord(json) && isRecord(json.model) ? { ...json, params: json.model.params } : json
  const result = v.safeParse(settings, model)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new FormatError('config', `${v.getDotPath(issue) ?? 'root'}: ${issue.message}`)
}

/** Width of an attention head where nothing tells it: that of the authors' rdm768x768. */
export const ASSUMED_HEAD_CHANNELS = 32

/** The U-Net's hyperparameters. Throws FormatError where the shapes are no such U-Net's, or the configuration disagrees. */
export function readUnetConfig(shapes: Shapes, given: ModelSettings): UnetConfig {
  const config = given.params.unet_config?.params ?? {}
  const [modelChannels, inChannels] = weightDims(shapes, 'input_blocks.0.0', 4)
  const [outChannels] = weightDims(shapes, 'out.2', 4)
  const levels = readLevels(shapes, modelChannels)
  const counts = new Set(levels.map((level) => level.blocks))
  if (counts.size !== 1) throw new FormatError('checkpoint', `levels have ${[...counts].join(' and ')} blocks`)
  const middle = 'middle_block.1.transformer_blocks'
  const depth = countOf((i) => shapes.has(`${middle}.${i}.attn1.to_q.weight`))
  const [, contextDim] = weightDims(shapes, `${middle}.0.attn2.to_k`, 2)
  const read: UnetConfig = {
    in_channels: inChannels,
    out_channels: outChannels,
    model_channels: modelChannels,
    channel_mult: levels.map((level) => level.multiplier),
    num_res_blocks: levels[0]?.blocks ?? 0,
    attention_resolutions: levels.flatMap((level, i) => (level.attention ? [2 ** i] : [])).reverse(),
    ...(givenHeads(given) ?? { num_head_channels: ASSUMED_HEAD_CHANNELS }),
    transformer_depth: depth,
    context_dim: contextDim,
  }
  checkAgreement(
    'unet_config',
    {
      ...config,
      attention_resolutions: sortedDown(config.attention_resolutions, read),
      // Taken from there, not read off the tensors.
      num_head_channels: undefined,
      num_heads: undefined,
    },
    read,
  )
  return read
}

/**
 * What the configuration says of attention heads, which no tensor's shape tells: their width or, only where it does not give
 * that, their number; null where it says neither. -1 is the authors' word for "not given".
 */
export function givenHeads({ params }: ModelSettings): Pick<UnetConfig, 'num_heads' | 'num_head_channels'> | null {
  const { num_head_channels, num_heads } = params.unet_config?.params ?? {}
  if (isCount(num_head_channels)) return { num_head_channels }
  return isCount(num_heads) ? { num_heads } : null
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}

/** The autoencoder's hyperparameters, likewise. */
export function readAutoencoderConfig(shapes: Shapes, given: ModelSettings): AutoencoderConfig {
  const config = given.params.first_stage_config?.params
  const ddconfig = config?.ddconfig ?? {}
  const resolution = typeof ddconfig.resolution === 'number' ? ddconfig.resolution : 256
  const [zChannels, embedDim] = weightDims(shapes, 'post_quant_conv', 4)
  const [channels, inChannels] = weightDims(shapes, 'encoder.conv_in', 4)
  const [outChannels] = weightDims(shapes, 'decoder.conv_out', 4)
  const levels = countOf((level) => shapes.has(`decoder.up.${level}.block.0.conv1.weight`))
  const each = Array.from({ length: levels }, (_, level) => level)
  const read: AutoencoderConfig = {
    embed_dim: embedDim,
    z_channels: zChannels,
    in_channels: inChannels,
    out_ch: outChannels,
    ch: channels,
    ch_mult: each.map((level) => weightDims(shapes, `decoder.up.${level}.block.0.conv1`, 4)[0] / channels),
    num_res_blocks: countOf((block) => shapes.has(`encoder.down.0.block.${block}.conv1.weight`)),
    attn_resolutions: each.flatMap((level) =>
      shapes.has(`encoder.down.${level}.attn.0.q.weight`) ? [resolution / 2 ** level] : [],
    ),
    resolution,
  }
  checkAgreement('first_stage_config', { ...ddconfig, embed_dim: config?.embed_dim }, read)
  return read
}

/** Walks the input blocks: residual blocks up to a downsampling are one level. */
function readLevels(
  shapes: Shapes,
  modelChannels: number,
): { multiplier: number; blocks: number; attention: boolean }[] {
  const levels = [{ multiplier: 1, blocks: 0, attention: false }]
  for (let i = 1; ; i++) {
    const level = levels.at(-1)
    const convolution = shapes.get(`input_blocks.${i}.0.in_layers.2.weight`)
    if (level && convolution) {
      level.multiplier = (convolution[0] ?? 0) / modelChannels
      level.blocks++
      level.attention ||= shapes.has(`input_blocks.${i}.1.proj_in.weight`)
    } else if (shapes.has(`input_blocks.${i}.0.op.weight`)) {
      levels.push({ multiplier: 1, blocks: 0, attention: false })
    } else {
      return levels
    }
  }
}

function weightDims(shapes: Shapes, layer: string, rank: number): readonly [number, number] {
  const dims = shapes.get(`${layer}.weight`)
  const [first, second] = dims ?? []
  if (dims?.length !== rank || first === undefined || second === undefined) {
    const found = dims ? `[${dims.join(', ')}]` : 'missing'
    throw new FormatError('checkpoint', `${layer}.weight is ${found}: not a retrieval-augmented diffusion model`)
  }
  return [first, second]
}

function countOf(has: (index: number) => boolean): number {
  let count = 0
  while (has(count)) count++
  return count
}

/** Order has no meaning in attention_resolutions. */
function sortedDown(value: unknown, read: UnetConfig): unknown {
  if (!Array.isArray(value)) return value
  // Factors that no level has, which some configurations list, say nothing.
  return value.filter((factor) => factor < 2 ** read.channel_mult.length).sort((a, b) => b - a)
}

function checkAgreement(
  where: string,
  given: Readonly<Record<string, unknown>>,
  read: Readonly<Record<string, unknown>>,
): void {
  for (const [key, value] of Object.entries(read)) {
    if (given[key] !== undefined && JSON.stringify(given[key]) !== JSON.stringify(value)) {
      const said = JSON.stringify(given[key])
      throw new FormatError(
        'config',
        `${where}.${key} is ${said}, but the checkpoint's tensors say ${JSON.stringify(value)}`,
      )
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
