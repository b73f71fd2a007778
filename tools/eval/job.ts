// A picture of the evaluation: how it is asked for, and what came of it.

import type { GenerationSettings } from '../../src/core/diffusion/recipe.ts'

/** Where the neighbours come from. */
export type Source =
  | { readonly kind: 'style'; readonly id: string }
  /** All trained styles' rows as one database. */
  | { readonly kind: 'general' }
  | { readonly kind: 'mixed'; readonly of: readonly (readonly [id: string, weight: number])[] }
  /** No neighbours: k is 0. */
  | { readonly kind: 'none' }

export interface Job {
  /** Says what the picture is; the same picture is painted once, whoever asks for it. */
  readonly key: string
  readonly source: Source
  readonly prompt: string
  readonly settings: GenerationSettings
  /** What a judge should find, by kind of question; the style is missing where none was asked for. */
  readonly asked: Readonly<Record<string, string>>
  /** Whether a small copy is wanted, for a contact sheet. */
  readonly kept: boolean
  /** Whether it is compared with others: see `PictureLook`. */
  readonly compared: boolean
}

/** What is needed to say how alike two pictures are. */
export interface PictureLook {
  /** CLIP's embedding of the picture, unit length; base64 of float32. */
  readonly embedding: string
  /** 32 × 32 pixels of RGB; base64. */
  readonly pixels: string
}

/** A line of the results file. */
export interface Result {
  readonly key: string
  /** Pack and judge that it was made with: a result of others is not one of this evaluation. */
  readonly of: string
  /** For whom it was painted. */
  readonly experiment: string
  readonly seconds: number
  /** What the judge sees, by kind of question. */
  readonly seen: Readonly<Record<string, string>>
  /** The judge's probability of each style, where it is at least 0.001. */
  readonly styles: Readonly<Record<string, number>>
  /** The nearest neighbours: style and row of its database. */
  readonly neighbours: readonly (readonly [style: string, row: number])[]
  /** WebP, base64. */
  readonly picture?: string
  readonly look?: PictureLook
}

export function createJob(
  job: Omit<Job, 'key' | 'kept' | 'compared'>,
  wanted: { kept?: boolean; compared?: boolean } = {},
): Job {
  const { source, prompt, settings } = job
  const { k, seed, steps, sampler, guidance, eta, width, height } = settings
  const key = JSON.stringify([source, prompt, k, seed, steps, sampler, guidance, eta, `${width}x${height}`])
  return { ...job, key, kept: wanted.kept ?? false, compared: wanted.compared ?? false }
}

/** Whether a result has all that a job wants of it. */
export function isAnsweredBy({ kept, compared }: Job, result: Result | undefined): boolean {
  return result !== undefined && (!kept || result.picture !== undefined) && (!compared || result.look !== undefined)
}
