// What may cross between the page and the generate worker: each job's input, its events and its output.

import type { GeneratePhase, Milliseconds, ResumePoint } from '../core/diffusion/generate.ts'
import type { GivenPicture } from '../core/diffusion/given-picture.ts'
import type { Neighbour } from '../core/diffusion/model-parts.ts'
import type { GenerationSettings, Recipe, Steering } from '../core/diffusion/recipe.ts'
import type { TileEvent } from '../core/diffusion/tiled-decode.ts'
import type { ClipDescription } from '../core/pack/manifest.ts'
import type { Tensor } from '../core/tensor/tensor.ts'

export type BackendName = 'webgpu-jspi' | 'webgpu' | 'wasm'
/** 'webgpu-fp32' leaves half floats aside, also where the GPU has them. */
export type BackendChoice = 'auto' | 'webgpu' | 'webgpu-fp32' | 'wasm'

/** Where a pack lies: on the app's own server, or on this device under its id. */
export type PackReference =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'installed'; readonly id: string }

export interface BackendDescription {
  readonly name: BackendName
  /** That of the graphs that run. */
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

/** A picture that a person gave, as the page shows it: its recipe keeps all but the thumbnail. */
export interface ShownGiven extends GivenPicture {
  /** WebP; absent or null where there is none, as for one that came with a recipe. */
  readonly thumbnail?: Blob | null | undefined
}

export interface ShownSteering extends Steering {
  readonly added?: readonly ShownGiven[] | undefined
  readonly query?: ShownGiven | undefined
}

export interface NeighbourPicture extends Neighbour {
  /** The thumbnail's encoded bytes (WebP), null where the database has no pictures. */
  readonly thumbnail: Blob | null
  readonly caption: string
  /** Whether it lies in no style, but was given to the search; absent where it was not. */
  readonly isGiven?: boolean
}

/** What a prompt says past the length that the text tower takes. */
export interface PromptCut {
  readonly tokenCount: number
  readonly maxTokens: number
  readonly cutText: string
}

export type GenerateJobEvent =
  | { readonly kind: 'phase'; readonly phase: GeneratePhase }
  | ({ readonly kind: 'prompt-cut' } & PromptCut)
  | { readonly kind: 'neighbours'; readonly neighbours: readonly NeighbourPicture[] }
  | {
      readonly kind: 'step'
      /** 1..steps */
      readonly step: number
      readonly steps: number
      /** A linear projection of the predicted clean latents, a sixteenth of the picture's size; null where the pack has none. */
      readonly preview: ImageBitmap | null
      /** From where the same job can go on, in another worker if need be. */
      readonly reached: ResumePoint
    }
  | TileEvent

export interface Jobs {
  /** Loads the pack. Run once, before any other job: a worker in which it failed is of no more use. */
  'open-pack': {
    input: { readonly pack: PackReference; readonly backend: BackendChoice }
    /** Bytes of all that must be fetched; `label` names the file at hand, or what is done when nothing is fetched. */
    event: { readonly kind: 'progress'; readonly label: string; readonly loaded: number; readonly total: number }
    output: { readonly pack: PackSummary; readonly backend: BackendDescription }
  }
  /** The first thumbnails of a style, for its card; its database is fetched for them, where it was not yet. */
  'style-cover': {
    input: { readonly styleId: string; readonly count: number }
    event: never
    output: { readonly thumbnails: readonly Blob[] }
  }
  /** Rows by their ids, as a recipe names them; ids that the style does not have are left out. */
  'style-neighbours': {
    input: { readonly styleId: string; readonly ids: readonly string[] }
    event: never
    output: { readonly neighbours: readonly Pick<NeighbourPicture, 'id' | 'caption' | 'thumbnail'>[] }
  }
  /** A style's rows as a flat map; made once and then kept. */
  'style-map': {
    input: { readonly styleId: string }
    event: /** Rows placed so far, so that others get a turn. */
      | { readonly kind: 'progress'; readonly done: number; readonly total: number }
      /** Where a thousand of its rows lie, as those alone have it, while a large style is being read: [rows, 2]. */
      | { readonly kind: 'sketch'; readonly points: Float32Array }
    output: {
      /** [rows, 2], x and y, -1..1 for all but a few stragglers. */
      readonly points: Float32Array
      /** The rows' stable names. */
      readonly ids: readonly string[]
    }
  }
  /** Rows' thumbnails and captions, for the map. */
  'style-pictures': {
    input: { readonly styleId: string; readonly rows: readonly number[] }
    event: never
    output: { readonly pictures: readonly { readonly thumbnail: Blob | null; readonly caption: string }[] }
  }
  /** Which neighbours a prompt would find, and where on the map it stands among them. */
  'place-prompt': {
    input: { readonly prompt: string; readonly styleId: string; readonly k: number; readonly steering: ShownSteering }
    event: never
    output: {
      /** On the map of 'style-map': where the prompt itself lies, also where the search is turned toward another place. */
      readonly x: number
      readonly y: number
      /** Null where the tower reads all of the prompt. */
      readonly cut: PromptCut | null
      /**
       * Best first; empty where k is 0, though the prompt has a place all the same. Rows of the style are its own; those past
       * its last lie in the styles that are mixed in, or were given.
       */
      readonly neighbours: readonly NeighbourPicture[]
    }
  }
  generate: {
    input: {
      readonly prompt: string
      readonly styleId: string
      readonly settings: GenerationSettings
      /** Absent where the search is not steered. */
      readonly steering?: ShownSteering | undefined
      /** Where an earlier run of the same request stopped; null to start at the first step. */
      readonly resume: ResumePoint | null
      /**
       * The longest side that the decoder is given at once, in latents: infinite until memory has ended over that. Where the GPU's
       * buffers are smaller yet, the worker gives it less.
       */
      readonly tileSide: number
    }
    event: GenerateJobEvent
    output: {
      /** PNG with the recipe in its metadata. */
      readonly png: Blob
      readonly recipe: Recipe
      /** The last latents, [1, channels, height / 16, width / 16]. */
      readonly latents: Tensor
      /** Steps actually run. */
      readonly steps: number
      readonly milliseconds: Milliseconds
    }
  }
}

export type JobName = keyof Jobs
