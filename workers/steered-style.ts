// A style as a person steers it: some of its pictures always or never neighbours, and other styles mixed in.

import type { GivenPicture } from '../src/core/diffusion/given-picture.ts'
import { readEmbedding } from '../src/core/diffusion/given-picture.ts'
import type { Neighbour, NeighbourIndex } from '../src/core/diffusion/model-parts.ts'
import type { ChosenPicture, PictureReference, Steering } from '../src/core/diffusion/recipe.ts'
import type { ClipDescription } from '../src/core/pack/manifest.ts'
import type { NamedIndex } from '../src/core/retrieval/flat-index.ts'
import { createMixedIndex, type Mixture } from '../src/core/retrieval/mixing.ts'
import { meanDirection } from '../src/core/retrieval/toward.ts'
import type { OpenStyle, StyleLibrary } from '../src/platform/style-library.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { NeighbourPicture, ShownSteering } from '../src/protocol/jobs.ts'

export interface SteeredStyle {
  /** Its first rows are the chosen style's own. */
  readonly index: NeighbourIndex
  /** Of the chosen style, as `OpenStyle.hash`. */
  hash(): Promise<string>
  /** The given picture that is looked for in place of the prompt, at unit length; absent where the prompt is. */
  readonly query?: Float32Array | undefined
  /** Neighbours that `index` found, with their captions and thumbnails. Rejects as `OpenStyle.picture` does. */
  picture(neighbours: readonly Neighbour[]): Promise<readonly NeighbourPicture[]>
}

const UNSTEERED: ShownSteering = { pins: [], bans: [], mix: [] }

/**
 * Rejects as `StyleLibrary.open` does, for the styles that are mixed in as well, and with 'invalid-input' for numbers that no page
 * would have written. A pin that its style does not have any more, or whose style is not mixed in, is passed over, and so is what the
 * search is turned toward.
 *
 * @param clip the open pack's: a given picture that another read is refused with 'database-other-clip'
 */
export async function steerStyle(
  styles: StyleLibrary,
  styleId: string,
  steering: ShownSteering | undefined,
  clip: Pick<ClipDescription, 'id' | 'dim'>,
): Promise<SteeredStyle> {
  const style = await styles.open(styleId)
  const { pins, bans, mix, added = [], query: given, toward: asked } = steering ?? UNSTEERED
  const toward = asked && (await readToward(asked, style.index))
  const hasLists = pins.length + bans.length + mix.length + added.length > 0
  if (!hasLists && given === undefined && toward === undefined) return style
  const query = given && readGiven(given, clip)
  const opened = new Map<string, OpenStyle>([[styleId, style]])
  for (const { databaseId } of mix) opened.set(databaseId, await styles.open(databaseId))
  const weights = new Map([...mix.map(({ databaseId, weight }) => [databaseId, weight] as const), [styleId, 1]])
  const reference = (picture: ChosenPicture): PictureReference =>
    typeof picture === 'string' ? { databaseId: styleId, id: picture } : picture
  const isThere = ({ databaseId, id }: PictureReference) => (opened.get(databaseId)?.index.rowOf(id) ?? null) !== null
  const index = createMixedIndex({
    databases: Array.from(opened, ([id, { index }]) => ({ id, index, weight: weights.get(id) ?? 0 })),
    pins: pins.map(reference).filter(isThere),
    bans: bans.map(reference),
    added: added.map((picture) => ({ id: picture.id, embedding: readGiven(picture, clip) })),
    ...(query === undefined ? {} : { query }),
    ...(toward === undefined ? {} : { toward }),
  })
  const own = new Map(added.map(({ id, name, thumbnail = null }) => [id, { caption: name, thumbnail }]))
  return {
    index,
    hash: style.hash,
    query,
    picture: (neighbours) =>
      Promise.all(
        neighbours.map(async (neighbour) => {
          const { origin, id } = neighbour
          if (origin === undefined) return { caption: '', thumbnail: null, ...own.get(id), ...neighbour, isGiven: true }
          const pictures = await opened.get(origin.databaseId)?.picture([{ ...neighbour, row: origin.row }])
          return { caption: '', thumbnail: null, ...pictures?.[0], ...neighbour }
        }),
      ),
  }
}

/** Undefined where the style has none of the pictures any more. Rejects with JobError('invalid-input'). */
async function readToward(
  { share, pictures }: NonNullable<Steering['toward']>,
  index: NamedIndex,
): Promise<Mixture['toward']> {
  const isWeight = (weight: number) => weight > 0 && weight < Number.POSITIVE_INFINITY
  if (!(share > 0 && share <= 1) || !pictures.every(({ weight }) => isWeight(weight))) {
    const weights = pictures.map(({ weight }) => weight).join(', ')
    throw new JobError('invalid-input', 'the search cannot be turned so', `a share of ${share}, weights ${weights}`)
  }
  const direction = await meanDirection(index, pictures)
  return direction === null ? undefined : { direction, share }
}

/** Throws JobError: 'database-other-clip' where another CLIP read it, 'invalid-input' where it is no picture of this one. */
function readGiven(picture: GivenPicture, { id, dim }: Pick<ClipDescription, 'id' | 'dim'>): Float32Array {
  if (picture.clipId !== id) {
    throw new JobError(
      'database-other-clip',
      'a given picture was read by another CLIP',
      `${picture.clipId} is not ${id}`,
    )
  }
  try {
    return readEmbedding(picture, dim)
  } catch (error) {
    throw new JobError('invalid-input', 'a given picture cannot be used', String(error))
  }
}
