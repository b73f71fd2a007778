// The page's store and what a person can do to it, built over a job client and a gallery.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Recipe } from '../core/diffusion/recipe.ts'
import type { GalleryStore, StoredPicture } from '../platform/gallery-store.ts'
import type { JobClient } from '../protocol/client.ts'
import type { BackendChoice, GenerateJobEvent, NeighbourPicture } from '../protocol/jobs.ts'
import { type AppActions, type AppState, canGenerate, type Failure, INITIAL_STATE } from './app-state.ts'
import { droppedResources, type OwnedResource } from './owned-resources.ts'
import { entryOf, failureOf, fileNameOf, pictureOf, showNeighbour, translateJobEvent } from './present.ts'
import { type AppEvent, reduce } from './reduce.ts'

export interface AppDependencies {
  /** @param onWorkerLost is to be called when the worker, and with it the open pack, is gone */
  readonly createClient: (onWorkerLost: () => void) => JobClient
  readonly gallery: GalleryStore
  readonly packUrl: string
  readonly backend: BackendChoice
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
  /** Reads exhibit, gallery and pack; resolves when all three are there or have failed. */
  start(): Promise<void>
}

/** Thumbnails on a style's card. */
const COVERS = 4

/** Builds the store; nothing is read before `start`. */
export function createApp(dependencies: AppDependencies): AppInstance {
  const { gallery, createUrl, now } = dependencies
  const store = createStore<AppState>(() => INITIAL_STATE)
  const pictures = new Map<string, StoredPicture>()
  const client = dependencies.createClient(reopenPack)
  let controller: AbortController | null = null

  function dispatch(event: AppEvent): void {
    const before = store.getState()
    const after = reduce(before, event)
    store.setState(after, true)
    for (const resource of droppedResources(before, after)) dependencies.dispose(resource)
  }

  /** A worker lost while opening is the opening's own failure, which the page shows: trying again by itself could go on for ever. */
  function reopenPack(): void {
    if (store.getState().pack.kind === 'ready') void openPack()
  }

  async function openPack(): Promise<void> {
    dispatch({ kind: 'pack-progress', label: '', loaded: 0, total: 0 })
    // A worker in which opening failed cannot try again: ONNX Runtime starts once or never.
    client.close()
    try {
      const input = { packUrl: dependencies.packUrl, backend: dependencies.backend }
      const onEvent = (event: { label: string; loaded: number; total: number }) =>
        dispatch({ ...event, kind: 'pack-progress' })
      const { pack, backend } = await client.run('open-pack', input, { onEvent })
      dispatch({ kind: 'pack-ready', pack, backend })
    } catch (error) {
      dispatch({ kind: 'pack-failed', failure: failureOf(error) })
      return
    }
    await readCovers()
  }

  /** A style whose database cannot be read keeps its card without pictures; choosing it tells why. */
  async function readCovers(): Promise<void> {
    for (const { id, covers } of store.getState().styles) {
      if (covers.length > 0) continue
      const read = await client.run('style-cover', { styleId: id, count: COVERS }).catch(() => null)
      if (read !== null) dispatch({ kind: 'covers-read', styleId: id, covers: read.thumbnails.map(createUrl) })
    }
  }

  async function readExhibit(): Promise<void> {
    const exhibit = await dependencies.loadExhibit().catch(() => null)
    if (exhibit === null) return
    dispatch({
      kind: 'exhibit-read',
      picture: { ...exhibit, source: 'exhibit', entryId: null, neighbours: [], run: null },
    })
  }

  async function readGallery(): Promise<void> {
    try {
      const stored = await gallery.list()
      for (const picture of stored) pictures.set(picture.id, picture)
      dispatch({ kind: 'gallery-read', entries: stored.map((picture) => entryOf(picture, createUrl)) })
    } catch (error) {
      dispatch({ kind: 'notice', notice: { kind: 'not-saved', failure: failureOf(error) } })
    }
  }

  async function generate(): Promise<void> {
    const before = store.getState()
    const { styleId, prompt } = before
    if (!canGenerate(before) || styleId === null) return
    if (!before.keepSeed) dispatch({ kind: 'settings-changed', change: { seed: dependencies.randomSeed() } })
    const { settings } = store.getState()
    dispatch({ kind: 'job-started', at: now() })
    let neighbours: readonly NeighbourPicture[] = []
    const onEvent = (event: GenerateJobEvent) => {
      if (event.kind === 'neighbours') neighbours = event.neighbours
      dispatch(translateJobEvent(event, now(), createUrl))
    }
    controller = new AbortController()
    try {
      const input = { prompt: prompt.trim(), styleId, settings }
      const output = await client.run('generate', input, { signal: controller.signal, onEvent })
      const { png, recipe, steps, milliseconds } = output
      const id = dependencies.createId()
      hang({ version: 1, id, createdAt: now(), png, recipe, neighbours, steps, milliseconds })
    } catch (error) {
      endBadly(failureOf(error))
    } finally {
      controller = null
    }
  }

  /** Puts a new picture on the wall, in the gallery and in storage. */
  function hang(picture: StoredPicture): void {
    const { job } = store.getState()
    const shown = job.kind === 'running' ? job.neighbours : []
    const entry = entryOf(picture, createUrl)
    pictures.set(picture.id, picture)
    dispatch({ kind: 'picture-made', entry, picture: pictureOf(picture, entry, shown) })
    void keep(gallery.add(picture))
  }

  function endBadly(failure: Failure): void {
    dispatch(failure.code === 'cancelled' ? { kind: 'job-cancelled' } : { kind: 'job-failed', failure })
    // A lost device does not come back to the worker that had it.
    if (failure.code === 'device-lost') void openPack()
  }

  /** The picture shows even where storing fails; the page says so. */
  async function keep(storing: Promise<void>): Promise<void> {
    try {
      await storing
    } catch (error) {
      dispatch({ kind: 'notice', notice: { kind: 'not-saved', failure: failureOf(error) } })
    }
  }

  const actions: AppActions = {
    setPrompt: (prompt) => dispatch({ kind: 'prompt-set', prompt }),
    setStyle: (styleId) => dispatch({ kind: 'style-set', styleId }),
    changeSettings: (change) => dispatch({ kind: 'settings-changed', change }),
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
      void keep(gallery.delete(id))
    },
    undoDelete: () => {
      const picture = pictures.get(store.getState().deletedEntry?.id ?? '')
      if (picture === undefined) return
      dispatch({ kind: 'delete-undone' })
      void keep(gallery.add(picture))
    },
    download: (entryId) => void download(entryId),
    dismiss: (kind) => dispatch({ kind: 'notice-dismissed', notice: kind }),
    dismissFailure: () => {
      if (store.getState().job.kind === 'failed') dispatch({ kind: 'failure-dismissed' })
    },
    retryPack: () => {
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
    start: async () => {
      await Promise.all([readExhibit(), readGallery(), openPack()])
    },
  }
}
