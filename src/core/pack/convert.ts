// Turns an authors' checkpoint into a pack: graphs from its shapes, weights in shards, and a pack.json that names it all.

import { createAlphasCumprod, type NoiseSchedule } from '../diffusion/noise-schedule.ts'
import { FormatError } from '../formats/format-error.ts'
import type { TensorSource } from '../formats/tensor-source.ts'
import { AUTOENCODER_PREFIX, autoencoderShapes, buildDecoder, buildEncoder } from '../onnx/autoencoder.ts'
import type { GraphOptions } from '../onnx/graph-builder.ts'
import { buildUnet, UNET_PREFIX, unetShapes } from '../onnx/unet.ts'
import type { WeightCatalog } from '../onnx/weight-catalog.ts'
import { sizeOf } from '../tensor/tensor.ts'
import { type DatabaseFiles, writeDatabases } from './built-in-databases.ts'
import { type ModelSettings, readAutoencoderConfig, readUnetConfig, type Shapes } from './hyperparameters.ts'
import type { ClipDescription, PackGraph, PackManifest, PackPart } from './manifest.ts'
import { locationOf, planShards, type ShardPlan, type Storage, shardChunks, weightCatalog } from './weights.ts'

/** Where the pack's files go; it hashes what passes through, files over CHUNK_BYTES by chunk as well. */
export interface PackSink {
  write(
    path: string,
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<{ readonly byteLength: number; readonly sha256: string; readonly chunks?: string[] }>
}

/** A CLIP as the pack will hold it: files in Hugging Face layout, their paths below `description.folder`. */
export interface ClipFolder {
  readonly description: ClipDescription
  readonly files: ReadonlyMap<string, Uint8Array>
}

export interface ConvertInput extends DatabaseFiles {
  readonly checkpoint: TensorSource
  readonly settings: ModelSettings
  readonly storage: Storage
  readonly clip: ClipFolder | null
}

/** What one part of the model is made of. */
interface PartInput {
  readonly name: 'denoiser' | 'decoder' | 'encoder'
  readonly shapes: Iterable<readonly [key: string, dims: readonly number[]]>
  build(weights: WeightCatalog, options: GraphOptions): Uint8Array
}

const VARIANTS = ['portable', 'webgpu'] as const
/** What precedes the exponential moving averages' names, in which the dots are dropped (ldm/modules/ema.py:16-21). */
const EMA_PREFIX = 'model_ema.'
/** Relative; the buffer is float32, and products of a thousand factors may be summed in another order. */
const SCHEDULE_TOLERANCE = 1e-4

/**
 * Writes every file of the pack, pack.json last, and returns the manifest. One tensor is in memory at a time. The U-Net's
 * moving averages are taken where the checkpoint has them, as the reference samples with them. Throws FormatError where the
 * checkpoint is not such a model's, misses a tensor, or disagrees with the settings.
 *
 * @param onFile called after each file
 */
export async function convertCheckpoint(
  input: ConvertInput,
  sink: PackSink,
  onFile: (path: string, byteLength: number) => void = () => {},
): Promise<PackManifest> {
  const { checkpoint, settings, storage } = input
  const files: PackManifest['files'] = {}
  const write = async (path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
    files[path] = { ...(await sink.write(path, chunks)) }
    onFile(path, files[path].byteLength)
  }
  const unet = readUnetConfig(shapesBelow(checkpoint, UNET_PREFIX), settings)
  const autoencoder = readAutoencoderConfig(shapesBelow(checkpoint, AUTOENCODER_PREFIX), settings)
  const { image_size: latentSize, scale_factor: scaleFactor } = settings.params
  const schedule = await readSchedule(checkpoint, settings)
  const read = (key: string) => checkpoint.readFloats(sourceKey(checkpoint, key))
  const weights = [...unetShapes(unet)]
  const halves = splitAutoencoder(autoencoderShapes(autoencoder))
  for (const [key, dims] of [...weights, ...halves.decoder, ...halves.encoder]) checkShape(checkpoint, key, dims)
  const addPart = (part: PartInput) => writePart(part, storage, read, write)
  const denoiser = await addPart({ name: 'denoiser', shapes: weights, build: (w, o) => buildUnet(unet, w, o) })
  const decoder = await addPart({
    name: 'decoder',
    shapes: halves.decoder,
    build: (w, o) => buildDecoder(autoencoder, w, { ...o, scaleFactor }),
  })
  const encoder = await addPart({
    name: 'encoder',
    shapes: halves.encoder,
    build: (w, o) => buildEncoder(autoencoder, w, o),
  })
  for (const [path, bytes] of input.clip?.files ?? []) await write(`${input.clip?.description.folder}/${path}`, [bytes])
  const styles = await writeDatabases(input, input.clip?.description.id ?? null, write)
  const manifest: PackManifest = {
    format: 'kindred-pack',
    version: 1,
    id: settings.id,
    name: settings.name,
    description: settings.description,
    diffusion: {
      unet,
      autoencoder,
      scaleFactor,
      schedule,
      nativeSize: latentSize * 2 ** (autoencoder.ch_mult.length - 1),
      latentToRgb: settings.latent_to_rgb,
    },
    denoiser,
    decoder,
    encoder,
    clip: input.clip?.description ?? null,
    ...styles,
    weights: countWeights([...weights, ...halves.decoder]),
    files,
  }
  await sink.write('pack.json', [new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`)])
  return manifest
}

/** The tensor to read for a weight: a U-Net's moving average where there is one. */
export function sourceKey(checkpoint: TensorSource, key: string): string {
  if (!key.startsWith(UNET_PREFIX)) return key
  const average = EMA_PREFIX + key.slice('model.'.length).replaceAll('.', '')
  return checkpoint.tensors.has(average) ? average : key
}

async function writePart(
  part: PartInput,
  storage: Storage,
  read: (key: string) => Promise<Float32Array>,
  write: (path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<PackPart> {
  const plans = planShards(part.name, part.shapes, storage)
  const graphs: PackGraph[] = []
  for (const dtype of storage === 'int8' ? (['fp32', 'fp16'] as const) : [storage]) {
    for (const variant of VARIANTS) {
      const file = `graphs/${part.name}.${variant}.${dtype}.onnx`
      await write(file, [part.build(weightCatalog(plans, storage, dtype), { dtype, variant })])
      graphs.push({ variant, dtype, file, externalData: plans.map((plan) => externalData(plan, storage, dtype)) })
    }
  }
  for (const plan of plans) await write(plan.path, shardChunks(plan, storage, read))
  return { graphs, shards: plans.map(({ path }) => path), storage }
}

function externalData(
  { path }: ShardPlan,
  storage: Storage,
  dtype: 'fp32' | 'fp16',
): { location: string; shard: string } {
  return { location: locationOf(path, storage, dtype), shard: path }
}

function countWeights(shapes: readonly (readonly [key: string, dims: readonly number[]])[]) {
  const sizes = shapes.map(([, dims]) => sizeOf(dims))
  return { elements: sizes.reduce((sum, size) => sum + size, 0), largestTensor: Math.max(...sizes) }
}

function checkShape(checkpoint: TensorSource, key: string, dims: readonly number[]): void {
  const found = checkpoint.tensors.get(sourceKey(checkpoint, key))?.dims
  if (found?.join() !== dims.join() || found.length !== dims.length) {
    const shape = found ? `[${found.join(', ')}]` : 'missing'
    throw new FormatError('checkpoint', `${key} is ${shape}, not [${dims.join(', ')}]`)
  }
}

function shapesBelow(checkpoint: TensorSource, prefix: string): Shapes {
  const named = [...checkpoint.tensors].filter(([name]) => name.startsWith(prefix))
  if (named.length === 0) throw new FormatError('checkpoint', `has no tensors below ${prefix}`)
  return new Map(named.map(([name, { dims }]) => [name.slice(prefix.length), dims]))
}

function splitAutoencoder(shapes: ReadonlyMap<string, readonly number[]>) {
  const isEncoder = (key: string) => /^(encoder|quant_conv)\./.test(key.slice(AUTOENCODER_PREFIX.length))
  const all = [...shapes]
  return { encoder: all.filter(([key]) => isEncoder(key)), decoder: all.filter(([key]) => !isEncoder(key)) }
}

/**
 * The settings' schedule; where they do not say, the ends of the checkpoint's betas. A checkpoint's own alphas_cumprod must
 * agree, since the reference samples with that buffer (ldm/models/diffusion/ddim.py:27), not with its configuration.
 */
async function readSchedule(checkpoint: TensorSource, settings: ModelSettings): Promise<NoiseSchedule> {
  const { linear_start: start, linear_end: end, timesteps } = settings.params
  const betas = checkpoint.tensors.has('betas') ? await checkpoint.readFloats('betas') : null
  const schedule = {
    linearStart: start ?? shortest(betas?.[0]) ?? 0.0015,
    linearEnd: end ?? shortest(betas?.at(-1)) ?? 0.015,
    timesteps,
  }
  if (!checkpoint.tensors.has('alphas_cumprod')) return schedule
  const stored = await checkpoint.readFloats('alphas_cumprod')
  const computed = createAlphasCumprod(schedule)
  const off = stored.findIndex((value, t) => !(Math.abs(value / (computed[t] ?? 0) - 1) <= SCHEDULE_TOLERANCE))
  if (stored.length !== timesteps || off >= 0) {
    const where =
      off >= 0 ? `alphas_cumprod[${off}] is ${stored[off]}, not ${computed[off]}` : `${stored.length} timesteps`
    throw new FormatError('config', `the noise schedule is not the checkpoint's: ${where}`)
  }
  return schedule
}

/** The decimal number that a float32 was written as. */
function shortest(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value.toPrecision(7))
}
