// What may cross between the page and the generate worker: each job's input, its events and its output.

import type { Neighbour } from '../core/diffusion/model-parts.ts'
import type { GenerationSettings, Recipe } from '../core/diffusion/recipe.ts'
import type { ClipDescription } from '../core/pack/manifest.ts'
import type { Tensor } from '../core/tensor/tensor.ts'

export type BackendName = 'webgpu-jspi' | 'webgpu' | 'wasm'
export type BackendChoice = 'auto' | 'webgpu' | 'wasm'

export interface BackendDescription {
  readonly name: BackendName
  readonly dtype: 'fp32' | 'fp16'
  /** wasm threads in use; 1 where the page is not cross-origin isolated. */
  readonly threads: number
  /** The adapter in its own words, or why WebGPU is not in use. */
  readonly detail: string
}

export interface StyleSummary {
  readonly id: string
  readonly name: string
  readonly rows: number
  readonly heldOut: boolean
}

export interface PackSummary {
  readonly id: string
  readonly hash: string
  readonly name: string
  readonly description: string
  readonly nativeSize: number
  readonly contextDim: number
  readonly clip: ClipDescription | null
  readonly styles: readonly StyleSummary[]
}

export interface NeighbourPicture extends Neighbour {
  /** The thumbnail's encoded bytes (WebP), null where the database has no pictures. */
  readonly thumbnail: Blob | null
  readonly caption: string
}

export type Phase = 'text' | 'search' | 'denoise' | 'decode'

export type GenerateJobEvent =
  | { readonly kind: 'phase'; readonly phase: Phase }
  | { readonly kind: 'prompt-cut'; readonly tokenCount: number; readonly maxTokens: number; readonly cutText: string }
  | { readonly kind: 'neighbours'; readonly neighbours: readonly NeighbourPicture[] }
  | {
      readonly kind: 'step'
      /** 1..steps */
      readonly step: number
      readonly steps: number
      /** A linear projection of the predicted clean latents, a sixteenth of the picture's size; null where the pack has none. */
      readonly preview: ImageBitmap | null
    }

export interface Jobs {
  /** Loads the pack. Run once, before any other job: a worker in which it failed is of no more use. */
  'open-pack': {
    input: { readonly packUrl: string; readonly backend: BackendChoice }
    /** Bytes of all that must be fetched; `label` names the file at hand, or what is done when nothing is fetched. */
    event: { readonly kind: 'progress'; readonly label: string; readonly loaded: number; readonly total: number }
    output: { readonly pack: PackSummary; readonly backend: BackendDescription }
  }
  /** The first thumbnails of a style, for its card. */
  'style-cover': {
    input: { readonly styleId: string; readonly count: number }
    event: never
    output: { readonly thumbnails: readonly Blob[] }
  }
  generate: {
    input: { readonly prompt: string; readonly styleId: string; readonly settings: GenerationSettings }
    event: GenerateJobEvent
    output: {
      /** PNG with the recipe in its metadata. */
      readonly png: Blob
      readonly recipe: Recipe
      /** The last latents, [1, channels, height / 16, width / 16]. */
      readonly latents: Tensor
      /** Steps actually run. */
      readonly steps: number
      readonly milliseconds: {
        readonly text: number
        readonly search: number
        readonly step: number
        readonly decode: number
      }
    }
  }
}

export type JobName = keyof Jobs
