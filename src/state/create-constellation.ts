// The constellation's store: follows the page's state, has the worker make maps and place prompts, one at a time.

import { createStore, type StoreApi } from 'zustand/vanilla'
import { nameOfChosen, type Toward } from '../core/diffusion/recipe.ts'
import { dropStar, HALF_WAY } from '../core/retrieval/toward.ts'
import type { JobClient } from '../protocol/client.ts'
import type { Jobs } from '../protocol/jobs.ts'
import { type AppState, nameOfNeighbour } from './app-state.ts'
import {
  type ConstellationActions,
  type ConstellationState,
  INITIAL_CONSTELLATION,
  isSameQuestion,
  type MapPicture,
  type PlacedNeighbour,
  type PlacingQuestion,
  questionOf,
} from './constellation-state.ts'
import { whereOf } from './present.ts'

export interface ConstellationDependencies {
  readonly app: StoreApi<AppState>
  /** The client that the page makes pictures with: the map lives in the worker that holds the pack. */
  readonly client: JobClient
  /** The page's own action. */
  readonly turnToward: (toward: Toward | null) => void
  readonly createUrl: (blob: Blob) => string
  /** Frees an object URL that the state no longer holds; the page may be drawing it still. */
  readonly dispose: (url: string) => void
  /** Resolves after so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>
}

export interface ConstellationInstance {
  readonly store: StoreApi<ConstellationState>
  readonly actions: ConstellationActions
}

/** How long a prompt must rest before it is placed: long enough to type through a word. */
const REST_MS = 90

/**
 * Nothing is asked before `show`. While a picture is being made nothing new is asked either: the worker has other things to
 * do. What fails leaves the constellation as it was; making a picture from the same style tells why.
 */
export function createConstellation(dependencies: ConstellationDependencies): ConstellationInstance {
  const { app, client, createUrl, wait } = dependencies
  const store = createStore<ConstellationState>(() => INITIAL_CONSTELLATION)
  let isShown = false
  let isBusy = false
  /** What the map was made of: a pack opened anew has made none, and a style of one's own may have grown. */
  let mappedIn: unknown = null
  let mappedRows: number | null = null
  let failed: PlacingQuestion | string | null = null

  /** Asks for what is missing, until nothing is. */
  async function follow(): Promise<void> {
    if (!isShown || isBusy) return
    isBusy = true
    try {
      for (;;) {
        const state = app.getState()
        if (state.pack.kind !== 'ready' || state.job.kind === 'running' || state.styleId === null) return
        const { map, placement } = store.getState()
        const rows = rowsOf(state)
        if (map?.styleId !== state.styleId || mappedIn !== state.pack || mappedRows !== rows) {
          if (failed === state.styleId || !(await makeMap(state.styleId, state.pack, rows))) return
          continue
        }
        const question = questionOf(state)
        if (question === null || (placement !== null && isSameQuestion(placement.question, question))) return
        if (typeof failed === 'object' && failed !== null && isSameQuestion(failed, question)) return
        await wait(REST_MS)
        const rested = questionOf(app.getState())
        if (rested !== null && isSameQuestion(rested, question)) await place(question)
      }
    } finally {
      isBusy = false
    }
  }

  async function makeMap(styleId: string, pack: unknown, rows: number | null): Promise<boolean> {
    const made = await client
      .run('style-map', { styleId }, { onEvent: (event) => takeSketch(styleId, event) })
      .catch(() => null)
    if (made === null) {
      store.setState({ sketch: null })
      failed = styleId
      return app.getState().styleId !== styleId
    }
    mappedIn = pack
    mappedRows = rows
    store.setState({ map: { styleId, ...made }, sketch: null, captions: new Map() })
    return true
  }

  /** A map that shows already, of fewer rows, says more than a sketch. */
  function takeSketch(styleId: string, event: Jobs['style-map']['event']): void {
    if (event.kind !== 'sketch' || store.getState().map?.styleId === styleId) return
    store.setState({ sketch: { styleId, points: event.points } })
  }

  async function place(question: PlacingQuestion): Promise<void> {
    const { styleId } = question
    const placed = await client.run('place-prompt', question).catch(() => null)
    if (placed === null) {
      failed = question
      return
    }
    const before = store.getState().placement
    // A neighbour that stays keeps its URL: its picture does not blink.
    const urls = new Map(
      before?.question.styleId === styleId
        ? before.neighbours.map((neighbour) => [nameOfNeighbour(neighbour, styleId), neighbour.url])
        : [],
    )
    const neighbours = placed.neighbours.map((neighbour): PlacedNeighbour => {
      const { row, id, score, caption, thumbnail } = neighbour
      const isHere = row < (store.getState().map?.ids.length ?? 0)
      const where = whereOf(neighbour)
      const url = urls.get(nameOfNeighbour({ id, ...where }, styleId)) ?? (thumbnail && createUrl(thumbnail))
      return { row: isHere ? row : null, id, ...where, score, caption, url }
    })
    const captions = new Map([
      ...store.getState().captions,
      ...neighbours.map((neighbour) => [nameOfNeighbour(neighbour, styleId), neighbour.caption] as const),
    ])
    store.setState({ placement: { question, x: placed.x, y: placed.y, cut: placed.cut, neighbours }, captions })
    const kept = new Set(neighbours.map(({ url }) => url))
    for (const { url } of before?.neighbours ?? []) if (url !== null && !kept.has(url)) dependencies.dispose(url)
  }

  /** A picture that is pinned or left out is called by its caption, wherever it was pressed. */
  function rememberCaptions(styleId: string, rows: readonly number[], pictures: readonly MapPicture[]): void {
    const { map, captions } = store.getState()
    if (map?.styleId !== styleId) return
    const read = rows.map((row, at) => [nameOfChosen(map.ids[row] ?? ''), pictures[at]?.caption ?? ''] as const)
    store.setState({ captions: new Map([...captions, ...read]) })
  }

  app.subscribe((after, before) => {
    if (after.styleId !== before.styleId || after.pack !== before.pack) failed = null
    void follow()
  })

  return {
    store,
    actions: {
      readPictures: async (styleId, rows): Promise<readonly MapPicture[] | null> => {
        if (app.getState().pack.kind !== 'ready') return null
        const read = await client.run('style-pictures', { styleId, rows }).catch(() => null)
        if (read !== null) rememberCaptions(styleId, rows, read.pictures)
        return read?.pictures ?? null
      },
      moveStar: (to) => {
        const { styleId, settings } = app.getState()
        const { map, placement } = store.getState()
        if (map?.styleId !== styleId || placement?.question.styleId !== styleId || settings.k === 0) return
        dependencies.turnToward(dropStar(map, placement, to))
      },
      drawStar: (id) => dependencies.turnToward({ share: HALF_WAY, pictures: [{ id, weight: 1 }] }),
      show: () => {
        isShown = true
        void follow()
      },
    },
  }
}

/** How many rows the chosen style has, null where that is not known. */
function rowsOf({ styles, styleId }: AppState): number | null {
  return styles.find(({ id }) => id === styleId)?.rows ?? null
}
