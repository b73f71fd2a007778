// What the constellation shows: the chosen style as a map, the prompt's place on it, and the pictures read so far.

import { type MapPlace, nameOfChosen, type Toward } from '../core/diffusion/recipe.ts'
import { placeToward } from '../core/retrieval/toward.ts'
import type { PromptCut, ShownGiven, ShownSteering } from '../protocol/jobs.ts'
import { type AppState, NO_STEERING, type ShownNeighbour } from './app-state.ts'

/** A style's rows as points. */
export interface StyleMap {
  readonly styleId: string
  /** [rows, 2], x and y, -1..1 for all but a few stragglers. */
  readonly points: Float32Array
  /** The rows' stable names. */
  readonly ids: readonly string[]
}

/** Where a few rows of a large style lie, while its map is being made. */
export type StyleSketch = Pick<StyleMap, 'styleId' | 'points'>

/** A neighbour with its row, which is its place on the map. */
export interface PlacedNeighbour extends ShownNeighbour {
  /** Null where it lies in another style, which is mixed in, or in none. */
  readonly row: number | null
  readonly score: number
}

/** Which neighbours a prompt would find, and where it stands among them. */
export interface Placement {
  /** What was asked: it holds as long as this is what the page would ask. */
  readonly question: PlacingQuestion
  readonly x: number
  readonly y: number
  /** What of the prompt is past the length that the model reads; null where it reads all. */
  readonly cut: PromptCut | null
  /** Best first. */
  readonly neighbours: readonly PlacedNeighbour[]
}

export interface PlacingQuestion {
  readonly prompt: string
  readonly styleId: string
  readonly k: number
  readonly steering: ShownSteering
}

export interface MapPicture {
  /** Null where the database has no picture of the row. */
  readonly thumbnail: Blob | null
  readonly caption: string
}

export interface ConstellationState {
  /** Null until the chosen style's map is made; the map before stays until then. */
  readonly map: StyleMap | null
  /** Shown in its place until the chosen style's map is made, where that takes long; null otherwise. */
  readonly sketch: StyleSketch | null
  /** The latest answer, which may lag behind what is written; null before the first. */
  readonly placement: Placement | null
  /** Captions of the map's rows, and of neighbours in other styles, of those read so far, by `nameOfChosen`. */
  readonly captions: ReadonlyMap<string, string>
}

export interface ConstellationActions {
  /**
   * Turns the search toward the pictures at a place of the map, where the star was dragged; at the words' own place, back to them.
   * Does nothing before both are there, and where no neighbours are looked for.
   */
  moveStar(to: MapPlace): void
  /** Turns the search half way toward one picture of the map, by its id. */
  drawStar(itemId: string): void
  /** Pictures of rows of the map that shows; null where they cannot be read now. Never rejects. */
  readPictures(styleId: string, rows: readonly number[]): Promise<readonly MapPicture[] | null>
  /** From now on maps are made and prompts placed; before, nothing is computed for a constellation nobody sees. */
  show(): void
}

export const INITIAL_CONSTELLATION: ConstellationState = {
  map: null,
  sketch: null,
  placement: null,
  captions: new Map(),
}

type Asking = Pick<AppState, 'prompt' | 'styleId' | 'settings' | 'steering'>

/** What the page would ask now; null where nothing is written. */
export function questionOf({ prompt, styleId, settings, steering }: Asking): PlacingQuestion | null {
  const words = prompt.trim()
  if (words === '' || styleId === null) return null
  return { prompt: words, styleId, k: settings.k, steering: steering.get(styleId) ?? NO_STEERING }
}

/** Whether both ask the same. */
export function isSameQuestion(a: PlacingQuestion, b: PlacingQuestion): boolean {
  return a.prompt === b.prompt && a.styleId === b.styleId && a.k === b.k && isSameSteering(a.steering, b.steering)
}

function isSameSteering(a: ShownSteering, b: ShownSteering): boolean {
  const mixOf = ({ mix }: ShownSteering) => mix.map(({ databaseId, weight }) => `${weight} ${databaseId}`)
  const givenOf = ({ added = [], query }: ShownSteering) => [query, ...added].map(nameGiven)
  const lists = ({ pins, bans }: ShownSteering) => [pins.map(nameOfChosen), bans.map(nameOfChosen)]
  const [ofA, ofB] = [a, b].map((steering) => [
    ...lists(steering),
    mixOf(steering),
    givenOf(steering),
    nameToward(steering.toward),
  ])
  return a === b || (ofA ?? []).every((list, at) => isSameList(list, ofB?.[at] ?? []))
}

/** Without its place on the map, which changes nothing of what is asked. */
function nameToward(toward: Toward | undefined): readonly string[] {
  return toward === undefined ? [] : [`${toward.share}`, ...toward.pictures.map(({ id, weight }) => `${weight} ${id}`)]
}

function nameGiven(picture: ShownGiven | undefined): string {
  return picture === undefined ? '' : `${picture.clipId} ${picture.id}`
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((value, at) => value === b[at]))
}

export interface StarPlace extends MapPlace {
  /** Where the words lie, which the star was moved away from; null where it lies there. */
  readonly home: MapPlace | null
}

/** @param placement the latest answer for the map's style */
export function placeStar(map: StyleMap, { x, y }: Placement, toward: Toward | undefined): StarPlace {
  const moved = toward === undefined ? null : placeToward(map, toward)
  return moved === null ? { x, y, home: null } : { ...moved, home: { x, y } }
}
