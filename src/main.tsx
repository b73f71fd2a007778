// The page's composition root: makes the worker's client, the stores and the adapters, and draws the app.

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { composeLibrary } from './compose-library.ts'
import { composeModels } from './compose-models.ts'
import { composeOffline } from './compose-offline.ts'
import { openSealedPackParser, openSealedParser } from './compose-parser.ts'
import { composeStorage } from './compose-storage.ts'
import { directStylesParser } from './core/pack/direct-styles-parser.ts'
import { loadExhibit } from './platform/exhibit.ts'
import { openGalleryChanges } from './platform/gallery-changes.ts'
import { createGalleryStore, GALLERY_DATABASE } from './platform/gallery-store.ts'
import { createKeptCount } from './platform/kept-count.ts'
import { createLoadGuard } from './platform/load-guard.ts'
import { createPackChoice } from './platform/pack-choice.ts'
import { readPackStyles } from './platform/pack-styles.ts'
import { openRecordDisk } from './platform/record-disk.ts'
import { filesOfPack } from './platform/referenced-pack.ts'
import { saveFile } from './platform/save-file.ts'
import { trustOwnScripts } from './platform/trusted-types.ts'
import { createJobClient } from './protocol/client.ts'
import type { BackendChoice } from './protocol/jobs.ts'
import { createApp } from './state/create-app.ts'
import { createConstellation } from './state/create-constellation.ts'
import type { OwnedResource } from './state/owned-resources.ts'
import { App } from './ui/app.tsx'

const BACKENDS: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm']

/** Nobody waits for a cancelled picture; a worker ended too early costs opening the model anew. */
const CANCEL_TIMEOUT_MS = 30_000

/** The page may be drawing what the state has just let go of. */
const DISPOSE_AFTER_MS = 1000

trustOwnScripts()

const folder = new URL(import.meta.env.BASE_URL, location.href)
const asked = new URLSearchParams(location.search).get('backend')

const createUrl = (blob: Blob) => URL.createObjectURL(blob)

function dispose(resource: OwnedResource): void {
  setTimeout(() => {
    if (typeof resource === 'string') URL.revokeObjectURL(resource)
    else resource.close()
  }, DISPOSE_AFTER_MS)
}

const parsers = { own: directStylesParser, sealed: openSealedPackParser() }

const modelChoice = createPackChoice(openRecordDisk('kindred-models'))
const packUrl = new URL('packs/kindred-mini/', folder).href

const galleryChanges = openGalleryChanges(window)

const { store, actions, client, setOwnStyles, switchModel, rereadGallery, start } = createApp({
  createClient: (onWorkerLost) =>
    createJobClient({
      createWorker: () => new Worker(new URL('../workers/generate.worker.ts', import.meta.url), { type: 'module' }),
      cancelled: 'at-once',
      cancelTimeoutMs: CANCEL_TIMEOUT_MS,
      onWorkerLost,
    }),
  gallery: createGalleryStore(openRecordDisk(GALLERY_DATABASE), galleryChanges.tell),
  packUrl,
  readChosenModel: () => modelChoice.read(),
  onPack: (pack) => void library.follow(pack),
  readStyles: (pack) => readPackStyles(filesOfPack(pack, parsers)),
  backend: BACKENDS.find((backend) => backend === asked) ?? 'auto',
  loadGuard: createLoadGuard(() => localStorage, window),
  keptCount: createKeptCount(() => localStorage),
  loadExhibit: () => loadExhibit(new URL('exhibit.png', folder)),
  now: () => Date.now(),
  createId: () => crypto.randomUUID(),
  randomSeed: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
  createUrl,
  dispose,
  saveFile,
})

galleryChanges.listen(rereadGallery)

const constellation = createConstellation({
  app: store,
  client,
  turnToward: actions.turnToward,
  createUrl,
  dispose,
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
})

const parser = openSealedParser()

const library = composeLibrary({ app: { store, actions, setOwnStyles }, parser, createUrl, dispose })

const models = composeModels({ store, switchModel }, modelChoice)

const storage = composeStorage(folder, { rereadGallery }, library, models, modelChoice)

const { offline, start: startOffline } = composeOffline({
  folder,
  app: { store, actions },
  library,
  models,
  storage,
  parser,
})

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element "root"')
createRoot(root).render(
  <StrictMode>
    <App
      store={store}
      actions={actions}
      offline={offline}
      constellation={constellation}
      library={library}
      models={models}
      storage={storage}
    />
  </StrictMode>,
)
void startOffline(start())
