// Finds the object URLs and bitmaps that a state holds, so that those it no longer holds can be freed.

import { type AppState, isOwnStyle, type ShownNeighbour } from './app-state.ts'

export type OwnedResource = string | ImageBitmap

/** What `after` no longer holds of what `before` held. The app's own files, which are no object URLs, do not count. */
export function droppedResources(before: AppState, after: AppState): readonly OwnedResource[] {
  if (before === after) return []
  const kept = heldResources(after)
  return [...heldResources(before)].filter((resource) => !kept.has(resource))
}

function heldResources({ styles, job, picture, gallery, deletedEntry }: AppState): ReadonlySet<OwnedResource> {
  const held: (OwnedResource | null | undefined)[] = [
    ...styles.filter((style) => !isOwnStyle(style)).flatMap(({ covers }) => covers),
    ...(job.kind === 'running' ? [job.preview, ...urlsOf(job.neighbours)] : []),
    picture?.url,
    ...urlsOf(picture?.neighbours ?? []),
    ...gallery.map(({ url }) => url),
    deletedEntry?.url,
  ]
  return new Set(
    held.filter((resource) => resource !== null && resource !== undefined && isOwned(resource)) as OwnedResource[],
  )
}

function urlsOf(neighbours: readonly ShownNeighbour[]): (string | null)[] {
  return neighbours.map(({ url }) => url)
}

function isOwned(resource: OwnedResource): boolean {
  return typeof resource !== 'string' || resource.startsWith('blob:')
}
