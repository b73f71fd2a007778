// A pack small enough for a software GPU: seeded weights in the authors' shape, with the built-in pack's CLIP and databases.

import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { autoencoderShapes } from '../src/core/onnx/autoencoder.ts'
import { unetShapes } from '../src/core/onnx/unet.ts'
import { convertCheckpoint, type PackSink } from '../src/core/pack/convert.ts'
import { parseModelSettings } from '../src/core/pack/hyperparameters.ts'
import {
  type AutoencoderConfig,
  type ClipDescription,
  parsePackManifest,
  type UnetConfig,
} from '../src/core/pack/manifest.ts'
import { sha256 } from './pack-folder.ts'
import { seededCheckpoint } from './seeded-weights.ts'

const BUILT_IN = resolve(import.meta.dirname, '../public/packs/kindred-mini')

export const MICRO_AUTOENCODER: AutoencoderConfig = {
  embed_dim: 16,
  z_channels: 16,
  resolution: 256,
  in_channels: 3,
  out_ch: 3,
  ch: 32,
  ch_mult: [1, 1, 1, 1, 1],
  num_res_blocks: 1,
  attn_resolutions: [16],
}

export function microUnet(contextDim: number): UnetConfig {
  return {
    in_channels: 16,
    out_channels: 16,
    model_channels: 32,
    channel_mult: [1, 1, 1, 1],
    num_res_blocks: 1,
    attention_resolutions: [4, 2, 1],
    num_head_channels: 32,
    transformer_depth: 1,
    context_dim: contextDim,
  }
}

/**
 * The micro pack's files by path.
 * @param change of what is said of its CLIP: under another id, and with other preprocessing, it is another CLIP, which reads none
 * of the built-in databases
 */
export async function makeMicroPack(change: Partial<ClipDescription> = {}): Promise<Map<string, Uint8Array>> {
  const manifest = parsePackManifest(await readFile(join(BUILT_IN, 'pack.json'), 'utf8'))
  const { clip } = manifest
  if (clip === null) throw new Error('the built-in pack has no CLIP')
  const read = async (path: string) => new Uint8Array(await readFile(join(BUILT_IN, path)))
  const paths = Object.keys(manifest.files).filter((path) => path.startsWith(`${clip.folder}/`))
  const clipFiles = await Promise.all(
    paths.map(async (path) => [path.slice(clip.folder.length + 1), await read(path)] as const),
  )
  const readable = change.id === undefined ? manifest.databases.slice(0, 2) : []
  const databases = await Promise.all(
    readable.map(async ({ file }) => [file.split('/').at(-1) ?? file, await read(file)] as const),
  )
  const unet = microUnet(clip.dim)
  const files = new Map<string, Uint8Array>()
  const checkpoint = seededCheckpoint([...unetShapes(unet), ...autoencoderShapes(MICRO_AUTOENCODER)])
  await convertCheckpoint(
    {
      checkpoint,
      settings: parseModelSettings({
        id: 'kindred-micro',
        name: 'Micro',
        description: 'Seeded weights, for tests.',
        params: {
          ...diffusionParameters(manifest.diffusion.schedule),
          first_stage_config: { params: { ddconfig: MICRO_AUTOENCODER } },
        },
      }),
      storage: 'fp32',
      clip: { description: { ...clip, ...change }, files: new Map(clipFiles) },
      databases: new Map(databases),
    },
    writeInto(files),
  )
  return files
}

/** Where a conversion's files go that memory is to hold. */
export function writeInto(files: Map<string, Uint8Array>): PackSink {
  return {
    write: async (path, chunks) => {
      const parts: Uint8Array[] = []
      for await (const chunk of chunks) parts.push(chunk.slice())
      const bytes = new Uint8Array(Buffer.concat(parts))
      files.set(path, bytes)
      return { byteLength: bytes.byteLength, sha256: await sha256(bytes) }
    },
  }
}

function diffusionParameters(schedule: { linearStart: number; linearEnd: number; timesteps: number }) {
  return {
    linear_start: schedule.linearStart,
    linear_end: schedule.linearEnd,
    timesteps: schedule.timesteps,
    image_size: 8,
    scale_factor: 0.2,
  }
}

/** Answers the page's requests for the built-in pack with these files instead. */
export async function serveInstead(context: BrowserContext, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await context.route('**/packs/kindred-mini/**', async (route) => {
    const path = decodeURIComponent(new URL(route.request().url()).pathname).split('/packs/kindred-mini/')[1] ?? ''
    const bytes = files.get(path)
    if (bytes === undefined) return route.fulfill({ status: 404 })
    return route.fulfill({
      status: 200,
      body: Buffer.from(bytes),
      headers: { 'Cross-Origin-Resource-Policy': 'same-origin', 'Content-Type': 'application/octet-stream' },
    })
  })
}
