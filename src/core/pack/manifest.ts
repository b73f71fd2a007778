// pack.json: what a model pack says of itself, and the only way in which one is read.

import * as v from 'valibot'
import { parseJson } from '../formats/parse-json.ts'

/** Channels, rows, steps: what the app makes arrays of. */
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 24))
const elements = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 42))
/** JSON's 1e999 is an infinity. */
const finite = v.pipe(v.number(), v.finite())
const path = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/))
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** Of pack.json itself: those of the largest models have a few hundred thousand. */
export const MOST_MANIFEST_BYTES = 16 * 1024 * 1024

/** Longer files are hashed in chunks of this many bytes, so that an interrupted download resumes and damage shows early. */
export const CHUNK_BYTES = 8 * 1024 * 1024

const file = v.pipe(
  v.object({
    byteLength: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 42)),
    sha256,
    /** SHA-256 of each CHUNK_BYTES, in order, the last chunk maybe shorter; packs of before chunk hashes have none. */
    chunks: v.optional(v.array(sha256)),
  }),
  v.check(
    ({ byteLength, chunks }) => chunks === undefined || chunks.length === Math.ceil(byteLength / CHUNK_BYTES),
    'the number of chunk hashes does not fit the length',
  ),
)

/** The U-Net's hyperparameters, in the words of the authors' configuration files. */
const unetConfig = v.object({
  in_channels: count,
  out_channels: count,
  model_channels: count,
  channel_mult: v.array(count),
  num_res_blocks: count,
  /** Downsampling factors at which there is attention. */
  attention_resolutions: v.array(count),
  /** Width of an attention head at every level; where it is not given, `num_heads` is. */
  num_head_channels: v.optional(count),
  /** Heads at every level, whose width then follows from the level's channels. */
  num_heads: v.optional(count),
  transformer_depth: count,
  context_dim: count,
})

/** The autoencoder's hyperparameters, likewise. */
const autoencoderConfig = v.object({
  embed_dim: count,
  z_channels: count,
  in_channels: count,
  out_ch: count,
  ch: count,
  ch_mult: v.array(count),
  num_res_blocks: count,
  /** Sizes, counted from `resolution`, at which there is attention. */
  attn_resolutions: v.array(count),
  resolution: count,
})

/** One ONNX graph: the same weights may serve several. */
const graph = v.object({
  /** 'portable' runs on every provider; 'webgpu' uses operators that only WebGPU's has fused kernels for. */
  variant: v.picklist(['portable', 'webgpu']),
  /** Type of weights and activations inside; inputs and outputs are float32 in both. */
  dtype: v.picklist(['fp32', 'fp16']),
  file: path,
  /** The graph's external data: `location` as the graph names it, filled from the weight shard `shard`. */
  externalData: v.array(v.object({ location: path, shard: path })),
})

const part = v.object({
  graphs: v.pipe(v.array(graph), v.minLength(1)),
  /** Safetensors files with the weights. */
  shards: v.array(path),
  /**
   * How the shards store weights: 'fp32' and 'fp16' are used as they lie; 'int8' is symmetric, with one float32 scale for
   * each output channel, and is widened to a graph's dtype on load.
   */
  storage: v.picklist(['fp32', 'fp16', 'int8']),
})

const builtInDatabase = v.object({
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  name: v.string(),
  rows: count,
  /** True where the pictures' style was kept from the U-Net's and the autoencoder's training. */
  heldOut: v.boolean(),
  file: path,
})

const manifest = v.object({
  format: v.literal('kindred-pack'),
  version: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)),
  name: v.string(),
  description: v.string(),
  diffusion: v.object({
    unet: unetConfig,
    autoencoder: autoencoderConfig,
    /** Latents are multiplied by this after encoding, and divided before decoding. */
    scaleFactor: finite,
    /** Noise schedule: betas = linspace(sqrt(linearStart), sqrt(linearEnd), timesteps)². */
    schedule: v.object({ linearStart: finite, linearEnd: finite, timesteps: count }),
    /** Width and height, in pixels, that the model was trained on. */
    nativeSize: count,
    /** Linear preview: pixel (-1..1, a sixteenth of the size) = matrix [3][channels] · latent + bias [3]; null where unknown. */
    latentToRgb: v.nullable(v.object({ matrix: v.array(v.array(finite)), bias: v.array(finite) })),
  }),
  denoiser: part,
  decoder: part,
  encoder: v.nullable(part),
  clip: v.nullable(
    v.object({
      /** Folder in Hugging Face layout. */
      folder: path,
      /** SHA-256 over the towers' weights: databases name the CLIP that made them by it. */
      id: sha256,
      dim: count,
      maxTokens: count,
      imageSide: count,
      /** How pictures are brought to the tower's square: the RDM reference squashes, CLIP's own code crops. */
      preprocess: v.picklist(['squash', 'center-crop']),
      mean: v.array(finite),
      std: v.array(finite),
      /** Words that the text tower was trained on; empty where that is the open language. */
      vocabulary: v.array(v.string()),
    }),
  ),
  /** In the order in which people see them. */
  databases: v.array(builtInDatabase),
  /** A zip with a picture of each database, for its card; packs of before covers have none, nor those without pictures. */
  covers: v.optional(path),
  /** Numbers in the denoiser's and the decoder's weights, and in the largest tensor of them: what loading takes follows. */
  weights: v.optional(v.object({ elements, largestTensor: elements })),
  /** Every other file of the pack, by path. */
  files: v.record(path, file),
})

export type PackManifest = v.InferOutput<typeof manifest>
export type PackPart = v.InferOutput<typeof part>
export type PackGraph = v.InferOutput<typeof graph>
export type UnetConfig = v.InferOutput<typeof unetConfig>
export type AutoencoderConfig = v.InferOutput<typeof autoencoderConfig>
export type ClipDescription = NonNullable<PackManifest['clip']>
export type BuiltInDatabase = v.InferOutput<typeof builtInDatabase>

/** Reads the text of a pack.json. Throws FormatError where it is not JSON, of another version, or misses a field. */
export function parsePackManifest(text: string): PackManifest {
  return parseJson('pack.json', null, text, manifest)
}
