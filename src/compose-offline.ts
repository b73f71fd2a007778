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
import type { StorageApp } from './state/create-storage.ts'
import { createInboxEmptier } from './state/empty-inbox.ts'
import { createOffline, type Offline } from './state/offline.ts'
import { listenForPack, untilOpenOrSilent } from './state/pack-silence.ts'
import { createPageWork } from './state/page-work.ts'

/** Put in by vite.config.ts: true in the build that withdraws the app. */
declare const KINDRED_RETIRED: boolean

const UPDATE_EVERY_MS = 60 * 60 * 1000
/** No build is swept while a page may still be on its way. */
const SWEEP_AFTER_MS = 20_000

export interface ComposedOffline {
  readonly offline: Offline
  /**
   * Begins once the app has opened, or does not look as if it ever will: its own files come before those kept for later.
   *
   * @param opened settles when it has, or has failed to
   */
  start(opened: Promise<void>): Promise<void>
}

interface OfflineWiring {
  /** The app's own, an absolute URL. */
  readonly folder: URL
  readonly app: Pick<AppInstance, 'store' | 'actions'>
  readonly library: Pick<LibraryApp, 'store' | 'actions'>
  readonly models: Pick<Models, 'store'>
  readonly storage: Pick<StorageApp, 'store'>
  readonly parser: Pick<SealedParser, 'readRecipe'>
}

export function composeOffline({
  folder,
  app: { store, actions },
  library,
  models,
  storage,
  parser,
}: OfflineWiring): ComposedOffline {
  const draft = takeDraft(sessionStorage)
  if (draft !== null) {
    actions.setPrompt(draft.prompt)
    if (draft.styleId !== null) actions.setStyle(draft.styleId)
    actions.changeSettings(draft.settings)
    actions.setKeepSeed(draft.keepSeed)
  }

  const silence = listenForPack(store)
  const work = createPageWork({
    app: store,
    library: library.store,
    models: models.store,
    storage: storage.store,
    silence,
  })
  const hasServiceWorker =
    import.meta.env.PROD && !KINDRED_RETIRED && 'serviceWorker' in navigator && 'locks' in navigator
  const script = new URL('service-worker.js', folder).href
  const client = hasServiceWorker
    ? createShellClient(navigator.serviceWorker, navigator.locks, script, folder.href)
    : null
  const offline = createOffline({
    client,
    installPrompt: createInstallPrompt(window, localStorage),
    work,
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
    async start(opened) {
      await untilOpenOrSilent(opened, silence)
      goToAskedPart(location.search)
      if (draft?.entryId && work.picturesMade() === 0) actions.showEntry(draft.entryId)
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
