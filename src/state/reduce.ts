// How the page's state answers to what happens: one pure function from state and event to state.

import { MOST_GIVEN } from '../core/diffusion/given-picture.ts'
import {
  type ChosenPicture,
  type GenerationSettings,
  nameOfChosen,
  type Recipe,
  type Toward,
} from '../core/diffusion/recipe.ts'
import type { BackendDescription, PackSummary, ShownGiven, ShownSteering, StyleSummary } from '../protocol/jobs.ts'
import {
  type AppState,
  type Failure,
  type GalleryEntry,
  type GivenAs,
  isOwnStyle,
  type Job,
  type JobPhase,
  NO_STEERING,
  type Notice,
  type Picture,
  type ShownNeighbour,
  type Style,
} from './app-state.ts'

export type AppEvent =
  | { readonly kind: 'pack-progress'; readonly label: string; readonly loaded: number; readonly total: number }
  | { readonly kind: 'pack-ready'; readonly pack: PackSummary; readonly backend: BackendDescription }
  | { readonly kind: 'pack-failed'; readonly failure: Failure }
  /** What styles the pack that is being opened will have. */
  | { readonly kind: 'styles-foreseen'; readonly styles: readonly StyleSummary[] }
  /** The person's own styles as they are now. */
  | { readonly kind: 'own-styles'; readonly styles: readonly Style[] }
  /** Another model is about to be opened: the styles of the one before are none of its own. */
  | { readonly kind: 'model-switched' }
  /** Pictures for the cards of styles, by their ids. */
  | { readonly kind: 'covers-read'; readonly covers: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: 'prompt-set'; readonly prompt: string }
  | { readonly kind: 'prompt-begun' }
  | { readonly kind: 'style-set'; readonly styleId: string }
  | { readonly kind: 'settings-changed'; readonly change: Partial<GenerationSettings> }
  | { readonly kind: 'keep-seed-set'; readonly keepSeed: boolean }
  | { readonly kind: 'steered'; readonly picture: ChosenPicture }
  | { readonly kind: 'given'; readonly picture: ShownGiven; readonly as: GivenAs }
  | { readonly kind: 'taken-back'; readonly itemId: string; readonly as: GivenAs }
  | { readonly kind: 'turned'; readonly toward: Toward | null }
  | { readonly kind: 'mixed-in'; readonly styleId: string; readonly weight: number }
  | { readonly kind: 'recipe-used'; readonly recipe: Recipe; readonly keepSeed: boolean }
  /** What hangs on the wall when the page opens: the newest of the gallery, on the first visit the exhibit. */
  | { readonly kind: 'first-picture'; readonly picture: Picture }
  | { readonly kind: 'exhibit-neighbours'; readonly neighbours: readonly ShownNeighbour[] }
  | { readonly kind: 'job-started'; readonly at: number }
  | { readonly kind: 'job-phase'; readonly phase: JobPhase }
  | { readonly kind: 'job-neighbours'; readonly neighbours: readonly ShownNeighbour[] }
  | {
      readonly kind: 'job-step'
      readonly at: number
      readonly step: number
      readonly steps: number
      readonly preview: ImageBitmap | null
    }
  | { readonly kind: 'job-tile'; readonly tile: number; readonly tiles: number }
  | { readonly kind: 'job-cancelling' }
  | { readonly kind: 'job-cancelled' }
  | { readonly kind: 'job-failed'; readonly failure: Failure }
  | { readonly kind: 'failure-dismissed' }
  | { readonly kind: 'picture-made'; readonly picture: Picture; readonly entry: GalleryEntry }
  | { readonly kind: 'picture-shown'; readonly picture: Picture }
  | { readonly kind: 'gallery-read'; readonly entries: readonly GalleryEntry[] }
  /** The gallery as it is now, whatever was shown before. */
  | { readonly kind: 'gallery-replaced'; readonly entries: readonly GalleryEntry[] }
  | { readonly kind: 'entry-deleted'; readonly id: string }
  | { readonly kind: 'delete-undone' }
  | { readonly kind: 'write-begun' }
  /** Done, or failed for good. */
  | { readonly kind: 'write-ended' }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'notice-dismissed'; readonly notice: Notice['kind'] }

/** The state after `event`. Parts that the event does not touch stay the same objects. */
export function reduce(state: AppState, event: AppEvent): AppState {
  const after = answer(state, event)
  // What lies between the words and some pictures of a style is no question to another style, and the star starts anew on its map.
  if (state.styleId === null || after.styleId === state.styleId) return after
  return { ...after, steering: turnBack(after.steering, state.styleId) }
}

function answer(state: AppState, event: AppEvent): AppState {
  switch (event.kind) {
    case 'pack-progress':
      return {
        ...state,
        pack: { kind: 'opening', label: event.label, loaded: event.loaded, total: event.total },
      }
    case 'pack-ready':
      return openPack(state, event.pack, event.backend)
    case 'pack-failed':
      return { ...state, pack: { kind: 'failed', failure: event.failure } }
    case 'styles-foreseen':
      return foreseeStyles(state, event.styles)
    case 'own-styles':
      return takeOwnStyles(state, event.styles)
    case 'model-switched':
      return {
        ...state,
        styles: state.styles.filter(isOwnStyle),
        // Another CLIP sees another map.
        steering: [...state.steering.keys()].reduce(turnBack, state.steering),
        job: { kind: 'idle' },
        notices: without(state.notices, 'model-not-opened'),
      }
    case 'covers-read':
      return {
        ...state,
        styles: state.styles.map((style) => ({ ...style, covers: event.covers.get(style.id) ?? style.covers })),
      }
    case 'prompt-set':
      return { ...state, prompt: event.prompt, notices: without(state.notices, 'prompt-cut'), takenRecipe: null }
    case 'prompt-begun':
      return state.isBegun ? state : { ...state, isBegun: true }
    case 'style-set':
      return { ...state, styleId: event.styleId, isBegun: true, notices: without(state.notices, 'recipe-elsewhere') }
    case 'settings-changed':
      return { ...state, settings: { ...state.settings, ...event.change }, isBegun: true }
    case 'keep-seed-set':
      return { ...state, keepSeed: event.keepSeed, isBegun: true }
    case 'steered':
      return state.styleId === null ? state : steer(state, state.styleId, turn(state, event.picture))
    case 'given':
      return state.styleId === null ? state : steer(state, state.styleId, give(state, event.picture, event.as))
    case 'taken-back':
      return state.styleId === null ? state : steer(state, state.styleId, takeBack(state, event.itemId, event.as))
    case 'turned': {
      if (state.styleId === null) return state
      const { toward: _, ...before } = steeringNow(state)
      return steer(state, state.styleId, event.toward === null ? before : { ...before, toward: event.toward })
    }
    case 'mixed-in':
      return state.styleId === null ? state : steer(state, state.styleId, mixIn(state, event.styleId, event.weight))
    case 'recipe-used':
      return { ...takeRecipe(state, event.recipe, event.keepSeed), takenRecipe: event.recipe }
    case 'first-picture':
      // Whoever was faster keeps what they made, and what they wrote or are about to write.
      if (state.picture !== null || state.job.kind !== 'idle') return state
      if (state.isBegun || state.prompt !== '') return { ...state, picture: event.picture }
      return { ...takeRecipe(state, event.picture.recipe, false), picture: event.picture }
    case 'exhibit-neighbours':
      if (state.picture?.source !== 'exhibit') return state
      return { ...state, picture: { ...state.picture, neighbours: event.neighbours } }
    case 'job-started':
      return {
        ...state,
        job: startJob(state.settings, event.at, state.pack.kind === 'ready' ? 'text' : 'opening'),
        notices: state.notices.filter(({ kind }) => LASTING.has(kind)),
        takenRecipe: null,
      }
    case 'job-phase':
      return whileRunning(state, { phase: event.phase, tile: 0, tiles: 0 })
    case 'job-neighbours':
      return whileRunning(state, { neighbours: event.neighbours })
    case 'job-tile':
      return whileRunning(state, { tile: event.tile, tiles: event.tiles })
    case 'job-step':
      return takeStep(state, event)
    case 'job-cancelling':
      return whileRunning(state, { cancelling: true })
    case 'job-cancelled':
    case 'failure-dismissed':
      return { ...state, job: { kind: 'idle' } }
    case 'job-failed':
      return { ...state, job: { kind: 'failed', failure: event.failure } }
    case 'picture-made':
      return {
        ...state,
        job: { kind: 'idle' },
        picture: event.picture,
        gallery: [event.entry, ...state.gallery],
        notices: sayTiles(state),
      }
    case 'picture-shown':
      return { ...state, picture: event.picture, takenRecipe: null }
    case 'gallery-read':
      return { ...state, gallery: mergeEntries(state.gallery, event.entries) }
    case 'gallery-replaced':
      return { ...state, gallery: event.entries }
    case 'entry-deleted':
      return {
        ...state,
        gallery: state.gallery.filter(({ id }) => id !== event.id),
        deletedEntry: state.gallery.find(({ id }) => id === event.id) ?? state.deletedEntry,
      }
    case 'delete-undone':
      if (state.deletedEntry === null) return state
      return { ...state, gallery: mergeEntries(state.gallery, [state.deletedEntry]), deletedEntry: null }
    case 'write-begun':
      return { ...state, writes: state.writes + 1 }
    case 'write-ended':
      return { ...state, writes: state.writes - 1 }
    case 'notice':
      return { ...state, notices: [...without(state.notices, event.notice.kind), event.notice] }
    case 'notice-dismissed':
      return { ...state, notices: without(state.notices, event.notice) }
  }
}

/** The notices, with one about the picture that is done where that came in tiles. */
function sayTiles({ job, notices }: AppState): readonly Notice[] {
  if (job.kind !== 'running' || job.tiles === 0) return notices
  return [...notices, { kind: 'in-tiles', tiles: job.tiles }]
}

/** What a new picture does not make untrue. */
const LASTING: ReadonlySet<Notice['kind']> = new Set([
  'not-saved',
  'gallery-unread',
  'pictures-cleared',
  'model-not-opened',
])

/** Cards before the pack is open, and where it does not open; one that is open, or was, has told of its styles itself. */
function foreseeStyles(state: AppState, foreseen: readonly StyleSummary[]): AppState {
  if (state.pack.kind === 'ready' || state.styles.some((style) => !isOwnStyle(style))) return state
  const styles = [...foreseen.map((style) => ({ ...style, covers: [] })), ...state.styles]
  return { ...state, styles, styleId: state.styleId ?? styles[0]?.id ?? null }
}

function openPack(state: AppState, pack: PackSummary, backend: BackendDescription): AppState {
  const covers = new Map(state.styles.map((style) => [style.id, style.covers]))
  const styles = [
    ...pack.styles.map((style) => ({ ...style, covers: covers.get(style.id) ?? [] })),
    ...state.styles.filter(isOwnStyle),
  ]
  return {
    ...state,
    pack: { kind: 'ready', pack, backend },
    styles,
    styleId: oneOf(styles, state.styleId),
  }
}

function takeOwnStyles(state: AppState, own: readonly Style[]): AppState {
  const styles = [...state.styles.filter((style) => !isOwnStyle(style)), ...own]
  // Before the pack is open nobody knows which other styles there are; opening it checks the id.
  return { ...state, styles, styleId: state.pack.kind === 'ready' ? oneOf(styles, state.styleId) : state.styleId }
}

/** The style with this id or, where there is none, the first. */
function oneOf(styles: readonly Style[], styleId: string | null): string | null {
  return styles.some(({ id }) => id === styleId) ? styleId : (styles[0]?.id ?? null)
}

/** The steering of the chosen style with one picture turned on: from neither to pinned, to banned, to neither. */
function turn(state: AppState, picture: ChosenPicture): ShownSteering {
  const before = steeringNow(state)
  const { pins, bans } = before
  const isIt = (other: ChosenPicture) => nameOfChosen(other) === nameOfChosen(picture)
  const others = (list: readonly ChosenPicture[]) => list.filter((other) => !isIt(other))
  if (pins.some(isIt)) return { ...before, pins: others(pins), bans: [...bans, picture] }
  if (bans.some(isIt)) return { ...before, bans: others(bans) }
  return { ...before, pins: [...pins, picture] }
}

/** Given twice it counts once; past as many as there can be neighbours, the oldest goes. */
function give(state: AppState, picture: ShownGiven, as: GivenAs): ShownSteering {
  const before = steeringNow(state)
  if (as === 'query') return { ...before, query: picture }
  const others = (before.added ?? []).filter(({ id }) => id !== picture.id)
  return { ...before, added: [...others, picture].slice(-MOST_GIVEN) }
}

function takeBack(state: AppState, itemId: string, as: GivenAs): ShownSteering {
  const { query, added = [], ...before } = steeringNow(state)
  const left = as === 'neighbour' ? added.filter(({ id }) => id !== itemId) : added
  return {
    ...before,
    ...(left.length > 0 ? { added: left } : {}),
    ...(query === undefined || as === 'query' ? {} : { query }),
  }
}

function steeringNow({ steering, styleId }: AppState): ShownSteering {
  return steering.get(styleId ?? '') ?? NO_STEERING
}

function mixIn(state: AppState, databaseId: string, weight: number): ShownSteering {
  const { styleId } = state
  const before = steeringNow(state)
  const others = before.mix.filter((mixed) => mixed.databaseId !== databaseId)
  if (weight > 0 && databaseId !== styleId) return { ...before, mix: [...others, { databaseId, weight }] }
  const stay = (list: readonly ChosenPicture[]) =>
    list.filter((picture) => typeof picture === 'string' || picture.databaseId !== databaseId)
  return { ...before, pins: stay(before.pins), bans: stay(before.bans), mix: others }
}

function steer(state: AppState, styleId: string, steered: ShownSteering): AppState {
  return { ...state, steering: withSteering(state.steering, styleId, steered), isBegun: true }
}

type SteeringOfStyles = AppState['steering']

function withSteering(of: SteeringOfStyles, styleId: string, steered: ShownSteering): SteeringOfStyles {
  const steering = new Map(of)
  const { pins, bans, mix, added = [], query, toward } = steered
  const hasLists = pins.length + bans.length + mix.length + added.length > 0
  if (hasLists || query !== undefined || toward !== undefined) steering.set(styleId, steered)
  else steering.delete(styleId)
  return steering
}

/** With the star of one style where its words lie. */
function turnBack(of: SteeringOfStyles, styleId: string): SteeringOfStyles {
  const { toward, ...before } = of.get(styleId) ?? NO_STEERING
  return toward === undefined ? of : withSteering(of, styleId, before)
}

function takeRecipe(before: AppState, recipe: Recipe, keepSeed: boolean): AppState {
  const state = steer(before, recipe.databaseId, recipe.steering ?? NO_STEERING)
  const { prompt, databaseId, k, seed, steps, sampler, guidance, eta, width, height } = recipe
  const taken = { ...state, prompt, keepSeed, settings: { k, seed, steps, sampler, guidance, eta, width, height } }
  const notices = state.notices.filter(({ kind }) => kind !== 'recipe-elsewhere' && kind !== 'prompt-cut')
  // Before the pack is open nobody knows which styles there are; opening it checks the id.
  if (state.pack.kind !== 'ready' || state.styles.some(({ id }) => id === databaseId)) {
    return { ...taken, styleId: databaseId, notices }
  }
  return { ...taken, notices: [...notices, { kind: 'recipe-elsewhere', databaseId }] }
}

function startJob({ steps, width, height }: GenerationSettings, at: number, phase: JobPhase): Job {
  return {
    kind: 'running',
    phase,
    step: 0,
    steps,
    startedAt: at,
    preview: null,
    firstStepAt: null,
    secondsLeft: null,
    neighbours: [],
    cancelling: false,
    tile: 0,
    tiles: 0,
    width,
    height,
  }
}

function takeStep(state: AppState, event: Extract<AppEvent, { kind: 'job-step' }>): AppState {
  if (state.job.kind !== 'running') return state
  const { step, steps, at, preview } = event
  const firstStepAt = state.job.firstStepAt ?? at
  const secondsLeft = step < 2 ? null : (((at - firstStepAt) / (step - 1)) * (steps - step)) / 1000
  return whileRunning(state, { step, steps, firstStepAt, secondsLeft, preview: preview ?? state.job.preview })
}

function whileRunning(state: AppState, change: Partial<Extract<Job, { kind: 'running' }>>): AppState {
  return state.job.kind === 'running' ? { ...state, job: { ...state.job, ...change } } : state
}

function without(notices: readonly Notice[], kind: Notice['kind']): readonly Notice[] {
  return notices.some((notice) => notice.kind === kind) ? notices.filter((notice) => notice.kind !== kind) : notices
}

/** Both lists as one, newest first, each entry once. */
function mergeEntries(entries: readonly GalleryEntry[], others: readonly GalleryEntry[]): readonly GalleryEntry[] {
  const here = new Set(entries.map(({ id }) => id))
  return [...entries, ...others.filter(({ id }) => !here.has(id))].toSorted((a, b) => b.order - a.order)
}
