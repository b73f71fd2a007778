// The service worker: keeps one build of the app whole, answers from it, and changes builds only when a person agrees.

import { createInbox, createInboxIds, INBOX_DATABASE } from '../src/platform/inbox.ts'
import { openRecordDisk } from '../src/platform/record-disk.ts'
import { securityHeaders } from '../src/platform/security-headers.ts'
import {
  assetsFor,
  keepShell,
  type RuntimeBuild,
  type ShellAsset,
  shellCacheName,
  sweepShells,
} from '../src/platform/shell-cache.ts'
import { buildsInUse, shellLock } from '../src/platform/tab-locks.ts'
import { BUILD_ID } from '../src/protocol/build-id.ts'
import type { FromServiceWorker, ServiceWorkerAnswer, ToServiceWorker } from '../src/protocol/shell-messages.ts'

/** Put in by tools/service-worker-file.ts. */
declare const KINDRED_ASSETS: readonly ShellAsset[]
/** True in the build that withdraws the app from browsers: see SECURITY.md. */
declare const KINDRED_RETIRED: boolean

const worker = self as unknown as ServiceWorkerGlobalScope
const { scope } = worker.registration
const runtime: RuntimeBuild = 'Suspending' in WebAssembly ? 'jspi' : 'asyncify'
const assets = assetsFor(KINDRED_ASSETS, runtime)
const paths = new Set(assets.map(({ path }) => path))
/** Whether a person agreed; else this worker took over because no tab was left. */
let agreed = false

if (KINDRED_RETIRED) retire()
else serve()

function serve(): void {
  worker.addEventListener('install', (event) => event.waitUntil(install()))
  worker.addEventListener('activate', (event) => event.waitUntil(activate()))
  worker.addEventListener('message', (event) => event.waitUntil(receive(event)))
  worker.addEventListener('fetch', (event) => {
    const answer = respond(event.request)
    if (answer !== null) event.respondWith(answer)
  })
}

/** One asset that is missing or altered, and this rejects: the browser then keeps the worker that it has. */
function install(): Promise<void> {
  return navigator.locks.request(shellLock(scope), () =>
    keepShell({
      assets,
      scope,
      build: BUILD_ID,
      caches,
      fetch: (url, init) => fetch(url, init),
      headers: securityHeaders,
    }),
  )
}

async function activate(): Promise<void> {
  await worker.clients.claim()
  if (agreed) await tell({ kind: 'updated', build: BUILD_ID })
}

async function receive({ data, ports }: ExtendableMessageEvent): Promise<void> {
  const message = data as ToServiceWorker
  switch (message.kind) {
    case 'which-build':
      ports[0]?.postMessage({ build: BUILD_ID } satisfies ServiceWorkerAnswer)
      break
    case 'take-over':
      agreed = true
      await worker.skipWaiting()
      break
    case 'sweep':
      await sweep()
      break
  }
}

/** Never while another build arrives or waits: its cache is none of this build's to judge. */
async function sweep(): Promise<void> {
  await navigator.locks.request(shellLock(scope), { ifAvailable: true }, async (lock) => {
    if (lock === null || worker.registration.installing !== null || worker.registration.waiting !== null) return
    const inUse = buildsInUse(scope, await navigator.locks.query())
    await sweepShells(caches, scope, new Set([...inUse, BUILD_ID]))
  })
}

/** Null for what the browser is to fetch by itself. */
function respond(request: Request): Promise<Response> | null {
  const url = new URL(request.url)
  if (!url.href.startsWith(scope)) return null
  const path = decodeURIComponent(url.pathname.slice(new URL(scope).pathname.length))
  if (request.method === 'POST' && path === 'share') return receiveShare(request)
  if (request.method !== 'GET' || request.headers.has('Range')) return null
  const asked = path === '' ? 'index.html' : path
  if (paths.has(asked)) return answer(asked, request)
  // A tab of an older build may ask for its own, whose names tell their content.
  if (path.startsWith('assets/')) return answerFromAny(path, request)
  return null
}

async function answer(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(shellCacheName(scope, BUILD_ID))
  const kept = await cache.match(new URL(path, scope).href)
  return kept ?? withHeaders(path, await fetch(request))
}

async function answerFromAny(path: string, request: Request): Promise<Response> {
  const kept = await caches.match(new URL(path, scope).href)
  return kept ?? withHeaders(path, await fetch(request))
}

/** For hosts that cannot send headers: page and workers are isolated only where both carry them. */
function withHeaders(path: string, response: Response): Response {
  if (response.status !== 200) return response
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(securityHeaders(path))) headers.set(name, value)
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

/** Puts shared files where the page finds them, and shows the page. */
async function receiveShare(request: Request): Promise<Response> {
  const inbox = createInbox(
    openRecordDisk(INBOX_DATABASE),
    createInboxIds(Date.now, () => crypto.randomUUID()),
  )
  const form = await request.formData()
  const files = form.getAll('files').filter((entry) => entry instanceof File)
  const outcome = await inbox.put(files).then(
    () => 'received',
    () => 'refused',
  )
  return Response.redirect(new URL(`./?share=${outcome}`, scope).href, 303)
}

async function tell(message: FromServiceWorker): Promise<void> {
  for (const client of await worker.clients.matchAll({ includeUncontrolled: true })) client.postMessage(message)
}

/** Takes over at once, deletes the app's shell and nothing of the person's, and goes. */
function retire(): void {
  worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()))
  worker.addEventListener('activate', (event) => event.waitUntil(withdraw()))
}

async function withdraw(): Promise<void> {
  await sweepShells(caches, scope, new Set())
  await worker.registration.unregister()
  await tell({ kind: 'retired' })
}
