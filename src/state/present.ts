// Turns what jobs and storage give into what the state shows: blobs into object URLs, errors into failures.

import type { Recipe } from '../core/diffusion/recipe.ts'
import type { StoredPicture } from '../platform/gallery-store.ts'
import { JobError } from '../protocol/errors.ts'
import type { GenerateJobEvent, NeighbourPicture } from '../protocol/jobs.ts'
import type { Failure, GalleryEntry, Picture, ShownNeighbour } from './app-state.ts'
import type { AppEvent } from './reduce.ts'

type CreateUrl = (blob: Blob) => string

/** What an event of the generate job means to the state, at the moment `at`. */
export function translateJobEvent(event: GenerateJobEvent, at: number, createUrl: CreateUrl): AppEvent {
  switch (event.kind) {
    case 'phase':
      return { kind: 'job-phase', phase: event.phase }
    case 'prompt-cut':
      return { kind: 'notice', notice: event }
    case 'neighbours':
      return {
        kind: 'job-neighbours',
        neighbours: event.neighbours.map((neighbour) => showNeighbour(neighbour, createUrl)),
      }
    case 'tile':
      return { ...event, kind: 'job-tile' }
    case 'step':
      return { kind: 'job-step', at, step: event.step, steps: event.steps, preview: event.preview }
  }
}

/** A neighbour with an object URL for its thumbnail. */
export function showNeighbour<Score extends number | null>(
  neighbour: Pick<NeighbourPicture, 'id' | 'caption' | 'thumbnail' | 'origin' | 'isGiven'> & { readonly score: Score },
  createUrl: CreateUrl,
): ShownNeighbour & { readonly score: Score } {
  const { id, score, caption, thumbnail } = neighbour
  return { id, ...whereOf(neighbour), score, caption, url: thumbnail === null ? null : createUrl(thumbnail) }
}

/** Which of the styles that are searched as one a neighbour lies in, and whether in none. */
export function whereOf({
  origin,
  isGiven,
}: Pick<NeighbourPicture, 'origin' | 'isGiven'>): Pick<ShownNeighbour, 'databaseId' | 'isGiven'> {
  return { ...(origin && { databaseId: origin.databaseId }), ...(isGiven && { isGiven }) }
}

/** The gallery's entry of a stored picture, with an object URL of its own. */
export function entryOf({ id, png, recipe, createdAt, order }: StoredPicture, createUrl: CreateUrl): GalleryEntry {
  return { id, url: createUrl(png), recipe, createdAt, order: order ?? createdAt }
}

/** A stored picture for the wall; it shares its entry's URL. */
export function pictureOf(
  { recipe, steps, milliseconds }: StoredPicture,
  entry: GalleryEntry,
  neighbours: readonly ShownNeighbour[],
): Picture {
  return {
    source: 'made',
    entryId: entry.id,
    url: entry.url,
    recipe,
    neighbours,
    run: { steps, milliseconds },
  }
}

/** Any error as the page keeps it; one that is no JobError is a bug of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof JobError) return { code: error.code, message: error.message, detail: error.detail }
  return { code: 'internal', message: 'something unexpected happened', detail: String(error) }
}

/** A name for the picture's file: the prompt's words and the seed, in letters that every file system takes. */
export function fileNameOf({ prompt, seed }: Recipe): string {
  const words = prompt
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
  return `${words || 'picture'}-${seed}.png`
}
