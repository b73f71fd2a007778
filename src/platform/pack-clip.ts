// A pack's CLIP for the library worker: known at once from pack.json, its towers loaded when they are first needed.

import type { TextEncoder } from '../core/diffusion/model-parts.ts'
import { FormatError } from '../core/formats/format-error.ts'
import type { ImageTower } from '../core/image/image-tower.ts'
import type { PackFiles } from '../core/pack/inference.ts'
import { readVerified } from '../core/pack/integrity.ts'
import { type ClipDescription, parsePackManifest } from '../core/pack/manifest.ts'
import { loadTextEncoder } from './clip.ts'
import { loadImageTower } from './clip-vision.ts'
import { createOnnxRuntime, type OnnxRuntime } from './onnx-session.ts'
import { sha256 } from './sha256.ts'

export interface PackClip {
  readonly description: ClipDescription
  imageTower(): Promise<ImageTower>
  textEncoder(): Promise<TextEncoder>
}

/** At most: so many that an import gets on, so few that pictures can be generated beside it. */
const MOST_THREADS = 2

/** Reads pack.json alone. Rejects with FormatError('pack', …) where the pack has no CLIP. */
export async function openPackClip(files: PackFiles): Promise<PackClip> {
  const manifest = parsePackManifest(new TextDecoder().decode(await files.read('pack.json')))
  const { clip } = manifest
  if (clip === null) throw new FormatError('pack', 'has no CLIP, and so cannot embed pictures')
  const verified: PackFiles = { read: (path) => readVerified(files, manifest, path, sha256) }
  const runtime = once(() => createOnnxRuntime('wasm', MOST_THREADS))
  const load = <T>(task: (runtime: OnnxRuntime) => Promise<T>) => once(async () => task(await runtime()))
  return {
    description: clip,
    imageTower: load((runtime) => loadImageTower(runtime, verified, clip)),
    textEncoder: load((runtime) => loadTextEncoder(runtime, verified, clip)),
  }
}

/** Runs the task at the first call; one that failed is run again at the next. */
function once<T>(task: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null
  return () => {
    if (result !== null) return result
    result = task()
    result.catch(() => {
      result = null
    })
    return result
  }
}
