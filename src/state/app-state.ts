// Everything the page shows, as one immutable value, and what a person can do to it.

import type { GeneratePhase, Milliseconds } from '../core/diffusion/generate.ts'
import type { ChosenPicture, GenerationSettings, Recipe, Toward } from '../core/diffusion/recipe.ts'
import { choosePicture, DEFAULT_SETTINGS, nameOfChosen } from '../core/diffusion/recipe.ts'
import type { JobErrorCode } from '../protocol/errors.ts'
import type {
  BackendDescription,
  BackendName,
  PackSummary,
  ShownGiven,
  ShownSteering,
  StyleSummary,
} from '../protocol/jobs.ts'
import type { Trouble } from './rescue.ts'

/** A failed job as the page keeps it: switch on `code` for the sentence, show `message` and `detail` only on request. */
export interface Failure {
  readonly code: JobErrorCode
  readonly message: string
  readonly detail: string
}

export type PackStatus =
  /** `total` is 0 while it is not known; `label` names the file or the step at hand. */
  | {
      readonly kind: 'opening'
      readonly label: string
      readonly loaded: number
      readonly total: number
    }
  | {
      readonly kind: 'ready'
      readonly pack: PackSummary
      readonly backend: BackendDescription
    }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** A style database that can be chosen. */
export interface Style extends StyleSummary {
  /** Object URLs of its first thumbnails, for the card: one, more where it was pointed at; empty until they are read. */
  readonly covers: readonly string[]
  /** False where its rows came as embeddings, without pictures; absent where all have one. */
  readonly hasPictures?: boolean
}

/** Whether a person made it from their own pictures: its covers belong to the library's store. */
export function isOwnStyle({ id }: Pick<Style, 'id'>): boolean {
  return id.startsWith('user:')
}

export interface ShownNeighbour {
  /** Its row's name: two styles that are mixed may have one of the same. */
  readonly id: string
  /** The style that it lies in; absent where that is the only one searched, and where it was given. */
  readonly databaseId?: string | undefined
  /** Whether it lies in no style, but was given to the search; absent where it was not. */
  readonly isGiven?: boolean | undefined
  /** Cosine similarity to the prompt, -1..1; null where it is not known, as for a picture that came from elsewhere. */
  readonly score: number | null
  readonly caption: string
  /** Object URL of the thumbnail, null where the database has no pictures. */
  readonly url: string | null
}

/** A name that none of the other neighbours of a search in a style has. */
export function nameOfNeighbour(
  { id, databaseId, isGiven }: Pick<ShownNeighbour, 'id' | 'databaseId' | 'isGiven'>,
  styleId: string | null,
): string {
  return isGiven ? `given ${id}` : nameOfChosen(choosePicture(styleId, databaseId, id))
}

/** 'opening' while the job waits for the model that is being opened; then what the model is at. */
export type JobPhase = 'opening' | GeneratePhase

export type Job =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'running'
      readonly phase: JobPhase
      /** 0 until the first step is done, then 1..steps. */
      readonly step: number
      readonly steps: number
      /** Milliseconds, on the clock that the store was given. */
      readonly startedAt: number
      /** The latest preview, a sixteenth of the picture's size; the store closes it soon after the next one replaces it. */
      readonly preview: ImageBitmap | null
      /** When the first step was done, on the same clock; later steps tell how long one takes. */
      readonly firstStepAt: number | null
      /** Estimated from the steps so far; null before two steps are done. */
      readonly secondsLeft: number | null
      /** Empty until the search is done. */
      readonly neighbours: readonly ShownNeighbour[]
      /** True between pressing Cancel and the job's end. */
      readonly cancelling: boolean
      /** So many tiles of the picture are decoded; both 0 while none is, and where it is decoded whole. */
      readonly tile: number
      readonly tiles: number
      readonly width: number
      readonly height: number
    }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** The picture on the wall. */
export interface Picture {
  /** 'exhibit' is the first visit's picture, which came with the app and is not in the gallery. */
  readonly source: 'exhibit' | 'made'
  /** The gallery entry of a made picture; null for the exhibit. */
  readonly entryId: string | null
  /** For an <img>; PNG with the recipe in its metadata. */
  readonly url: string
  readonly recipe: Recipe
  readonly neighbours: readonly ShownNeighbour[]
  /** Steps actually run and milliseconds of each part; null where they were not measured here. */
  readonly run: {
    readonly steps: number
    readonly milliseconds: Milliseconds
  } | null
}

export interface GalleryEntry {
  readonly id: string
  /** Object URL of the PNG. */
  readonly url: string
  readonly recipe: Recipe
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Larger than that of every picture before it. */
  readonly order: number
}

/** Said in place until dismissed; at most one of each kind. */
export type Notice =
  | {
      readonly kind: 'prompt-cut'
      readonly tokenCount: number
      readonly maxTokens: number
      readonly cutText: string
    }
  /** The picture shows, but this browser did not store it: it will be gone with the page. */
  | { readonly kind: 'not-saved'; readonly failure: Failure }
  /** Nothing has come for long of the picture that is being made, or of the model that is being opened: the worker may hang, or be slow. */
  | { readonly kind: 'quiet'; readonly of: 'picture' | 'model' }
  /** The gallery shows without the picture, but this browser still stores it. */
  | { readonly kind: 'not-deleted'; readonly failure: Failure }
  /** The gallery could not be read: nothing is known of earlier pictures, and new ones will hardly be stored. */
  | { readonly kind: 'gallery-unread'; readonly failure: Failure }
  /** Nothing is left of so many pictures that were stored on the last visit. */
  | { readonly kind: 'pictures-cleared'; readonly count: number }
  /** The GPU failed the job, which then went on, on this backend. */
  | { readonly kind: 'gpu-trouble'; readonly trouble: Trouble; readonly backend: BackendName }
  /** The newest picture was put together from so many tiles, as the GPU could not decode it whole. */
  | { readonly kind: 'in-tiles'; readonly tiles: number }
  /** The installed model that was chosen could not be opened; the built-in one is in its place. */
  | { readonly kind: 'model-not-opened'; readonly failure: Failure }
  /** The recipe names a style that is not here; the rest of it was taken. */
  | { readonly kind: 'recipe-elsewhere'; readonly databaseId: string }

export interface AppState {
  readonly pack: PackStatus
  readonly styles: readonly Style[]
  readonly prompt: string
  /** Whether a person has been to the prompt or chosen anything: from then on nothing comes there that they did not ask for. */
  readonly isBegun: boolean
  /** Null until the pack is open. */
  readonly styleId: string | null
  readonly settings: GenerationSettings
  /** False: each picture starts from a new seed, which `settings.seed` then shows. True: the seed stays. */
  readonly keepSeed: boolean
  /** What a person chose by hand, by style id; styles without anything are absent. */
  readonly steering: ReadonlyMap<string, ShownSteering>
  readonly job: Job
  readonly picture: Picture | null
  /** Changes to the stored gallery that are not done yet. */
  readonly writes: number
  readonly notices: readonly Notice[]
  /** Newest first. */
  readonly gallery: readonly GalleryEntry[]
  /** The entry deleted last, for "Undo"; null when there is nothing to undo. */
  readonly deletedEntry: GalleryEntry | null
  /** The recipe taken over last, to be told of; null once something else was done. */
  readonly takenRecipe: Recipe | null
}

/** What a person can do. None of these throws or rejects: what goes wrong shows in the state. */
export interface AppActions {
  setPrompt(prompt: string): void
  /** Said when the prompt has the focus: what is about to be written there is not to be mixed with what comes by itself. */
  beginPrompt(): void
  setStyle(styleId: string): void
  /** Reads more of a style's pictures for its card, once the model is open: they come with its database. */
  pointAtStyle(styleId: string): void
  changeSettings(change: Partial<GenerationSettings>): void
  setKeepSeed(keepSeed: boolean): void
  /** A picture of the chosen style, or of one mixed into it: pinned; pressed again, banned; again, neither. */
  steer(picture: ChosenPicture): void
  /** Gives the chosen style's search a picture from elsewhere: as one more neighbour, or to look for in place of the words. */
  give(picture: ShownGiven, as: GivenAs): void
  takeBack(itemId: string, as: GivenAs): void
  /** Turns the chosen style's search away from the words toward some of its pictures; null turns it back. */
  turnToward(toward: Toward | null): void
  /** Mixes another style into the chosen one. @param weight against the chosen style's 1; 0 takes it out, with its pins and bans */
  mixIn(styleId: string, weight: number): void
  /** Does nothing where `canGenerate` is false. */
  generate(): void
  cancel(): void
  /** Takes over prompt, style and settings, and keeps the recipe's seed. */
  useRecipe(recipe: Recipe): void
  /** Puts a picture of the gallery back on the wall. */
  showEntry(id: string): void
  deleteEntry(id: string): void
  undoDelete(): void
  /** Saves the picture on the wall, or a gallery entry, as a PNG file. */
  download(entryId: string | null): void
  dismiss(kind: Notice['kind']): void
  /** Ends the worker that has told nothing for long, and goes on in a new one: with the picture, or from the model's first byte. */
  startAnew(): void
  /** Puts a failed job away. */
  dismissFailure(): void
  /** Opens the pack again after it failed. */
  retryPack(): void
  /** Opens it again without a graphics processor, and stays without. */
  useProcessor(): void
}

/** What a picture that lies in no style is for. */
export type GivenAs = 'neighbour' | 'query'

export const NO_STEERING: ShownSteering = { pins: [], bans: [], mix: [] }

/** The state before anything has been read. */
export const INITIAL_STATE: AppState = {
  pack: { kind: 'opening', label: '', loaded: 0, total: 0 },
  styles: [],
  prompt: '',
  isBegun: false,
  styleId: null,
  settings: DEFAULT_SETTINGS,
  keepSeed: false,
  steering: new Map(),
  job: { kind: 'idle' },
  picture: null,
  writes: 0,
  notices: [],
  gallery: [],
  deletedEntry: null,
  takenRecipe: null,
}

/** Whether "Generate" would start a picture, if only once the pack is open: a style is chosen, something written, nothing running. */
export function canGenerate(state: AppState): boolean {
  return (
    state.pack.kind !== 'failed' && state.styleId !== null && state.prompt.trim() !== '' && state.job.kind !== 'running'
  )
}
