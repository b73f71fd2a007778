// The part of the composition root that makes the app keep itself: service worker, updates, install prompt, files from outside.

import { saveDraft, takeDraft } from './platform/draft.ts'
import { createInbox, createInboxIds, INBOX_DATABASE } from './platform/inbox.ts'
import { createInstallPrompt } from './platform/install-prompt.ts'
import { goToAskedPart, listenForLaunches } from './platform/launches.ts'
import { openRecordDisk } from './platform/record-disk.ts'
import type { SealedParser } from './platform/sealed-parser.ts'
import { createShellClient } from './platform/service-worker-client.ts'
import { inboxLock } from './platform/tab-locks.ts'
import type { AppInstance } from './state/create-app.ts'
import type { LibraryApp } from './state/create-library.ts'
import type { Models } from './state/create-models.ts'
import { createInboxEmptier } from './state/empty-inbox.ts'
import { createOffline, type Offline } from './state/offline.ts'

/** Put in by vite.config.ts: true in the build that withdraws the app. */
declare const KINDRED_RETIRED: boolean

const UPDATE_EVERY_MS = 60 * 60 * 1000
/** No build is swept while a page may still be on its way. */
const SWEEP_AFTER_MS = 20_000

export interface ComposedOffline {
  readonly offline: Offline
  /** To be called once the app has started: the app's own files come before those kept for later. */
  start(): Promise<void>
}

interface OfflineWiring {
  /** The app's own, an absolute URL. */
  readonly folder: URL
  readonly app: Pick<AppInstance, 'store' | 'actions'>
  readonly library: Pick<LibraryApp, 'store' | 'actions'>
  readonly models: Pick<Models, 'store'>
  readonly parser: Pick<SealedParser, 'readRecipe'>
}

export function composeOffline({
  folder,
  app: { store, actions },
  library,
  models,
  parser,
}: OfflineWiring): ComposedOffline {
  const draft = takeDraft(sessionStorage)
  if (draft !== null) {
    actions.setPrompt(draft.prompt)
    if (draft.styleId !== null) actions.setStyle(draft.styleId)
    actions.changeSettings(draft.settings)
    actions.setKeepSeed(draft.keepSeed)
  }

  let made = 0
  store.subscribe((after, before) => {
    if (before.job.kind === 'running' && after.job.kind === 'idle' && after.picture !== before.picture) made++
  })
  const hasServiceWorker = import.meta.env.PROD && !KINDRED_RETIRED && 'serviceWorker' in navigator
  const script = new URL('service-worker.js', folder).href
  const client = hasServiceWorker ? createShellClient(navigator.serviceWorker, script, folder.href) : null
  const offline = createOffline({
    client,
    installPrompt: createInstallPrompt(window, localStorage),
    work: {
      isBusy: () =>
        store.getState().job.kind === 'running' ||
        library.store.getState().imports.some(({ status }) => status === 'running' || status === 'stopping') ||
        models.store.getState().work !== null,
      picturesMade: () => made,
      subscribe: (listener) => {
        store.subscribe(listener)
        library.store.subscribe(listener)
        models.store.subscribe(listener)
      },
    },
    isolated: crossOriginIsolated,
    reload: () => {
      const { prompt, styleId, settings, keepSeed, picture } = store.getState()
      saveDraft(sessionStorage, { prompt, styleId, settings, keepSeed, entryId: picture?.entryId ?? null })
      location.reload()
    },
  })
  window.addEventListener('vite:preloadError', () => offline.partIsMissing())

  const inbox = createInbox(
    openRecordDisk(INBOX_DATABASE),
    createInboxIds(Date.now, () => crypto.randomUUID()),
  )

  const emptyInbox = createInboxEmptier({
    inbox,
    alone: async (task) => navigator.locks.request(inboxLock(folder.href), task),
    readRecipe: parser.readRecipe,
    takeRecipe: actions.useRecipe,
    library,
    onWaiting: offline.setWaitingFiles,
  })

  function emptyInboxOnceOpen(): void {
    const stop = library.store.subscribe(({ status }) => {
      if (status !== 'ready') return
      stop()
      void emptyInbox()
    })
  }

  return {
    offline,
    async start() {
      goToAskedPart(location.search)
      if (draft?.entryId && made === 0) actions.showEntry(draft.entryId)
      await offline.start()
      listenForLaunches(async (files) => {
        await inbox.put(files)
        await emptyInbox()
      }, offline.refuseFiles)
      if (library.store.getState().status !== 'ready') emptyInboxOnceOpen()
      await emptyInbox()
      if (new URLSearchParams(location.search).get('share') === 'refused') offline.refuseFiles()
      setInterval(() => client?.checkForUpdate(), UPDATE_EVERY_MS)
      setTimeout(() => client?.sweep(), SWEEP_AFTER_MS)
    },
  }
}
