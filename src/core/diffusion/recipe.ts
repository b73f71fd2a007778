// The recipe: everything needed to make the same picture again.

import type { GivenPicture } from './given-picture.ts'

export type SamplerName = 'ddim' | 'plms' | 'dpm'

export interface GenerationSettings {
  /** Neighbours, 0..20. */
  readonly k: number
  /** 0..2^53 - 1; the same seed starts from the same noise as torch.manual_seed. */
  readonly seed: number
  /** Steps asked for; the reference's spacing may run one more. */
  readonly steps: number
  readonly sampler: SamplerName
  /** Classifier-free guidance scale; 1 turns guidance off. */
  readonly guidance: number
  /** DDIM's noise: 0 deterministic, 1 as DDPM. Must be 0 with the other samplers. */
  readonly eta: number
  /** Pixels, multiples of 128. */
  readonly width: number
  readonly height: number
}

/** A second style whose pictures are mixed in. */
export interface MixedStyle {
  readonly databaseId: string
  /** More than 0; the chosen style weighs 1. */
  readonly weight: number
}

/** A picture in one of the databases that are searched as one. */
export interface PictureReference {
  readonly databaseId: string
  /** Its row's name. */
  readonly id: string
}

/** A picture that a person chose among those found: a row of the chosen style by its id, or one of a style that is mixed in. */
export type ChosenPicture = string | PictureReference

/** @param databaseId where it lies; undefined where that is the chosen style */
export function choosePicture(styleId: string | null, databaseId: string | undefined, id: string): ChosenPicture {
  return databaseId === undefined || databaseId === styleId ? id : { databaseId, id }
}

/** A name that no other picture has, as rows of two styles may have one id. */
export function nameOfChosen(picture: ChosenPicture): string {
  return JSON.stringify(typeof picture === 'string' ? picture : [picture.databaseId, picture.id])
}

export interface WeightedPicture {
  /** Its row's name. */
  readonly id: string
  /** More than 0; only the proportions count. */
  readonly weight: number
}

/** In units of a style's map: -1..1 for nearly all of it. */
export interface MapPlace {
  readonly x: number
  readonly y: number
}

/** The most pictures that a recipe's `toward` may name; the page names five at most. */
export const MOST_TOWARD = 20

/** A search turned away from the words (or the picture looked for): the star was dragged, or drawn to a neighbour. */
export interface Toward {
  /** How far: 0 would be the words alone, 1 the pictures alone. */
  readonly share: number
  /** Rows of the chosen style whose weighted mean it is turned to; those that it does not have any more are passed over. */
  readonly pictures: readonly WeightedPicture[]
  /** Where on the style's map the star was let go; absent where it was drawn to the pictures themselves. Changes no picture. */
  readonly place?: MapPlace | undefined
}

/** Where a person steers the search: pictures in the order in which they were chosen. */
export interface Steering {
  /** Always among the neighbours, as long as k has room for them. */
  readonly pins: readonly ChosenPicture[]
  /** Never among them. */
  readonly bans: readonly ChosenPicture[]
  readonly mix: readonly MixedStyle[]
  /** Pictures from elsewhere that are always among them, before the pins. */
  readonly added?: readonly GivenPicture[] | undefined
  /** The picture that neighbours are looked for by, in place of the words; those are painted all the same. */
  readonly query?: GivenPicture | undefined
  /** The words are still what is painted: only the neighbours are looked for elsewhere. */
  readonly toward?: Toward | undefined
}

export const DEFAULT_SETTINGS: GenerationSettings = {
  k: 19,
  seed: 0,
  steps: 20,
  sampler: 'ddim',
  guidance: 5,
  eta: 0,
  width: 256,
  height: 256,
}

export interface Recipe extends GenerationSettings {
  readonly version: 1
  readonly prompt: string
  readonly databaseId: string
  /** SHA-256 of the database file. */
  readonly databaseHash: string
  readonly neighbourIds: readonly string[]
  readonly packId: string
  /** SHA-256 of the pack's pack.json. */
  readonly packHash: string
  /** Absent where the search was not steered. */
  readonly steering?: Steering | undefined
}

/** Under which a picture's PNG carries its recipe, as JSON. */
export const RECIPE_KEYWORD = 'kindred-recipe'
