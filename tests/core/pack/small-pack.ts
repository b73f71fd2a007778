// A pack of a few files with contents from a formula, as installs see it: some shorter than a chunk, one of several chunks.

import { createHash } from 'node:crypto'
import { CHUNK_BYTES, type PackManifest } from '../../../src/core/pack/manifest.ts'
import { createFileHashes } from '../../../tools/pack-folder.ts'

const part = (name: string): PackManifest['denoiser'] => ({
  graphs: [
    {
      variant: 'portable',
      dtype: 'fp32',
      file: `graphs/${name}.onnx`,
      externalData: [{ location: `weights/${name}.safetensors`, shard: `weights/${name}.safetensors` }],
    },
  ],
  shards: [`weights/${name}.safetensors`],
  storage: 'fp32',
})

export interface SmallPack {
  readonly id: string
  readonly manifest: PackManifest
  /** Every file by path, pack.json too. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Of all files but pack.json. */
  readonly byteLength: number
}

export const FOUR_CHUNKS = 3 * CHUNK_BYTES + 4321

/** @param lengths of files by path, in place of the usual ones. @param salt makes the contents differ */
export function makeSmallPack(lengths: Readonly<Record<string, number>> = {}, salt = 0, name = 'Small'): SmallPack {
  const sizes: Record<string, number> = {
    'graphs/denoiser.onnx': 900,
    'graphs/decoder.onnx': 700,
    'weights/denoiser.safetensors': 60_000,
    'weights/decoder.safetensors': 9000,
    'databases/ink.zip': 5000,
    ...lengths,
  }
  const files = new Map<string, Uint8Array>()
  const listed: PackManifest['files'] = {}
  for (const [path, byteLength] of Object.entries(sizes)) {
    const seed = path.length * 7 + salt
    const bytes = new Uint8Array(byteLength)
    for (let i = 0; i < byteLength; i++) bytes[i] = i * 31 + (i >> 9) + seed
    const hashes = createFileHashes()
    hashes.update(bytes)
    files.set(path, bytes)
    listed[path] = hashes.digest()
  }
  const manifest: PackManifest = {
    format: 'kindred-pack',
    version: 1,
    id: 'small',
    name,
    description: 'A pack for tests.',
    diffusion: {
      unet: {
        in_channels: 1,
        out_channels: 1,
        model_channels: 1,
        channel_mult: [1],
        num_res_blocks: 1,
        attention_resolutions: [],
        num_head_channels: 1,
        transformer_depth: 1,
        context_dim: 1,
      },
      autoencoder: {
        embed_dim: 1,
        z_channels: 1,
        in_channels: 3,
        out_ch: 3,
        ch: 1,
        ch_mult: [1],
        num_res_blocks: 1,
        attn_resolutions: [],
        resolution: 16,
      },
      scaleFactor: 1,
      schedule: { linearStart: 0.0015, linearEnd: 0.015, timesteps: 1000 },
      nativeSize: 16,
      latentToRgb: null,
    },
    denoiser: part('denoiser'),
    decoder: part('decoder'),
    encoder: null,
    clip: null,
    databases: [{ id: 'ink', name: 'Ink', rows: 1, heldOut: false, file: 'databases/ink.zip' }],
    files: listed,
  }
  const json = new TextEncoder().encode(JSON.stringify(manifest))
  files.set('pack.json', json)
  return {
    id: createHash('sha256').update(json).digest('hex'),
    manifest,
    files,
    byteLength: Object.values(sizes).reduce((sum, size) => sum + size, 0),
  }
}
