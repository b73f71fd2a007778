// Which neighbours the page lists: those a picture was made from, or those the words would find.

import { type AppState, NO_STEERING, type ShownNeighbour } from '../../state/app-state.ts'
import { isSameQuestion, type Placement, type PlacingQuestion } from '../../state/constellation-state.ts'

export interface ListedNeighbours {
  /** 'used' where a picture is or was made with them, 'foreseen' where it would be. */
  readonly kind: 'used' | 'foreseen'
  /** Best first. */
  readonly neighbours: readonly ShownNeighbour[]
  readonly styleId: string | null
}

type Asked = Pick<AppState, 'job' | 'picture' | 'styleId'>

/**
 * The neighbours of the picture being made come first; then those of the picture on the wall, as long as the page would ask
 * the same again; then those that the words find. An answer that lags behind the typing stays until the next is there.
 *
 * @param question what the page would ask now, null where nothing is written
 */
export function pickNeighbours(
  { job, picture, styleId }: Asked,
  question: PlacingQuestion | null,
  placement: Placement | null,
): ListedNeighbours {
  if (job.kind === 'running' && job.neighbours.length > 0) return { kind: 'used', neighbours: job.neighbours, styleId }
  const ofPicture = {
    kind: 'used',
    neighbours: picture?.neighbours ?? [],
    styleId: picture?.recipe.databaseId ?? null,
  } as const
  if (question === null || placement === null || placement.question.styleId !== question.styleId) return ofPicture
  if (picture !== null && (ofPicture.neighbours.length > 0 || question.k === 0)) {
    const { prompt, databaseId, k, steering = NO_STEERING } = picture.recipe
    if (isSameQuestion({ prompt, styleId: databaseId, k, steering }, question)) return ofPicture
  }
  return { kind: 'foreseen', neighbours: placement.neighbours, styleId: question.styleId }
}
