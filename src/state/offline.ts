// What the page knows of its own keeping: whether it opens without a network, what update waits, whether it can be installed.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { InstallPrompt } from '../platform/install-prompt.ts'
import type { ShellClient, ShellEvent } from '../platform/service-worker-client.ts'

export interface OfflineState {
  /** True once the app is kept whole. */
  readonly ready: boolean
  /** True where the app was kept whole during this visit: news, then. */
  readonly becameReady: boolean
  /** 'agreed' until the update has taken over, which it does when no tab is at work. */
  readonly update: 'none' | 'waiting' | 'agreed'
  /** Why the page should be loaded anew; null where it need not. */
  readonly reload: 'other-build' | 'retired' | 'missing-part' | null
  /** True when the moment is good to offer installing. */
  readonly offersInstall: boolean
  /** True where a reload would give the runtime more than one thread. */
  readonly wantsIsolation: boolean
  /** Files handed to the app that nothing has taken yet. */
  readonly waitingFiles: number
  /** True where the browser had no room for files that were shared. */
  readonly filesRefused: boolean
}

export interface OfflineActions {
  update(): void
  reload(): void
  install(): void
  declineInstall(): void
  /** Puts the news of being ready away. */
  dismissReady(): void
  /** Puts away that files were refused. */
  dismissRefusal(): void
}

/** What the page is at: a reload now would lose it. */
export interface Work {
  isBusy(): boolean
  /** Pictures made in this visit. */
  picturesMade(): number
  /** Calls back after every change of either. */
  subscribe(listener: () => void): void
}

export interface OfflineDependencies {
  /** Null where there is no service worker: in development, in the build that withdraws the app, in browsers without. */
  readonly client: ShellClient | null
  readonly installPrompt: InstallPrompt
  readonly work: Work
  /** Whether the page is cross-origin isolated. */
  readonly isolated: boolean
  /** Loads the page anew, with what stands in its fields. */
  readonly reload: () => void
}

export interface Offline {
  readonly store: StoreApi<OfflineState>
  readonly actions: OfflineActions
  /** Registers the service worker; what tabs and it tell is heard already. Never rejects: a browser without one has the app all the same. */
  start(): Promise<void>
  setWaitingFiles(count: number): void
  /** There was no room for files that were shared. */
  refuseFiles(): void
  /** A part of the page, loaded late, was not to be had. */
  partIsMissing(): void
}

/** After so many pictures in a visit a person has seen what they would install. */
const PICTURES_BEFORE_INSTALL = 2

export function createOffline({ client, installPrompt, work, isolated, reload }: OfflineDependencies): Offline {
  const store = createStore<OfflineState>(() => ({
    ready: false,
    becameReady: false,
    update: 'none',
    reload: null,
    offersInstall: false,
    wantsIsolation: false,
    waitingFiles: 0,
    filesRefused: false,
  }))
  let starting = true
  let installable = false
  let reloadWhenIdle = false

  function receive(event: ShellEvent): void {
    switch (event.kind) {
      case 'ready':
        if (!store.getState().ready) store.setState({ ready: true, becameReady: !starting, wantsIsolation: !isolated })
        break
      case 'update-waiting':
        store.setState(({ update }) => ({ update: update === 'agreed' ? update : 'waiting' }))
        break
      case 'updated':
        reloadWhenIdle = true
        break
      case 'other-build':
      case 'retired':
        store.setState({ reload: event.kind })
        break
    }
    followWork()
  }

  function followWork(): void {
    const busy = work.isBusy()
    client?.setBusy(busy)
    if (reloadWhenIdle && !busy) {
      reloadWhenIdle = false
      reload()
    }
    if (installable && !busy && store.getState().ready && work.picturesMade() >= PICTURES_BEFORE_INSTALL) {
      store.setState({ offersInstall: true })
    }
  }

  function stopOffering(): void {
    installable = false
    store.setState({ offersInstall: false })
  }

  installPrompt.onAvailable(() => {
    installable = true
    followWork()
  })
  work.subscribe(followWork)
  client?.listen(receive)
  // The page may be at work from the start: its model is being opened.
  followWork()

  return {
    store,
    actions: {
      update: () => {
        store.setState({ update: 'agreed' })
        void client?.takeOver()
      },
      reload,
      install: () => {
        stopOffering()
        void installPrompt.show()
      },
      declineInstall: () => {
        stopOffering()
        installPrompt.decline()
      },
      dismissRefusal: () => store.setState({ filesRefused: false }),
      dismissReady: () => store.setState({ becameReady: false, wantsIsolation: false }),
    },
    async start() {
      try {
        await client?.register()
      } catch (error) {
        console.warn(`the app is not kept for use without a network: ${error}`)
      }
      starting = false
    },
    setWaitingFiles: (waitingFiles) => store.setState({ waitingFiles }),
    refuseFiles: () => store.setState({ filesRefused: true }),
    partIsMissing: () => store.setState({ reload: 'missing-part' }),
  }
}
