// Everything that the generate worker holds: the runtime, the pack's parts on it, and its styles.

import type { ModelParts, TextEncoder } from '../core/diffusion/model-parts.ts'
import { createAlphasCumprod } from '../core/diffusion/noise-schedule.ts'
import type { GenerationSettings } from '../core/diffusion/recipe.ts'
import { FormatError } from '../core/formats/format-error.ts'
import type { PackFiles } from '../core/pack/inference.ts'
import type { ClipDescription, PackManifest } from '../core/pack/manifest.ts'
import { decoderTileSide } from '../core/pack/memory-needs.ts'
import { type OpenPack, openPack, pickGraph } from '../core/pack/open-pack.ts'
import type { PackParsers } from '../core/pack/pack-parser.ts'
import type { BackendChoice, BackendDescription, PackReference, PackSummary } from '../protocol/jobs.ts'
import { openBrowserLibrary } from './browser-library.ts'
import { loadTextEncoder, TEXT_ENCODER_FILES } from './clip.ts'
import { createOnnxRuntime, type OnnxRuntime } from './onnx-session.ts'
import { withOwnStyles } from './own-styles.ts'
import { installedDatabases, keptDatabases, type OpenDatabaseFile } from './pack-databases.ts'
import { summariseStyles } from './pack-styles.ts'
import { openRecordDisk } from './record-disk.ts'
import { filesOfPack } from './referenced-pack.ts'
import { sha256 } from './sha256.ts'
import { createStyleLibrary, type StyleLibrary } from './style-library.ts'
import { createStyleStore } from './style-store.ts'

export interface OpenedPack {
  readonly summary: PackSummary
  readonly manifest: PackManifest
  readonly backend: BackendDescription
  readonly parts: ModelParts
  /** As decoderTileSide gives it for this machine. */
  tileSide(settings: GenerationSettings): number
  readonly clip: ClipDescription
  readonly textEncoder: TextEncoder
  readonly styles: StyleLibrary
}

/** Bytes read of all that must be read; `label` names the file at hand. */
export interface OpeningProgress {
  readonly label: string
  readonly loaded: number
  readonly total: number
}

const TELL_EVERY_MS = 100

/** Loads all of a pack but its style databases. Rejects with JobError, FormatError or what the runtime throws. */
export async function loadPack(
  reference: PackReference,
  choice: BackendChoice,
  parsers: PackParsers,
  tell: (progress: OpeningProgress) => void,
): Promise<OpenedPack> {
  const runtime = await createOnnxRuntime(choice)
  const progress = createProgress(tell)
  const files = filesOfPack(reference, parsers, progress.count)
  const pack = await openPack(files, runtime, sha256)
  const { manifest } = pack
  progress.expect(manifest, filesToRead(manifest, runtime))
  if (manifest.clip === null) throw new FormatError('pack', 'has no CLIP, and so cannot read a prompt')

  const denoiser = await pack.createDenoiser()
  const decoder = await pack.createDecoder()
  const textEncoder = await loadTextEncoder(runtime, pack, manifest.clip)
  const openFile = await createDatabaseOpener(pack, files)
  return {
    summary: summarise(manifest, pack.hash),
    manifest,
    backend: { ...runtime.backend, dtype: pickGraph(manifest.denoiser, runtime).dtype },
    parts: {
      denoiser,
      decoder,
      latentChannels: manifest.diffusion.unet.in_channels,
      contextDim: manifest.diffusion.unet.context_dim,
      alphasCumprod: createAlphasCumprod(manifest.diffusion.schedule),
    },
    tileSide: (settings) =>
      decoderTileSide(manifest.diffusion.autoencoder, settings, {
        dtype: pickGraph(manifest.decoder, runtime).dtype,
        maxBufferBytes: runtime.maxBufferBytes,
      }),
    clip: manifest.clip,
    textEncoder,
    styles: withOwnStyles(
      createStyleLibrary(manifest, openFile),
      openBrowserLibrary(() => {}),
      manifest.clip,
    ),
  }
}

/** What is fetched is kept for the next visit; what is installed is on the disk already. */
async function createDatabaseOpener(pack: OpenPack, files: PackFiles): Promise<OpenDatabaseFile> {
  const { parser, blob } = files
  if (blob !== undefined) return installedDatabases(pack, { parser, blob })
  const store = createStyleStore(openRecordDisk('kindred-styles'), sha256)
  await store.sweep(new Set(databaseHashes(pack.manifest))).catch(warnNotKept)
  return keptDatabases(pack, parser, store, warnNotKept)
}

/** Adds up what is read of the files that are expected; tells at most ten times a second, and nothing before it expects any. */
function createProgress(tell: (progress: OpeningProgress) => void) {
  const read = new Map<string, number>()
  let total = 0
  let toldAt = Number.NEGATIVE_INFINITY
  return {
    expect(manifest: PackManifest, paths: readonly string[]): void {
      for (const path of paths) read.set(path, 0)
      total = sum(paths.map((path) => manifest.files[path]?.byteLength ?? 0))
    },
    count(path: string, bytes: number): void {
      if (!read.has(path)) return
      read.set(path, bytes)
      const loaded = sum(read.values())
      const now = performance.now()
      if (now - toldAt < TELL_EVERY_MS && loaded < total) return
      toldAt = now
      tell({ label: path, loaded, total })
    },
  }
}

function filesToRead(manifest: PackManifest, runtime: OnnxRuntime): readonly string[] {
  const graphs = [pickGraph(manifest.denoiser, runtime), pickGraph(manifest.decoder, runtime)]
  const folder = manifest.clip?.folder ?? ''
  return [
    ...graphs.flatMap(({ file, externalData }) => [file, ...externalData.map(({ shard }) => shard)]),
    ...TEXT_ENCODER_FILES.map((name) => `${folder}/${name}`),
  ]
}

function databaseHashes({ databases, files }: PackManifest): readonly string[] {
  return databases.map(({ file }) => files[file]?.sha256 ?? '')
}

function summarise(manifest: PackManifest, hash: string): PackSummary {
  const { id, name, description, diffusion, clip } = manifest
  return {
    id,
    hash,
    name,
    description,
    nativeSize: diffusion.nativeSize,
    contextDim: diffusion.unet.context_dim,
    clip,
    styles: summariseStyles(manifest),
  }
}

function warnNotKept(reason: unknown): void {
  console.warn(`style databases could not be kept and are fetched again on the next visit: ${reason}`)
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
