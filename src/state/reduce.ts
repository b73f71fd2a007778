// How the page's state answers to what happens: one pure function from state and event to state.

import type { GenerationSettings, Recipe } from '../core/diffusion/recipe.ts'
import type { BackendDescription, PackSummary, Phase } from '../protocol/jobs.ts'
import type { AppState, Failure, GalleryEntry, Job, Notice, Picture, ShownNeighbour } from './app-state.ts'

export type AppEvent =
  | { readonly kind: 'pack-progress'; readonly label: string; readonly loaded: number; readonly total: number }
  | { readonly kind: 'pack-ready'; readonly pack: PackSummary; readonly backend: BackendDescription }
  | { readonly kind: 'pack-failed'; readonly failure: Failure }
  | { readonly kind: 'covers-read'; readonly styleId: string; readonly covers: readonly string[] }
  | { readonly kind: 'prompt-set'; readonly prompt: string }
  | { readonly kind: 'style-set'; readonly styleId: string }
  | { readonly kind: 'settings-changed'; readonly change: Partial<GenerationSettings> }
  | { readonly kind: 'keep-seed-set'; readonly keepSeed: boolean }
  | { readonly kind: 'recipe-used'; readonly recipe: Recipe; readonly keepSeed: boolean }
  | { readonly kind: 'exhibit-read'; readonly picture: Picture }
  | { readonly kind: 'job-started'; readonly at: number }
  | { readonly kind: 'job-phase'; readonly phase: Phase }
  | { readonly kind: 'job-neighbours'; readonly neighbours: readonly ShownNeighbour[] }
  | {
      readonly kind: 'job-step'
      readonly at: number
      readonly step: number
      readonly steps: number
      readonly preview: ImageBitmap | null
    }
  | { readonly kind: 'job-cancelling' }
  | { readonly kind: 'job-cancelled' }
  | { readonly kind: 'job-failed'; readonly failure: Failure }
  | { readonly kind: 'failure-dismissed' }
  | { readonly kind: 'picture-made'; readonly picture: Picture; readonly entry: GalleryEntry }
  | { readonly kind: 'picture-shown'; readonly picture: Picture }
  | { readonly kind: 'gallery-read'; readonly entries: readonly GalleryEntry[] }
  | { readonly kind: 'entry-deleted'; readonly id: string }
  | { readonly kind: 'delete-undone' }
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'notice-dismissed'; readonly notice: Notice['kind'] }

/** The state after `event`. Parts that the event does not touch stay the same objects. */
export function reduce(state: AppState, event: AppEvent): AppState {
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
    case 'covers-read':
      return {
        ...state,
        styles: state.styles.map((style) => (style.id === event.styleId ? { ...style, covers: event.covers } : style)),
      }
    case 'prompt-set':
      return { ...state, prompt: event.prompt, notices: without(state.notices, 'prompt-cut') }
    case 'style-set':
      return { ...state, styleId: event.styleId, notices: without(state.notices, 'recipe-elsewhere') }
    case 'settings-changed':
      return { ...state, settings: { ...state.settings, ...event.change } }
    case 'keep-seed-set':
      return { ...state, keepSeed: event.keepSeed }
    case 'recipe-used':
      return takeRecipe(state, event.recipe, event.keepSeed)
    case 'exhibit-read':
      // Whoever was faster than the exhibit keeps what is there.
      if (state.picture !== null || state.prompt !== '' || state.job.kind !== 'idle') return state
      return { ...takeRecipe(state, event.picture.recipe, false), picture: event.picture }
    case 'job-started':
      return {
        ...state,
        job: startJob(state.settings, event.at),
        notices: state.notices.filter(({ kind }) => kind === 'not-saved'),
      }
    case 'job-phase':
      return whileRunning(state, { phase: event.phase })
    case 'job-neighbours':
      return whileRunning(state, { neighbours: event.neighbours })
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
      }
    case 'picture-shown':
      return { ...state, picture: event.picture }
    case 'gallery-read':
      return { ...state, gallery: mergeEntries(state.gallery, event.entries) }
    case 'entry-deleted':
      return {
        ...state,
        gallery: state.gallery.filter(({ id }) => id !== event.id),
        deletedEntry: state.gallery.find(({ id }) => id === event.id) ?? state.deletedEntry,
      }
    case 'delete-undone':
      if (state.deletedEntry === null) return state
      return { ...state, gallery: mergeEntries(state.gallery, [state.deletedEntry]), deletedEntry: null }
    case 'notice':
      return { ...state, notices: [...without(state.notices, event.notice.kind), event.notice] }
    case 'notice-dismissed':
      return { ...state, notices: without(state.notices, event.notice) }
  }
}

function openPack(state: AppState, pack: PackSummary, backend: BackendDescription): AppState {
  const covers = new Map(state.styles.map((style) => [style.id, style.covers]))
  const isThere = pack.styles.some(({ id }) => id === state.styleId)
  return {
    ...state,
    pack: { kind: 'ready', pack, backend },
    styles: pack.styles.map((style) => ({ ...style, covers: covers.get(style.id) ?? [] })),
    styleId: isThere ? state.styleId : (pack.styles[0]?.id ?? null),
  }
}

function takeRecipe(state: AppState, recipe: Recipe, keepSeed: boolean): AppState {
  const { prompt, databaseId, k, seed, steps, sampler, guidance, eta, width, height } = recipe
  const taken = { ...state, prompt, keepSeed, settings: { k, seed, steps, sampler, guidance, eta, width, height } }
  const notices = state.notices.filter(({ kind }) => kind !== 'recipe-elsewhere' && kind !== 'prompt-cut')
  // Before the pack is open nobody knows which styles there are; opening it checks the id.
  if (state.pack.kind !== 'ready' || state.styles.some(({ id }) => id === databaseId)) {
    return { ...taken, styleId: databaseId, notices }
  }
  return { ...taken, notices: [...notices, { kind: 'recipe-elsewhere', databaseId }] }
}

function startJob({ steps, width, height }: GenerationSettings, at: number): Job {
  return {
    kind: 'running',
    phase: 'text',
    step: 0,
    steps,
    startedAt: at,
    preview: null,
    firstStepAt: null,
    secondsLeft: null,
    neighbours: [],
    cancelling: false,
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
  return [...entries, ...others.filter(({ id }) => !here.has(id))].toSorted((a, b) => b.createdAt - a.createdAt)
}
