// Opens a pack: reads and verifies what it says of itself, and makes its denoiser and decoder on a runtime.

import { LATENT_SCALE } from '../diffusion/latents.ts'
import type { Decoder, Denoiser } from '../diffusion/model-parts.ts'
import { DEFAULT_SETTINGS } from '../diffusion/recipe.ts'
import { FormatError } from '../formats/format-error.ts'
import type { FreeSizes } from '../onnx/graph-inputs.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { InferenceRuntime, InferenceSession, PackFiles } from './inference.ts'
import { readVerified, type Sha256 } from './integrity.ts'
import type { PackGraph, PackManifest, PackPart } from './manifest.ts'
import { readChecked } from './read-checked.ts'
import { widen } from './weights.ts'

/** @param label what is being loaded: "denoiser" or "decoder". @param loaded bytes read so far, of `total`. */
export type LoadProgress = (label: string, loaded: number, total: number) => void

/** A part that holds a session; `release` frees it, after which it cannot run. */
export type Releasable<T> = T & { release(): Promise<void> }

export interface OpenPack {
  readonly manifest: PackManifest
  /** SHA-256 of pack.json. */
  readonly hash: string
  /** As `readChecked`. */
  read(path: string): Promise<Uint8Array>
  /** Loads the U-Net's weights and makes its session; each call makes a new one. Throws FormatError where a file is not right. */
  createDenoiser(onProgress?: LoadProgress): Promise<Releasable<Denoiser>>
  createDecoder(onProgress?: LoadProgress): Promise<Releasable<Decoder>>
}

/** Reads pack.json; weights are read when a part is made. Throws FormatError('pack' | 'pack.json', …). */
export async function openPack(files: PackFiles, runtime: InferenceRuntime, sha256: Sha256): Promise<OpenPack> {
  const bytes = await files.read('pack.json')
  const manifest = await files.parser.parseManifest(bytes)
  return {
    manifest,
    hash: await sha256(bytes),
    read: (path) => readChecked(files, manifest, path, sha256),
    createDenoiser: async (onProgress) => {
      const session = await createSession(manifest, 'denoiser', runtime, files, sha256, onProgress)
      return {
        predictNoise: async (sample, timestep, context) => {
          const batch = sample.dims[0] ?? 1
          const timesteps = { dims: [batch], data: new Float32Array(batch).fill(timestep) }
          return output(await session.run({ sample, timestep: timesteps, context }), 'eps')
        },
        release: () => session.release(),
      }
    },
    createDecoder: async (onProgress) => {
      const session = await createSession(manifest, 'decoder', runtime, files, sha256, onProgress)
      return {
        decodeLatents: async (latents) => output(await session.run({ latents }), 'image'),
        release: () => session.release(),
      }
    },
  }
}

/**
 * The graph for a runtime: of its variant and dtype; where there is none the portable one, of its dtype before the other.
 * Throws FormatError where the pack has nothing portable either.
 */
export function pickGraph(part: PackPart, wanted: Pick<InferenceRuntime, 'variant' | 'dtype'>): PackGraph {
  const find = (variant: string, dtype: string) =>
    part.graphs.find((graph) => graph.variant === variant && graph.dtype === dtype)
  const other = wanted.dtype === 'fp16' ? 'fp32' : 'fp16'
  const graph = find(wanted.variant, wanted.dtype) ?? find('portable', wanted.dtype) ?? find('portable', other)
  if (!graph) throw new FormatError('pack', `has no graph for ${wanted.variant} in ${wanted.dtype}, nor a portable one`)
  return graph
}

async function createSession(
  manifest: PackManifest,
  label: 'denoiser' | 'decoder',
  runtime: InferenceRuntime,
  files: PackFiles,
  sha256: Sha256,
  onProgress: LoadProgress = () => {},
): Promise<InferenceSession> {
  const part = manifest[label]
  const graph = pickGraph(part, runtime)
  const paths = [graph.file, ...graph.externalData.map(({ shard }) => shard)]
  const total = paths.reduce((sum, path) => sum + (manifest.files[path]?.byteLength ?? 0), 0)
  let loaded = 0
  onProgress(label, loaded, total)
  const count = (byteLength: number) => {
    loaded += byteLength
    onProgress(label, loaded, total)
  }
  const readCounted = async (path: string) => {
    const bytes = await readVerified(files, manifest, path, sha256)
    count(bytes.byteLength)
    return bytes
  }
  const locations = graph.externalData.map(({ location }) => location)
  const graphBytes = await files.parser.checkGraph(await readCounted(graph.file), locations)
  const externalData: { location: string; data: Uint8Array | Blob }[] = []
  // One after the other: of an int8 pack, only one shard at a time is in memory in both forms.
  for (const { location, shard } of graph.externalData) {
    if (files.blob !== undefined && part.storage !== 'int8') {
      const blob = await files.blob(shard)
      count(blob.size)
      externalData.push({ location, data: blob })
      continue
    }
    const bytes = await readCounted(shard)
    externalData.push({ location, data: part.storage === 'int8' ? await widened(bytes, graph.dtype, files) : bytes })
  }
  return runtime.createSession({ graph: graphBytes, externalData, likely: likelySizes(manifest, label) })
}

async function widened(bytes: Uint8Array, dtype: PackGraph['dtype'], { parser }: PackFiles): Promise<Uint8Array> {
  const { shard, tensors } = await parser.readTensors(bytes)
  return widen(shard, tensors, dtype)
}

/** Those of a picture of the pack's own size with the default settings. */
function likelySizes({ diffusion }: PackManifest, label: 'denoiser' | 'decoder'): FreeSizes {
  const side = diffusion.nativeSize / LATENT_SCALE
  const picture = { height: side, width: side }
  // Guidance runs the denoiser on two contexts at once; each is the prompt and its neighbours.
  return label === 'denoiser' ? { ...picture, batch: 2, tokens: 1 + DEFAULT_SETTINGS.k } : { ...picture, batch: 1 }
}

function output(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = outputs[name]
  if (!tensor) throw new FormatError('pack', `the graph has no output ${name}, only ${Object.keys(outputs).join(', ')}`)
  return tensor
}
