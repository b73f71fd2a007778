// A pack's CLIP for the library worker: known at once from pack.json, its towers loaded when they are first needed.

import type { TextEncoder } from '../core/diffusion/model-parts.ts'
import { FormatError } from '../core/formats/format-error.ts'
import type { ImageTower } from '../core/image/image-tower.ts'
import type { PackFiles } from '../core/pack/inference.ts'
import type { ClipDescription } from '../core/pack/manifest.ts'
import { readChecked } from '../core/pack/read-checked.ts'
import { loadTextEncoder } from './clip.ts'
import { loadImageTower } from './clip-vision.ts'
import { createOnnxRuntime, type OnnxRuntime } from './onnx-session.ts'
import { sha256 } from './sha256.ts'

export interface PackClip {
  readonly description: ClipDescription
  imageTower(): Promise<ImageTower>
  textEncoder(): Promise<TextEncoder>
  /** Frees the towers; one that is asked for again is loaded again. Nothing may be using them. */
  release(): Promise<void>
}

/** At most: so many that an import gets on, so few that pictures can be generated beside it. */
const MOST_THREADS = 2

/** Opens packs' CLIPs on one runtime, which is loaded when the first tower is: a worker can hold no second one. */
export function createClipOpener(): (files: PackFiles) => Promise<PackClip> {
  const runtime = loadable(() => createOnnxRuntime('wasm', MOST_THREADS))
  return (files) => openPackClip(files, runtime.get)
}

/** Reads pack.json alone. Rejects with FormatError('pack', …) where the pack has no CLIP. */
async function openPackClip(files: PackFiles, runtime: () => Promise<OnnxRuntime>): Promise<PackClip> {
  const manifest = await files.parser.parseManifest(await files.read('pack.json'))
  const { clip } = manifest
  if (clip === null) throw new FormatError('pack', 'has no CLIP, and so cannot embed pictures')
  const checked = { read: (path: string) => readChecked(files, manifest, path, sha256) }
  const image = loadable(async () => loadImageTower(await runtime(), checked, clip))
  const text = loadable(async () => loadTextEncoder(await runtime(), checked, clip))
  return {
    description: clip,
    imageTower: image.get,
    textEncoder: text.get,
    release: async () => {
      const loaded = await Promise.all([image.take(), text.take()])
      await Promise.all(loaded.map((tower) => tower?.release()))
    },
  }
}

interface Loadable<T> {
  /** Loads it at the first call; where that failed, again at the next. */
  get(): Promise<T>
  /** What was loaded, null where nothing was: the next `get` loads anew. */
  take(): Promise<T | null>
}

function loadable<T>(load: () => Promise<T>): Loadable<T> {
  let result: Promise<T> | null = null
  return {
    get() {
      if (result !== null) return result
      result = load()
      result.catch(() => {
        result = null
      })
      return result
    },
    async take() {
      const taken = result
      result = null
      return taken === null ? null : taken.catch(() => null)
    },
  }
}
