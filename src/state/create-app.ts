// The page's store and what a person can do to it, built over a job client and a gallery.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ResumePoint } from '../core/diffusion/generate.ts'
import { LATENT_SCALE } from '../core/diffusion/latents.ts'
import type { Recipe } from '../core/diffusion/recipe.ts'
import { smallerTile } from '../core/diffusion/tiled-decode.ts'
import type { GalleryStore, StoredPicture } from '../platform/gallery-store.ts'
import type { KeptCount } from '../platform/kept-count.ts'
import type { LoadGuard } from '../platform/load-guard.ts'
import type { PackStyles } from '../platform/pack-styles.ts'
import type { JobClient } from '../protocol/client.ts'
import type {
  BackendChoice,
  BackendDescription,
  GenerateJobEvent,
  NeighbourPicture,
  PackReference,
} from '../protocol/jobs.ts'
import { unlessAborted } from '../protocol/unless-aborted.ts'
import {
  type AppActions,
  type AppState,
  canGenerate,
  type Failure,
  INITIAL_STATE,
  NO_STEERING,
  type Notice,
  type Style,
} from './app-state.ts'
import { createKeptPictures } from './kept-pictures.ts'
import { droppedResources, type OwnedResource } from './owned-resources.ts'
import { entryOf, failureOf, fileNameOf, pictureOf, showNeighbour, translateJobEvent } from './present.ts'
import { type AppEvent, reduce } from './reduce.ts'
import { type OtherBackend, runRescued, type Trouble } from './rescue.ts'
import { createStyleCovers } from './style-covers.ts'
import { OPENING_QUIET_MS, QUIET_MS, watchJob } from './watch-job.ts'

export interface AppDependencies {
  /** @param onWorkerLost is to be called when the worker, and with it the open pack, is gone */
  readonly createClient: (onWorkerLost: () => void) => JobClient
  readonly gallery: GalleryStore
  /** The built-in pack's folder. */
  readonly packUrl: string
  /** The installed model that was chosen on an earlier visit; null for the built-in one. */
  readonly readChosenModel: () => Promise<string | null>
  /** Told which pack is to be opened, each time before it is. */
  readonly onPack: (pack: PackReference) => void
  /** The styles of a pack and their covers, before it is open. */
  readonly readStyles: (pack: PackReference) => Promise<PackStyles>
  readonly backend: BackendChoice
  readonly loadGuard: LoadGuard
  /** What of the gallery was stored last, also where that is gone. */
  readonly keptCount: KeptCount
  /** The first visit's picture; null where the app came without one. */
  readonly loadExhibit: () => Promise<{ readonly url: string; readonly recipe: Recipe } | null>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly createId: () => string
  readonly randomSeed: () => number
  readonly createUrl: (blob: Blob) => string
  /** Frees an object URL or a bitmap that the state no longer holds; the page may be drawing it still. */
  readonly dispose: (resource: OwnedResource) => void
  readonly saveFile: (blob: Blob, name: string) => void
}

export interface AppInstance {
  readonly store: StoreApi<AppState>
  readonly actions: AppActions
  /** Runs jobs in the worker that holds the pack. */
  readonly client: JobClient
  /**
   * Opens an installed model, or with null the built-in one, in place of the one that is open. Does nothing while a picture is
   * being made. @returns whether it is open now; where not, the state says why
   */
  switchModel(id: string | null): Promise<boolean>
  /** The person's own styles as they are now; they stand after the pack's. */
  setOwnStyles(styles: readonly Style[]): void
  /** Shows the gallery as it is stored now, after something else changed it, another tab or worker. Never rejects. */
  rereadGallery(): Promise<void>
  /** Reads gallery, exhibit and pack; resolves when all are there or have failed. */
  start(): Promise<void>
}

const CANCELLED: Failure = { code: 'cancelled', message: 'there is no model to make the picture with', detail: '' }

/** Openings in a row that may end the page before the pack is no longer opened by itself. */
const CRASHES_BEFORE_SAFE_MODE = 2

/** Builds the store; nothing is read before `start`. */
export function createApp(dependencies: AppDependencies): AppInstance {
  const { gallery, createUrl, now } = dependencies
  const store = createStore<AppState>(() => INITIAL_STATE)
  const pictures = new Map<string, StoredPicture>()
  const kept = createKeptPictures(gallery)
  const client = dependencies.createClient(reopenPack)
  const { getState } = store
  const styleCovers = createStyleCovers({ getState, dispatch, client, createUrl, readStyles: dependencies.readStyles })
  let controller: AbortController | null = null
  /** Whether the person has given up the worker of the job that runs, or of the opening. */
  let isGivenUp = false
  let { backend: choice } = dependencies
  const builtIn: PackReference = { kind: 'url', url: dependencies.packUrl }
  let opened: PackReference = builtIn
  /** As the generate job takes it; smaller once the GPU's memory ended over a picture. */
  let tileSide = Number.POSITIVE_INFINITY
  let openings = 0
  let firstPicture: Promise<void> = Promise.resolve()
  /** Whether something else changed the gallery since it was read last. */
  let isOutdated = false
  let rereading: Promise<void> | null = null
  /** Whether a pack that does not open gives way to the built-in one. */
  let fallsBack = false

  function dispatch(event: AppEvent): void {
    const before = store.getState()
    const after = reduce(before, event)
    store.setState(after, true)
    for (const resource of droppedResources(before, after)) dependencies.dispose(resource)
  }

  function choose(pack: PackReference): void {
    opened = pack
    tileSide = Number.POSITIVE_INFINITY
    dependencies.onPack(pack)
  }

  /** A worker lost while opening is the opening's own failure, which the page shows: trying again by itself could go on for ever. */
  function reopenPack(): void {
    if (store.getState().pack.kind === 'ready') void openPack()
  }

  async function openPack(): Promise<void> {
    if (!(await loadPack())) return
    await readExhibitNeighbours()
    await styleCovers.complete()
  }

  /** @returns whether the pack is open now; where not, the state says why */
  async function loadPack(): Promise<boolean> {
    let outcome = await loadPackOnce()
    while (outcome === 'given up') outcome = await loadPackOnce()
    return outcome === 'open'
  }

  async function loadPackOnce(): Promise<'open' | 'not open' | 'given up'> {
    const opening = ++openings
    dispatch({ kind: 'pack-progress', label: '', loaded: 0, total: 0 })
    styleCovers.foresee(opened)
    // A worker in which opening failed cannot try again: ONNX Runtime starts once or never.
    client.close()
    dependencies.loadGuard.begin()
    try {
      const input = { pack: opened, backend: choice }
      const { pack, backend } = await watched('model', (heard) => {
        const onEvent = (event: { label: string; loaded: number; total: number }) => {
          heard()
          dispatch({ ...event, kind: 'pack-progress' })
        }
        return client.run('open-pack', input, { onEvent })
      })
      dispatch({ kind: 'pack-ready', pack, backend })
      return 'open'
    } catch (error) {
      // An opening that another one broke off has nothing to say.
      if (opening !== openings) return 'not open'
      if (wasGivenUp()) return 'given up'
      dispatch({ kind: 'pack-failed', failure: failureOf(error) })
      return 'not open'
    } finally {
      dependencies.loadGuard.end()
    }
  }

  /** Waits for a pack that is being opened, also for the one that takes the place of one that does not open. */
  function untilOpen(): Promise<boolean> {
    return new Promise((resolve) => {
      const isSettled = () => {
        const { kind } = store.getState().pack
        const isOver = kind === 'ready' || (kind === 'failed' && !fallsBack)
        if (isOver) resolve(kind === 'ready')
        return isOver
      }
      if (isSettled()) return
      const stop = store.subscribe(() => {
        if (isSettled()) stop()
      })
    })
  }

  /** Opens the pack by itself, unless that has ended the page again and again. */
  async function openPackSafely(): Promise<void> {
    const crashes = dependencies.loadGuard.begin()
    const chosen = await dependencies.readChosenModel().catch(() => null)
    // A person was faster, and what they chose is being opened, or open.
    if (openings > 0) return
    choose(chosen === null ? builtIn : { kind: 'installed', id: chosen })
    if (crashes < CRASHES_BEFORE_SAFE_MODE) return openPackOrBuiltIn()
    choice = 'wasm'
    const message = `the page ended ${crashes} times in a row while the pack was being opened`
    dispatch({ kind: 'pack-failed', failure: { code: 'load-crashed', message, detail: '' } })
  }

  /** A chosen model that is gone or damaged leaves the built-in one, and a word about it. */
  async function openPackOrBuiltIn(): Promise<void> {
    fallsBack = opened.kind === 'installed'
    await openPack()
    const { pack } = store.getState()
    if (!fallsBack || pack.kind !== 'failed') {
      fallsBack = false
      return
    }
    choose(builtIn)
    dispatch({ kind: 'notice', notice: { kind: 'model-not-opened', failure: pack.failure } })
    const opening = openPack()
    fallsBack = false
    await opening
  }

  async function switchModel(id: string | null): Promise<boolean> {
    if (store.getState().job.kind === 'running') return false
    choose(id === null ? builtIn : { kind: 'installed', id })
    dispatch({ kind: 'model-switched' })
    await openPack()
    return store.getState().pack.kind === 'ready'
  }

  /** Sets the worker up anew in the middle of a job, and says so; without a GPU where none is to be had any more. */
  async function reopenPackAfter(trouble: Trouble, on: OtherBackend): Promise<boolean> {
    if (on !== 'as before') choice = on
    if (!(await loadPack())) {
      if (choice === 'wasm') return false
      choice = 'wasm'
      if (!(await loadPack())) return false
    }
    // Those that were being read when the worker went.
    void styleCovers.complete()
    const backend = openBackend()
    if (backend !== null) dispatch({ kind: 'notice', notice: { kind: 'gpu-trouble', trouble, backend: backend.name } })
    return true
  }

  function takeSmallerTiles(): boolean {
    const { job } = store.getState()
    if (job.kind !== 'running' || job.phase !== 'decode') return false
    const smaller = smallerTile(Math.min(tileSide, Math.max(job.width, job.height) / LATENT_SCALE))
    if (smaller !== null) tileSide = smaller
    return smaller !== null
  }

  function openBackend(): BackendDescription | null {
    const { pack } = store.getState()
    return pack.kind === 'ready' ? pack.backend : null
  }

  /** A person who has made pictures finds the newest again; one who has none yet finds the exhibit. */
  async function hangFirstPicture(): Promise<void> {
    const newest = await readGallery()
    if (newest === null) return readExhibit()
    const entry = store.getState().gallery.find(({ id }) => id === newest.id)
    if (entry === undefined) return
    const neighbours = newest.neighbours.map((neighbour) => showNeighbour(neighbour, createUrl))
    dispatch({ kind: 'first-picture', picture: pictureOf(newest, entry, neighbours) })
  }

  async function readExhibit(): Promise<void> {
    const loaded = await dependencies.loadExhibit().catch(() => null)
    if (loaded === null) return
    dispatch({
      kind: 'first-picture',
      picture: { ...loaded, source: 'exhibit', entryId: null, neighbours: [], run: null },
    })
  }

  /** The exhibit's recipe names its neighbours; their pictures come with the style, how near each is with another search. */
  async function readExhibitNeighbours(): Promise<void> {
    await firstPicture
    const { picture, styles } = store.getState()
    if (picture?.source !== 'exhibit' || picture.neighbours.length > 0) return
    const { prompt, databaseId: styleId, neighbourIds: ids, k, steering = NO_STEERING } = picture.recipe
    if (ids.length === 0 || !styles.some(({ id }) => id === styleId)) return
    const read = await client.run('style-neighbours', { styleId, ids }).catch(() => null)
    if (read === null) return
    const placed = await client.run('place-prompt', { prompt, styleId, k, steering }).catch(() => null)
    const own = placed?.neighbours.filter(({ origin }) => origin === undefined || origin.databaseId === styleId) ?? []
    const scores = new Map(own.map(({ id, score }) => [id, score]))
    if (store.getState().picture !== picture) return
    const neighbours = read.neighbours.map((neighbour) =>
      showNeighbour({ ...neighbour, score: scores.get(neighbour.id) ?? null }, createUrl),
    )
    dispatch({ kind: 'exhibit-neighbours', neighbours })
  }

  /** @returns the newest picture, null where there is none or none could be read */
  async function readGallery(): Promise<StoredPicture | null> {
    try {
      const stored = await kept.list()
      for (const picture of stored) pictures.set(picture.id, picture)
      dispatch({ kind: 'gallery-read', entries: stored.map((picture) => entryOf(picture, createUrl)) })
      const count = dependencies.keptCount.read()
      // A newer app's pictures are not shown, and yet there.
      if (stored.length === 0 && count > 0 && (await gallery.isEmpty())) {
        dispatch({ kind: 'notice', notice: { kind: 'pictures-cleared', count } })
      }
      tellKept()
      return stored[0] ?? null
    } catch (error) {
      dispatch({ kind: 'notice', notice: { kind: 'gallery-unread', failure: failureOf(error) } })
      return null
    }
  }

  function rereadGallery(): Promise<void> {
    isOutdated = true
    rereading ??= rereadUntilCurrent()
    return rereading
  }

  /** What is told while the gallery is read has it read once more, however often it is told. */
  async function rereadUntilCurrent(): Promise<void> {
    await firstPicture
    while (isOutdated) {
      isOutdated = false
      await showStored()
    }
    rereading = null
  }

  /** Entries that are shown stay as they are, those that were never stored among them; what is gone frees its room. */
  async function showStored(): Promise<void> {
    try {
      const stored = await kept.list()
      const { gallery: shown } = store.getState()
      const entries = new Map(shown.map((entry) => [entry.id, entry]))
      const left = shown.filter(({ id }) => !kept.isStored(id))
      const now = stored
        .filter(({ id }) => kept.isStored(id))
        .map((picture) => entries.get(picture.id) ?? entryOf(picture, createUrl))
      dispatch({ kind: 'gallery-replaced', entries: [...left, ...now].toSorted((a, b) => b.order - a.order) })
      for (const picture of stored) pictures.set(picture.id, picture)
      forgetPictures()
      tellKept()
    } catch (error) {
      dispatch({ kind: 'notice', notice: { kind: 'gallery-unread', failure: failureOf(error) } })
    }
  }

  /** Called when what is stored has changed, and is known. */
  function tellKept(): void {
    dependencies.keptCount.tell(store.getState().gallery.filter(({ id }) => kept.isStored(id)).length)
  }

  /** Lets go of the files of pictures that are neither shown nor to be brought back. */
  function forgetPictures(): void {
    const { gallery: shown, picture: onWall, deletedEntry } = store.getState()
    const held = new Set([...shown.map(({ id }) => id), onWall?.entryId, deletedEntry?.id])
    for (const id of pictures.keys()) if (!held.has(id)) pictures.delete(id)
  }

  async function generate(): Promise<void> {
    const before = store.getState()
    const { styleId, prompt } = before
    if (!canGenerate(before) || styleId === null) return
    if (!before.keepSeed) dispatch({ kind: 'settings-changed', change: { seed: dependencies.randomSeed() } })
    const { settings } = store.getState()
    dispatch({ kind: 'job-started', at: now() })
    let neighbours: readonly NeighbourPicture[] = []
    let reached: ResumePoint | null = null
    const onEvent = (event: GenerateJobEvent) => {
      if (event.kind === 'neighbours') neighbours = event.neighbours
      if (event.kind === 'step') reached = event.reached
      dispatch(translateJobEvent(event, now(), createUrl))
    }
    controller = new AbortController()
    const { signal } = controller
    try {
      // Where the pack does not open, the page says why in the opening's own words.
      const isOpen = before.pack.kind === 'ready' || (await unlessAborted(signal, untilOpen()))
      if (!isOpen) return endBadly(CANCELLED)
      const input = { prompt: prompt.trim(), styleId, settings, steering: before.steering.get(styleId) }
      const output = await runRescued({
        run: (resume) =>
          watched('picture', (heard) => {
            const hear = (event: GenerateJobEvent) => {
              heard()
              onEvent(event)
            }
            const most = openBackend()?.name === 'wasm' ? Number.POSITIVE_INFINITY : tileSide
            return client.run('generate', { ...input, resume, tileSide: most }, { signal, onEvent: hear })
          }),
        reached: () => reached,
        backend: openBackend,
        takeSmallerTiles,
        reopen: (on, trouble) => reopenPackAfter(trouble, on),
        wasGivenUp,
        signal,
      })
      const { png, recipe, steps, milliseconds } = output
      const id = dependencies.createId()
      const createdAt = now()
      // The clock may have gone back since the newest one.
      const order = Math.max(createdAt, 1 + (store.getState().gallery[0]?.order ?? 0))
      hang({ version: 1, id, createdAt, order, png, recipe, neighbours, steps, milliseconds })
    } catch (error) {
      endBadly(failureOf(error))
    } finally {
      controller = null
    }
  }

  /** Says so while a job that should tell something tells nothing for long. */
  async function watched<T>(of: 'picture' | 'model', run: (heard: () => void) => Promise<T>): Promise<T> {
    const unsay = () => {
      if (isQuiet()) dispatch({ kind: 'notice-dismissed', notice: 'quiet' })
    }
    const quietMs = of === 'picture' ? QUIET_MS : OPENING_QUIET_MS
    const watch = watchJob(quietMs, () => dispatch({ kind: 'notice', notice: { kind: 'quiet', of } }), now)
    isGivenUp = false
    try {
      return await run(() => {
        watch.heard()
        unsay()
      })
    } finally {
      watch.stop()
      unsay()
    }
  }

  /** Asked once: what comes after it begins anew. */
  function wasGivenUp(): boolean {
    const was = isGivenUp
    isGivenUp = false
    return was
  }

  function isQuiet(): boolean {
    return store.getState().notices.some(({ kind }) => kind === 'quiet')
  }

  /** Puts a new picture on the wall, in the gallery and in storage. */
  function hang(picture: StoredPicture): void {
    const { job } = store.getState()
    const shown = job.kind === 'running' ? job.neighbours : []
    const entry = entryOf(picture, createUrl)
    pictures.set(picture.id, picture)
    // Begun first, so that the page is at work from the job's start until the picture is stored.
    void keep(() => kept.add(picture), 'not-saved')
    dispatch({ kind: 'picture-made', entry, picture: pictureOf(picture, entry, shown) })
  }

  function endBadly(failure: Failure): void {
    dispatch(failure.code === 'cancelled' ? { kind: 'job-cancelled' } : { kind: 'job-failed', failure })
  }

  /** The page goes on as if storing had worked; where it has not, it says so. */
  async function keep(storing: () => Promise<void>, unless: 'not-saved' | 'not-deleted'): Promise<void> {
    dispatch({ kind: 'write-begun' })
    try {
      await storing()
      tellKept()
    } catch (error) {
      const notice: Notice = { kind: unless, failure: failureOf(error) }
      dispatch({ kind: 'notice', notice })
    } finally {
      dispatch({ kind: 'write-ended' })
    }
  }

  const actions: AppActions = {
    setPrompt: (prompt) => dispatch({ kind: 'prompt-set', prompt }),
    beginPrompt: () => dispatch({ kind: 'prompt-begun' }),
    setStyle: (styleId) => dispatch({ kind: 'style-set', styleId }),
    pointAtStyle: (styleId) => void styleCovers.pointAt(styleId),
    changeSettings: (change) => dispatch({ kind: 'settings-changed', change }),
    mixIn: (styleId, weight) => dispatch({ kind: 'mixed-in', styleId, weight }),
    give: (picture, as) => dispatch({ kind: 'given', picture, as }),
    takeBack: (itemId, as) => dispatch({ kind: 'taken-back', itemId, as }),
    turnToward: (toward) => dispatch({ kind: 'turned', toward }),
    steer: (picture) => dispatch({ kind: 'steered', picture }),
    setKeepSeed: (keepSeed) => dispatch({ kind: 'keep-seed-set', keepSeed }),
    generate: () => void generate(),
    cancel: () => {
      if (controller === null) return
      dispatch({ kind: 'job-cancelling' })
      controller.abort()
    },
    useRecipe: (recipe) => dispatch({ kind: 'recipe-used', recipe, keepSeed: true }),
    showEntry: (id) => {
      const picture = pictures.get(id)
      const entry = store.getState().gallery.find((candidate) => candidate.id === id)
      if (picture === undefined || entry === undefined) return
      const shown = picture.neighbours.map((neighbour) => showNeighbour(neighbour, createUrl))
      dispatch({ kind: 'picture-shown', picture: pictureOf(picture, entry, shown) })
    },
    deleteEntry: (id) => {
      dispatch({ kind: 'entry-deleted', id })
      forgetPictures()
      void keep(() => kept.delete(id), 'not-deleted')
    },
    undoDelete: () => {
      const picture = pictures.get(store.getState().deletedEntry?.id ?? '')
      if (picture === undefined) return
      dispatch({ kind: 'delete-undone' })
      void keep(() => kept.add(picture), 'not-saved')
    },
    download: (entryId) => void download(entryId),
    dismiss: (kind) => dispatch({ kind: 'notice-dismissed', notice: kind }),
    startAnew: () => {
      if (!isQuiet()) return
      isGivenUp = true
      client.close()
    },
    dismissFailure: () => {
      if (store.getState().job.kind === 'failed') dispatch({ kind: 'failure-dismissed' })
    },
    retryPack: () => {
      if (store.getState().pack.kind === 'failed') void openPack()
    },
    useProcessor: () => {
      choice = 'wasm'
      if (store.getState().pack.kind === 'failed') void openPack()
    },
  }

  async function download(entryId: string | null): Promise<void> {
    const onWall = store.getState().picture
    const picture = pictures.get(entryId ?? onWall?.entryId ?? '')
    if (picture !== undefined) {
      dependencies.saveFile(picture.png, fileNameOf(picture.recipe))
    } else if (entryId === null && onWall !== null) {
      const response = await fetch(onWall.url)
      dependencies.saveFile(await response.blob(), fileNameOf(onWall.recipe))
    }
  }

  return {
    store,
    actions,
    client,
    switchModel,
    setOwnStyles: (styles) => dispatch({ kind: 'own-styles', styles }),
    rereadGallery,
    start: async () => {
      firstPicture = hangFirstPicture()
      await Promise.all([firstPicture, openPackSafely()])
    },
  }
}
