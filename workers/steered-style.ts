// A style as a person steers it: some of its pictures always or never neighbours, and other styles mixed in.

import type { Neighbour, NeighbourIndex } from '../src/core/diffusion/model-parts.ts'
import type { Steering } from '../src/core/diffusion/recipe.ts'
import { createMixedIndex } from '../src/core/retrieval/mixing.ts'
import type { OpenStyle, StyleLibrary } from '../src/platform/style-library.ts'
import type { NeighbourPicture } from '../src/protocol/jobs.ts'

export interface SteeredStyle {
  /** Its first rows are the chosen style's own. */
  readonly index: NeighbourIndex
  /** SHA-256 of the chosen style's database file. */
  readonly hash: string
  /** Neighbours that `index` found, with their captions and thumbnails. Rejects as `OpenStyle.picture` does. */
  picture(neighbours: readonly Neighbour[]): Promise<readonly NeighbourPicture[]>
}

const UNSTEERED: Steering = { pins: [], bans: [], mix: [] }

/**
 * Rejects as `StyleLibrary.open` does, for the styles that are mixed in as well. A pin that the style does not have any more is
 * passed over.
 */
export async function steerStyle(
  styles: StyleLibrary,
  styleId: string,
  steering: Steering | undefined,
): Promise<SteeredStyle> {
  const style = await styles.open(styleId)
  const { pins, bans, mix } = steering ?? UNSTEERED
  if (pins.length + bans.length + mix.length === 0) return style
  const opened = new Map<string, OpenStyle>([[styleId, style]])
  for (const { databaseId } of mix) opened.set(databaseId, await styles.open(databaseId))
  const weights = new Map([...mix.map(({ databaseId, weight }) => [databaseId, weight] as const), [styleId, 1]])
  const inStyle = (id: string) => ({ databaseId: styleId, id })
  const index = createMixedIndex({
    databases: Array.from(opened, ([id, { index }]) => ({ id, index, weight: weights.get(id) ?? 0 })),
    pins: pins.filter((id) => style.index.rowOf(id) !== null).map(inStyle),
    bans: bans.map(inStyle),
  })
  return {
    index,
    hash: style.hash,
    picture: (neighbours) =>
      Promise.all(
        neighbours.map(async (neighbour) => {
          const { databaseId = styleId, row = neighbour.row } = neighbour.origin ?? {}
          const pictures = await opened.get(databaseId)?.picture([{ ...neighbour, row }])
          return { caption: '', thumbnail: null, ...pictures?.[0], ...neighbour }
        }),
      ),
  }
}
