// Which neighbours the page lists: those a picture was made from, or those the words would find.

import { choosePicture, nameOfChosen, type Steering } from '../../core/diffusion/recipe.ts'
import { type AppState, NO_STEERING, type ShownNeighbour } from '../../state/app-state.ts'
import { isSameQuestion, type Placement, type PlacingQuestion } from '../../state/constellation-state.ts'
import type { Listed } from '../strings.ts'

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

/** Whether a neighbour lies in no style, but was given to the search. Pictures of earlier apps say it by their steering alone. */
export function wasGiven(
  { id, databaseId, isGiven }: ShownNeighbour,
  { added = [] }: Pick<Steering, 'added'>,
): boolean {
  return isGiven ?? (databaseId === undefined && added.some((given) => given.id === id))
}

/** @param steering what they were searched with */
export function countListed(
  { neighbours, styleId }: Pick<ListedNeighbours, 'neighbours' | 'styleId'>,
  steering: Steering = NO_STEERING,
): Listed {
  const pins = new Set(steering.pins.map(nameOfChosen))
  const counts = { own: 0, mixed: 0, pinned: 0, added: 0 }
  for (const neighbour of neighbours) {
    const { id, databaseId = styleId } = neighbour
    if (wasGiven(neighbour, steering)) counts.added++
    else if (pins.has(nameOfChosen(choosePicture(styleId, databaseId ?? undefined, id)))) counts.pinned++
    else if (databaseId === styleId) counts.own++
    else counts.mixed++
  }
  return counts
}
