// The store of the models on this device, over the install worker and the app that opens them.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FoundFiles } from '../platform/dropped-files.ts'
import type { PackChoice } from '../platform/pack-choice.ts'
import type { JobClient } from '../protocol/client.ts'
import type { InstallEvent, InstallJobs, ModelSource, StoredModel } from '../protocol/install-jobs.ts'
import type { FileEntry } from '../protocol/library-jobs.ts'
import type { AppState } from './app-state.ts'
import type { AppInstance } from './create-app.ts'
import { INITIAL_MODELS, type ModelsActions, type ModelsState, type ModelWork } from './models-state.ts'
import { failureOf } from './present.ts'
import { readZip } from './set-aside.ts'
import { createRateMeter } from './transfer-rate.ts'

export interface ModelsDependencies {
  readonly client: JobClient<InstallJobs>
  readonly app: { readonly store: Pick<StoreApi<AppState>, 'getState'> } & Pick<AppInstance, 'switchModel'>
  readonly choice: PackChoice
  readonly files: {
    findTransferred(transfer: DataTransfer): FoundFiles
    findPicked(files: readonly File[]): FoundFiles
  }
  /** Asks the browser to keep what is stored; whether it will. */
  readonly persist: () => Promise<boolean>
  /** Milliseconds, on any clock. */
  readonly now: () => number
}

export interface Models {
  readonly store: StoreApi<ModelsState>
  readonly actions: ModelsActions
  /** A model on this device; null where there is none of that id. Rejects with JobError. */
  readonly find: (id: string) => Promise<StoredModel | null>
}

/** A pack has tens of files; a folder with more than this is another folder. */
const MOST_FILES = 20_000
/** What another tab is at is looked at again after so many milliseconds. */
const LOOK_AGAIN_MS = 1000

export function createModels({ client, app, choice, files, persist, now }: ModelsDependencies): Models {
  const store = createStore<ModelsState>(() => INITIAL_MODELS)
  let controller: AbortController | null = null
  let lookingAgain: ReturnType<typeof setTimeout> | undefined

  const set = (change: Partial<ModelsState>) => store.setState(change)
  const setWork = (change: Partial<ModelWork>) =>
    store.setState(({ work }) => (work === null ? {} : { work: { ...work, ...change } }))

  async function refresh(): Promise<void> {
    try {
      const { models } = await client.run('list-models', null)
      set({ models })
      clearTimeout(lookingAgain)
      // The other tab does not tell when it is done.
      if (models.some(({ state }) => state === 'busy')) lookingAgain = setTimeout(() => void refresh(), LOOK_AGAIN_MS)
    } catch (error) {
      set({ models: store.getState().models ?? [], failure: failureOf(error) })
    }
  }

  /** Shows one install or check from its beginning to its end. A cancel is no failure. */
  async function work<T>(
    kind: ModelWork['kind'],
    task: (signal: AbortSignal, onEvent: (event: InstallEvent) => void) => Promise<T>,
  ): Promise<T | null> {
    if (controller !== null) return null
    const mine = new AbortController()
    const measure = createRateMeter()
    controller = mine
    set({
      failure: null,
      foundWhole: null,
      work: {
        kind,
        model: null,
        verifiedBytes: 0,
        byteLength: 0,
        trouble: null,
        ending: false,
        bytesPerSecond: null,
        secondsLeft: null,
      },
    })
    const onEvent = (event: InstallEvent) => {
      if (event.kind === 'model') setWork({ model: event.model, byteLength: event.model.byteLength })
      else {
        const { verifiedBytes, byteLength, trouble } = event
        setWork({ verifiedBytes, byteLength, trouble, ...measure(now(), verifiedBytes, byteLength) })
      }
    }
    try {
      return await task(mine.signal, onEvent)
    } catch (error) {
      const failure = failureOf(error)
      if (failure.code !== 'cancelled') set({ failure })
      return null
    } finally {
      controller = null
      set({ work: null })
      await refresh()
    }
  }

  async function install(findSource: () => Promise<ModelSource>): Promise<void> {
    const done = await work('installing', async (signal, onEvent) =>
      client.run('install-model', await findSource(), { signal, onEvent }),
    )
    if (done !== null && store.getState().isProtected === null) set({ isProtected: await persist().catch(() => false) })
  }

  async function check(id: string): Promise<boolean | null> {
    const done = await work('checking', (signal, onEvent) => client.run('check-model', { id }, { signal, onEvent }))
    if (done?.isWhole) set({ foundWhole: id })
    return done?.isWhole ?? null
  }

  async function resume(id: string): Promise<void> {
    const model = store.getState().models?.find((candidate) => candidate.id === id)
    if (model?.state === 'damaged' && (await check(id)) !== false) return
    await install(async () => ({ kind: 'resume', id }))
  }

  async function cancel(): Promise<void> {
    const id = store.getState().work?.model?.id
    const isInstall = store.getState().work?.kind === 'installing'
    end()
    if (id !== undefined && isInstall) await discard(id)
  }

  function end(): void {
    setWork({ ending: true })
    controller?.abort()
  }

  async function remove(id: string): Promise<void> {
    if (isOpen(id)) {
      if (!(await app.switchModel(null))) return
      await choice.write(null).catch(() => undefined)
    }
    await discard(id)
  }

  async function discard(id: string): Promise<void> {
    try {
      await client.run('remove-model', { id })
    } catch (error) {
      set({ failure: failureOf(error) })
    }
    await refresh()
  }

  /** A model that cannot be opened gives way to the one before it. */
  async function use(id: string | null): Promise<void> {
    const before = openId()
    set({ failure: null })
    if (await app.switchModel(id)) {
      await choice.write(id).catch((error: unknown) => set({ failure: failureOf(error) }))
      return
    }
    const { pack } = app.store.getState()
    if (pack.kind !== 'failed') return
    set({ failure: pack.failure })
    if (id !== before) await app.switchModel(before)
  }

  function isOpen(id: string): boolean {
    const { pack } = app.store.getState()
    return pack.kind === 'ready' && pack.pack.hash === id
  }

  /** The installed model that is open; null for the built-in one. */
  function openId(): string | null {
    return store.getState().models?.find(({ id }) => isOpen(id))?.id ?? null
  }

  return {
    store,
    async find(id) {
      const { models } = await client.run('list-models', null)
      return models.find((model) => model.id === id) ?? null
    },
    actions: {
      refresh: () => void refresh(),
      installFrom: (url) => void install(async () => ({ kind: 'url', url })),
      installDropped: (transfer) => {
        const found = files.findTransferred(transfer)
        void install(() => listFiles(found))
      },
      installPicked: (picked) => void install(() => listFiles(files.findPicked(picked))),
      installFound: (found) => void install(() => sourceOf(found.slice(0, MOST_FILES))),
      resume: (id) => void resume(id),
      pause: end,
      cancel: () => void cancel(),
      check: (id) => void check(id),
      remove: (id) => void remove(id),
      use: (id) => void use(id),
      dismissFailure: () => set({ failure: null }),
    },
  }
}

async function listFiles({ entries }: FoundFiles): Promise<ModelSource> {
  const files: FileEntry[] = []
  for await (const entry of entries) {
    if (files.push(entry) >= MOST_FILES) break
  }
  return sourceOf(files)
}

/** A zip by itself is one of a folder. */
async function sourceOf(files: readonly FileEntry[]): Promise<ModelSource> {
  const [only] = files
  const zip = files.length === 1 && only !== undefined ? await readZip(only) : null
  return zip === null ? { kind: 'folder', files } : { kind: 'zip', name: zip.name, file: zip }
}
