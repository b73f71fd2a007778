// The store of what takes room on this device, over the backup worker and what the browser says of its storage.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BackupJobs, BackupProgress, ChosenModel } from '../protocol/backup-jobs.ts'
import type { JobClient } from '../protocol/client.ts'
import { failureOf } from './present.ts'
import {
  INITIAL_STORAGE,
  type Room,
  type StorageActions,
  type StorageNews,
  type StorageState,
  type StorageWork,
} from './storage-state.ts'

export interface StorageDependencies {
  readonly client: JobClient<BackupJobs>
  /** The folder that the app lies in, with a slash at its end. */
  readonly folder: URL
  /** What the browser says; null where it does not. */
  readonly measureRoom: () => Promise<Room | null>
  readonly isProtected: () => Promise<boolean>
  /** Asks the browser to keep what is stored; whether it will. */
  readonly protect: () => Promise<boolean>
  /** The installed model that the person paints with; null for the built-in one. */
  readonly chosenModel: () => Promise<ChosenModel | null>
  readonly saveFile: (blob: Blob, name: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Called when pictures came or went. */
  readonly onPictures: () => Promise<void>
  /** Called when styles came or went. */
  readonly onStyles: () => Promise<void>
}

export interface StorageApp {
  readonly store: StoreApi<StorageState>
  readonly actions: StorageActions
}

/** Builds the store; nothing is measured before `refresh`. */
export function createStorage(dependencies: StorageDependencies): StorageApp {
  const { client } = dependencies
  const store = createStore<StorageState>(() => ({
    ...INITIAL_STORAGE,
    sharedHost: findSharedHost(dependencies.folder),
  }))
  const set = (change: Partial<StorageState>) => store.setState(change)

  async function measure(): Promise<void> {
    const [kept, room, isProtected] = await Promise.all([
      client.run('measure-kept', null).catch((error: unknown) => {
        set({ failure: failureOf(error) })
        return null
      }),
      dependencies.measureRoom().catch(() => null),
      dependencies.isProtected().catch(() => false),
    ])
    set({ kept: kept ?? store.getState().kept, room, isProtected })
  }

  /** One thing at a time, from its beginning to the measure after it. */
  async function work(
    kind: StorageWork['kind'],
    task: (onEvent: (event: BackupProgress) => void) => Promise<StorageNews | null>,
  ): Promise<void> {
    if (store.getState().work !== null) return
    set({ work: { kind, done: 0, total: 0 }, news: null, failure: null })
    try {
      set({ news: await task(({ done, total }) => set({ work: { kind, done, total } })) })
    } catch (error) {
      set({ failure: failureOf(error) })
    } finally {
      // Also after a failure: what came before it is there.
      if (kind !== 'backing-up') await Promise.all([dependencies.onPictures(), dependencies.onStyles()])
      set({ work: null })
      await measure()
    }
  }

  /** Where it cannot be read, everything else is backed up all the same. */
  const chosenModel = () => dependencies.chosenModel().catch(() => null)

  async function backUp(onEvent: (event: BackupProgress) => void): Promise<StorageNews> {
    const { file } = await client.run('back-up', { model: await chosenModel() }, { onEvent })
    dependencies.saveFile(file, backupName(dependencies.now()))
    return { kind: 'backed-up', bytes: file.size }
  }

  return {
    store,
    actions: {
      refresh: () => void measure(),
      protect: () => void dependencies.protect().then((isProtected) => set({ isProtected }), measure),
      backUp: () => void work('backing-up', backUp),
      restore: (file) =>
        void work('restoring', async (onEvent) => {
          const { model, ...counts } = await client.run('restore-backup', { file }, { onEvent })
          const isInUse = model !== null && (await chosenModel())?.id === model.id
          return { kind: 'restored', ...counts, model: isInUse ? null : model }
        }),
      checkStyles: () =>
        void work('checking', async (onEvent) => ({
          kind: 'checked',
          ...(await client.run('check-styles', null, { onEvent })),
        })),
      forgetDamage: (databaseId) =>
        void work('freeing', async () => {
          await client.run('forget-damage', { databaseId })
          return null
        }),
      purgeRemoved: () =>
        void work('freeing', async () => {
          const removed = store.getState().kept?.removed ?? []
          await client.run('purge-removed', { databaseIds: removed.map(({ id }) => id) })
          return null
        }),
      deletePictures: () =>
        void work('freeing', async () => {
          await client.run('delete-pictures', null)
          return null
        }),
      dismissFailure: () => set({ failure: null }),
    },
  }
}

/** An app below the root of its host has neighbours, as on user.github.io, and a browser gives them all one storage. */
function findSharedHost({ host, pathname }: URL): string | null {
  return pathname === '/' ? null : host
}

/** Sorts by day among the person's other backups. */
function backupName(now: number): string {
  return `kindred-backup-${new Date(now).toISOString().slice(0, 10)}.zip`
}
