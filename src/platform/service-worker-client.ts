// The page's end of the service worker: registers it, hears of updates, and asks it to take over when the person agrees.

import { BUILD_ID } from '../protocol/build-id.ts'
import type { FromServiceWorker, ServiceWorkerAnswer, ToServiceWorker } from '../protocol/shell-messages.ts'
import { buildLock, busyLock, createLockHolder } from './tab-locks.ts'

export type ShellEvent =
  /** The app is kept whole: it opens without a network from now on. */
  | { readonly kind: 'ready' }
  /** A newer build is kept whole too, and waits. */
  | { readonly kind: 'update-waiting' }
  /** A person agreed to the update, here or in another tab, and it has taken over. */
  | { readonly kind: 'updated' }
  /** Page and service worker are of different builds, though nobody asked for it here. */
  | { readonly kind: 'other-build' }
  /** The app was withdrawn from the browser's keeping. */
  | { readonly kind: 'retired' }

export interface ShellClient {
  /** Tells of the service worker that is there, from now on. To be called once, before `register`. */
  listen(onEvent: (event: ShellEvent) => void): void
  /** Registers the service worker, and tells of that one too. Rejects where the browser allows none, or cannot fetch it. */
  register(): Promise<void>
  /** Lets the waiting build take over once no tab is busy. Resolves when it was asked to. */
  takeOver(): Promise<void>
  /** Looks for a newer build; quiet where there is no network. */
  checkForUpdate(): void
  /** Drops builds that no tab runs. */
  sweep(): void
  /** Keeps updates of all tabs waiting. */
  setBusy(busy: boolean): void
}

/**
 * From now on no other tab has the files of this one's build swept away, however long it takes to start.
 *
 * @param script the service worker's address
 * @param scope the app's folder, an absolute URL
 */
export function createShellClient(
  container: ServiceWorkerContainer,
  locks: Pick<LockManager, 'request'>,
  script: string,
  scope: string,
): ShellClient {
  const busy = createLockHolder(locks, busyLock(scope))
  let registration: ServiceWorkerRegistration | null = null
  let onEvent: (event: ShellEvent) => void = () => {}

  createLockHolder(locks, buildLock(scope, BUILD_ID)).set(true)

  function watchArrival(from: ServiceWorkerRegistration): void {
    const arriving = from.installing
    if (arriving === null) return
    arriving.addEventListener('statechange', () => {
      if (arriving.state === 'installed' && from.active !== null) onEvent({ kind: 'update-waiting' })
      if (arriving.state === 'activated') onEvent({ kind: 'ready' })
    })
  }

  async function compareBuilds(): Promise<void> {
    const { controller } = container
    if (controller !== null && (await askBuild(controller)) !== BUILD_ID) onEvent({ kind: 'other-build' })
  }

  return {
    listen(listener) {
      onEvent = listener
      container.addEventListener('message', ({ data }) => {
        const message = data as FromServiceWorker
        if (message.kind === 'retired') onEvent({ kind: 'retired' })
        else if (message.build !== BUILD_ID) onEvent({ kind: 'updated' })
      })
      container.addEventListener('controllerchange', () => void compareBuilds())
      container.startMessages()
    },
    async register() {
      registration = await container.register(script, { scope, updateViaCache: 'none' })
      const found = registration
      found.addEventListener('updatefound', () => watchArrival(found))
      watchArrival(found)
      if (found.active !== null) onEvent({ kind: 'ready' })
      if (found.active !== null && found.waiting !== null) onEvent({ kind: 'update-waiting' })
      void compareBuilds()
    },
    async takeOver() {
      await locks.request(busyLock(scope), () => {
        registration?.waiting?.postMessage({ kind: 'take-over' } satisfies ToServiceWorker)
      })
    },
    checkForUpdate() {
      registration?.update().catch(() => undefined)
    },
    sweep() {
      container.controller?.postMessage({ kind: 'sweep' } satisfies ToServiceWorker)
    },
    setBusy: (isBusy) => busy.set(isBusy),
  }
}

function askBuild(worker: ServiceWorker): Promise<string> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => {
      port1.close()
      resolve((data as ServiceWorkerAnswer).build)
    }
    worker.postMessage({ kind: 'which-build' } satisfies ToServiceWorker, [port2])
  })
}
