// The page's composition root: makes the worker's client, the stores and the adapters, and draws the app.

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { loadExhibit } from './platform/exhibit.ts'
import { createGalleryStore } from './platform/gallery-store.ts'
import { openKeyValue } from './platform/key-value.ts'
import { saveFile } from './platform/save-file.ts'
import { createJobClient } from './protocol/client.ts'
import type { BackendChoice } from './protocol/jobs.ts'
import { createApp } from './state/create-app.ts'
import { App } from './ui/app.tsx'

const BACKENDS: readonly BackendChoice[] = ['auto', 'webgpu', 'wasm']

/** The page may be drawing what the state has just let go of. */
const DISPOSE_AFTER_MS = 1000

const folder = new URL(import.meta.env.BASE_URL, location.href)
const asked = new URLSearchParams(location.search).get('backend')

const { store, actions, start } = createApp({
  createClient: (onWorkerLost) =>
    createJobClient({
      createWorker: () => new Worker(new URL('../workers/generate.worker.ts', import.meta.url), { type: 'module' }),
      onWorkerLost,
    }),
  gallery: createGalleryStore(openKeyValue('kindred-gallery')),
  packUrl: new URL('packs/kindred-mini/', folder).href,
  backend: BACKENDS.find((backend) => backend === asked) ?? 'auto',
  loadExhibit: () => loadExhibit(new URL('exhibit.png', folder)),
  now: () => Date.now(),
  createId: () => crypto.randomUUID(),
  randomSeed: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
  createUrl: (blob) => URL.createObjectURL(blob),
  dispose: (resource) =>
    setTimeout(() => {
      if (typeof resource === 'string') URL.revokeObjectURL(resource)
      else resource.close()
    }, DISPOSE_AFTER_MS),
  saveFile,
})

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element "root"')
createRoot(root).render(
  <StrictMode>
    <App store={store} actions={actions} />
  </StrictMode>,
)
void start()
