// The app without a server, through updates good and bad, and under its policy: each fault made for real.

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, expect, type Locator, type Page, test } from '@playwright/test'
import { DEFAULT_SETTINGS } from '../src/core/diffusion/recipe.ts'
import { embedRecipe } from '../src/core/formats/png-metadata.ts'
import { threadCount } from '../src/platform/threads.ts'
import { strings } from '../src/ui/strings.ts'
import { browserArguments, findBrowser } from '../tools/browser.ts'
import { makeMicroPack } from '../tools/micro-pack.ts'
import { readKept } from './kept-inventory.ts'
import { importPictures, plainPictures } from './my-pictures.ts'
import { buildOf, deployNext, deployRetired, openSite, type Site } from './offline-site.ts'
import { servePack } from './pack-server.ts'
import { generate, openPage, openSettings, setNumber } from './page.ts'
import { openSinks, type Sinks } from './sinks.ts'

const READY = /ready to work offline/i

let browser: Browser
let sinks: Sinks
let context: BrowserContext
let site: Site
/** What the browser refused by policy, in its words. */
let violations: string[]
/** Requests to anyone but the site. */
let foreign: string[]
/** Parts of the app that a page asked for and did not get. */
let missing: string[]
/** The sites of all tests, and the one server that a person named to install a model from. */
const chosenHosts = new Set<string>()
const logs = mkdtempSync(join(tmpdir(), 'kindred-netlog-'))
const netLog = join(logs, 'net.json')

test.beforeAll(async () => {
  sinks = await openSinks()
  browser = await launch([sinks.flag, `--log-net-log=${netLog}`])
})

test.afterAll(async () => {
  await browser.close()
  await sinks.close()
  rmSync(logs, { recursive: true, force: true })
})

test.afterEach(async () => {
  await context.close()
  await site.remove()
})

test('from the second visit on a picture is made with the server gone, and nothing was refused or sent elsewhere', async () => {
  const first = await visit(await openSite())
  await becomeReady(first)
  // The news moves nothing: what fits the first screen without it fits with it.
  const chosen = await first.locator('.style-card:has(:checked)').boundingBox()
  expect((chosen?.y ?? Infinity) + (chosen?.height ?? 0)).toBeLessThanOrEqual(first.viewportSize()?.height ?? 0)
  await importPictures(first, await plainPictures(3))
  const modelHost = await installModel(first)
  await first.close()
  await site.stop()

  const second = await context.newPage()
  await openPage(second)
  expect(await second.evaluate(() => crossOriginIsolated)).toBe(true)
  await useFewSteps(second)
  await generate(second, 'a red house by the sea')
  await second.getByRole('radio', { name: 'My pictures', exact: true }).click({ force: true })
  await generate(second, 'a red house in my own style')
  await second.reload()
  await expect(second.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(2)
  await second.getByRole('button', { name: 'Models' }).click()
  await second.getByRole('button', { name: 'Use Micro' }).click({ timeout: 120_000 })
  await expect(second.getByRole('list', { name: 'Models on this device' })).toContainText('In use', {
    timeout: 120_000,
  })
  await second.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await expect(second.getByText('Model: Micro')).toBeVisible({ timeout: 120_000 })
  await generate(second, 'a red house by another model')
  expect(violations).toEqual([])
  // The model's server was asked by its installer, and by nothing else.
  expect(new Set(foreign.map((url) => new URL(url).host))).toEqual(new Set([modelHost]))
})

test('the policy holds: no foreign request, no foreign worker, no HTML from text, no eval', async () => {
  const page = await visit(await openSite())
  const outcomes = await page.evaluate(async () => {
    const attempt = async (task: () => unknown) => {
      try {
        await task()
        return 'allowed'
      } catch (error) {
        return error instanceof Error ? error.name : 'refused'
      }
    }
    return [
      await attempt(() => fetch('https://elsewhere.invalid/')),
      await attempt(() => new Worker('https://elsewhere.invalid/worker.js')),
      await attempt(() => {
        document.createElement('p').innerHTML = '<b>text</b>'
      }),
      // In a task of the page's own: the debugger, through which this function came, may evaluate.
      await attempt(
        () =>
          new Promise((resolve, reject) => {
            setTimeout(() => {
              try {
                // biome-ignore lint/security/noGlobalEval: what is tested is that it is refused
                resolve(globalThis.eval('1'))
              } catch (error) {
                reject(error)
              }
            }, 100)
          }),
      ),
    ]
  })
  expect(outcomes).toEqual(['TypeError', 'TypeError', 'TypeError', 'EvalError'])
  await expect.poll(() => violations.length, 'the listener hears violations').toBeGreaterThan(2)
  expect(foreign).toEqual([])
})

test('a host that sends no headers: one thread at first, all of them after one reload, and the same picture', async () => {
  const page = await visit(await openSite(() => ({})))
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  await expect(page.getByText(/\b1 thread\b/)).toBeVisible()
  await useFewSteps(page)
  await setNumber(page, 'Seed', 7)
  const alone = await generate(page, 'a white cat under the moon')
  await expect(page.getByRole('status').filter({ hasText: READY })).toBeVisible({ timeout: 120_000 })

  await page.getByRole('button', { name: 'Load again' }).click()
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: 120_000 })
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  const threads = threadCount(await page.evaluate(() => navigator.hardwareConcurrency), true)
  await expect(page.getByText(`${threads} thread${threads === 1 ? '' : 's'}`)).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue('a white cat under the moon')
  expect(await generate(page)).toBe(alone)
  expect(violations).toEqual([])
})

test('of files shared with the app, a picture with a recipe fills the fields and others begin a style', async () => {
  const page = await visit(await openSite())
  await becomeReady(page)
  const png = pngWithRecipe('a castle in the fog')
  const plain = [...readFileSync(join(site.folder, 'icons', 'icon-192.png'))]
  const landed = await page.evaluate(
    async ([bytes = [], other = []]) => {
      const form = new FormData()
      form.append('files', new File([Uint8Array.from(bytes)], 'made.png', { type: 'image/png' }))
      form.append('files', new File([Uint8Array.from(other)], '<b>other</b>.png', { type: 'image/png' }))
      return (await fetch('share', { method: 'POST', body: form })).url
    },
    [png, plain],
  )
  expect(new URL(landed).search).toBe('?share=received')
  await page.goto(landed)
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue('a castle in the fog', { timeout: 120_000 })
  await expect(page.getByText(strings.library.nameless).first()).toBeVisible()
})

test('the browser finds nothing wrong with the manifest, and would install the app', async () => {
  const page = await visit(await openSite())
  await becomeReady(page)
  const devtools = await context.newCDPSession(page)
  const { url, errors } = await devtools.send('Page.getAppManifest')
  expect(url).toBe(`${site.origin}/manifest.webmanifest`)
  expect(errors).toEqual([])
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  // A context of a test's own is private, from which no app is installed.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
})

test('an update with an asset missing or altered stays out, and the old build goes on', async () => {
  const page = await visit(await openSite())
  await becomeReady(page)
  const before = buildOf(site)
  await deployNext(site)
  const worker = join(site.folder, 'assets', fileLike(/^generate\.worker-/))
  renameSync(worker, `${worker}.away`)
  expect(await checkForUpdate(page)).toBe('redundant')
  renameSync(`${worker}.away`, worker)

  const pack = join(site.folder, 'packs/kindred-mini/pack.json')
  const intact = readFileSync(pack)
  writeFileSync(pack, Buffer.from(intact.map((byte, at) => (at === 100 ? byte ^ 1 : byte))))
  // Altered before it was first kept: the copy of the old build's cache must not hide it.
  await page.evaluate(async () => {
    for (const name of await caches.keys()) await (await caches.open(name)).delete('packs/kindred-mini/pack.json')
  })
  expect(await checkForUpdate(page)).toBe('redundant')
  expect(await controllingBuild(page)).toBe(before)
  await expect(page.getByText(/new version/i)).toBeHidden()

  writeFileSync(pack, intact)
  expect(await checkForUpdate(page)).toBe('installed')
  await expect(page.getByText(/new version/i)).toBeVisible()
  expect(await controllingBuild(page)).toBe(before)
})

test('a tab that is still opening its model holds its build, has updates wait, and registers nothing yet', async () => {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let isAsked = false
  const page = await visit(await openSite(), false, async (context) => {
    await context.route('**/packs/kindred-mini/weights/**', async (route) => {
      isAsked = true
      await released
      await route.continue()
    })
  })
  const held = () => page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name))
  await expect.poll(() => isAsked).toBe(true)
  expect(await held()).toEqual(expect.arrayContaining([`kindred-build / ${buildOf(site)}`, 'kindred-busy /']))
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
  release()
  await becomeReady(page)
  await expect.poll(held).not.toContain('kindred-busy /')
  expect(await held()).toContain(`kindred-build / ${buildOf(site)}`)
})

test('an update waits for a running job, takes three tabs along, and keeps words and pictures', async () => {
  const page = await visit(await openSite())
  await becomeReady(page)
  await page.reload()
  const [other, third] = [await context.newPage(), await context.newPage()]
  for (const tab of [other, third, page]) await openPage(tab)
  await useFewSteps(page)
  const next = await deployNext(site)
  expect(await checkForUpdate(page)).toBe('installed')

  // The old tab's worker is made anew from the old build, which the server no longer has.
  const renewed = page.waitForEvent('worker', (worker) => /generate\.worker/.test(worker.url()))
  await killWorker(page)
  await renewed
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: 120_000 })
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a boat on a lake')
  await setNumber(page, 'Steps', 20)
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible()
  await other.getByRole('textbox', { name: 'Prompt' }).fill('words not to lose')
  await other.getByRole('button', { name: 'Update now' }).click()
  await expect(other.getByText(/as soon as no tab is at work/i)).toBeVisible()
  expect(await page.getByRole('button', { name: 'Cancel' }).isVisible()).toBe(true)

  for (const tab of [page, other, third]) {
    await expect.poll(() => isNext(tab), { timeout: 120_000 }).toBe(true)
    await expect(tab.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)
  }
  await expect(other.getByRole('textbox', { name: 'Prompt' })).toHaveValue('words not to lose')
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue('a boat on a lake')
  await sweep(other)
  await expect.poll(() => other.evaluate(() => caches.keys())).toEqual([`kindred-shell / ${next}`])
  expect(missing).toEqual([])
  // A part that is not there would have been seen.
  await page.evaluate(() => import(`${location.origin}/assets/gone.js`).catch(() => null))
  await expect.poll(() => missing).toContainEqual(expect.stringContaining('/assets/gone.js'))
})

test('an update waits for a backup that is being restored in another tab, which then is there whole', async () => {
  const page = await visit(await openSite())
  await becomeReady(page)
  await page.reload()
  await openPage(page)
  await importPictures(page, await plainPictures(3))
  const other = await context.newPage()
  await openPage(other)
  await deployNext(site)
  expect(await checkForUpdate(page)).toBe('installed')

  await page.getByRole('button', { name: 'Storage' }).click()
  const dialog = page.getByRole('dialog', { name: 'Storage' })
  const downloading = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Back up everything' }).click()
  const file = await (await downloading).path()
  await dialog.getByRole('button', { name: 'Remove My pictures' }).click()
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await expect(dialog).not.toContainText('can still be had back')

  // As if another tab wrote to the library: the restore waits for its turn.
  await other.evaluate(
    () =>
      new Promise<void>((granted) => {
        void navigator.locks.request('kindred-library', async () => {
          granted()
          await new Promise((resolve) => addEventListener('write-no-more', resolve))
        })
      }),
  )
  const choosing = page.waitForEvent('filechooser')
  await dialog.getByRole('button', { name: 'Restore from a backup' }).click()
  await (await choosing).setFiles(file)
  await expect(dialog.getByText('Checking and restoring')).toBeVisible()
  await other.getByRole('button', { name: 'Update now' }).click()
  await expect(other.getByText(/as soon as no tab is at work/i)).toBeVisible()
  const waitingLocks = () =>
    other.evaluate(async () => (await navigator.locks.query()).pending?.map(({ name }) => name))
  await expect.poll(waitingLocks).toEqual(expect.arrayContaining(['kindred-busy /', 'kindred-library']))
  expect(await isNext(page)).toBe(false)

  await other.evaluate(() => dispatchEvent(new Event('write-no-more')))
  for (const tab of [page, other]) {
    await expect.poll(() => isNext(tab), { timeout: 120_000 }).toBe(true)
    await expect(ownStyle(tab)).toBeVisible({ timeout: 120_000 })
  }
  await page.getByRole('button', { name: 'Storage' }).click()
  await expect(page.getByRole('list', { name: 'What takes room' })).toContainText('My picturesYour style, 3 pictures')
  expect(missing).toEqual([])
})

test('an update over two releases at once takes three tabs along, and keeps words and pictures', async () => {
  const page = await visit(await openSite())
  await becomeReady(page)
  await page.reload()
  await openPage(page)
  await importPictures(page, await plainPictures(3))
  await installModel(page)
  await closeDialog(page)
  await useFewSteps(page)
  await generate(page)
  const [second, third] = [await context.newPage(), await context.newPage()]
  for (const tab of [second, third]) await openPage(tab)
  const kept = await readKept(page)
  expectAllKinds(kept)
  expect(missing).toEqual([])
  // The release between them comes to nobody: a check that has met it, as one of a tab's own may have, finds its parts replaced.
  await deployNext(site)
  const early = page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update().catch(() => undefined)
  })
  const newest = await deployNext(site)
  await early
  await expect.poll(() => waitingBuild(page), { timeout: 120_000 }).toBe(newest)
  // Of the release between; from here on no page may miss a part.
  missing.splice(0)
  await third.getByRole('textbox', { name: 'Prompt' }).fill('words not to lose')
  await second.getByRole('button', { name: 'Update now' }).click()
  for (const tab of [page, second, third]) {
    await expect.poll(() => isNext(tab), { timeout: 120_000 }).toBe(true)
    expect(await controllingBuild(tab)).toBe(newest)
    await expect(tab.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)
    await expect(ownStyle(tab)).toBeVisible({ timeout: 120_000 })
  }
  expect(await readKept(page)).toEqual(kept)
  await expect(third.getByRole('textbox', { name: 'Prompt' })).toHaveValue('words not to lose')
  await sweep(page)
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual([`kindred-shell / ${newest}`])
  expect(missing).toEqual([])
})

test('a worker of another build runs no job: the page asks to be loaded again', async () => {
  site = await openSite()
  const path = join(site.folder, 'assets', fileLike(/^generate\.worker-/))
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(buildOf(site), '0123456789abcdef'))
  const page = await visit(site, false)
  await expect(page.getByRole('alert').first()).toContainText(/another version/i, { timeout: 120_000 })
  await expect(page.getByRole('button', { name: 'Load again' })).toBeVisible()
})

test('the build that withdraws the app deletes its shell alone: pictures and styles stay', async () => {
  const page = await visit(await openSite())
  await becomeReady(page)
  await page.reload()
  await openPage(page)
  await importPictures(page, await plainPictures(3))
  await installModel(page)
  await closeDialog(page)
  await useFewSteps(page)
  await generate(page, 'a red house by the sea')
  const kept = await readKept(page)
  expectAllKinds(kept)
  await deployRetired(site)
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()))
  await expect(page.getByText(/was withdrawn/i)).toBeVisible()
  expect(await page.evaluate(() => caches.keys())).toEqual([])
  expect(await readKept(page)).toEqual(kept)

  await page.getByRole('button', { name: 'Load again' }).click()
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller === null)).toBe(true)
  await expect(page.getByText(/^Runs on/)).toBeVisible({ timeout: 120_000 })
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)
  await expect(ownStyle(page)).toBeVisible({ timeout: 120_000 })
  expect(await readKept(page)).toEqual(kept)
  // The page that was withdrawn registers nothing, and works on what is kept.
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
  expect(await page.evaluate(() => caches.keys())).toEqual([])
  await page.getByRole('button', { name: 'Models' }).click()
  await expect(page.getByRole('button', { name: 'Use Micro' })).toBeVisible({ timeout: 120_000 })
})

test('the network log of all these tests names no host but the sites and the one a model came from, and no other was sent anything', async () => {
  site = await openSite()
  context = await browser.newContext({ serviceWorkers: 'allow' })
  await browser.close()
  // Every name leads to the sinks, which tell what was asked for.
  const log = readFileSync(netLog, 'utf8').replaceAll(`127.0.0.1:${sinks.port}`, 'localhost').split('\n')
  const hostsIn = (lines: readonly string[]) =>
    new Set(
      lines.flatMap((line) =>
        [...line.matchAll(/"(?:url|host)":"(?:[a-z]+:\/\/)?([^"/]+)/g)].map(([, host = '']) => host),
      ),
    )
  // Chromium asks its maker for updates all by itself: such requests come from no page.
  const itsOwn = hostsIn(log.filter((line) => line.includes('"initiator":"not an origin"')))
  const hosts = hostsIn(log)
  expect([...hosts].filter((host) => host !== 'localhost' && !chosenHosts.has(host) && !itsOwn.has(host))).toEqual([])
  expect([...chosenHosts].filter((host) => !hosts.has(host))).toEqual([])
  expect(sinks.arrivals.filter((arrival) => !itsOwn.has(arrival.replace('tcp ', '')))).toEqual([])
})

test('what a page without the policy sends to another host by TCP and UDP arrives where these tests would see it', async () => {
  site = await openSite()
  const own = await openSinks()
  const other = await launch([own.flag])
  context = await other.newContext()
  try {
    const page = await context.newPage()
    await page.evaluate(async (port) => {
      await fetch('http://elsewhere.invalid/', { mode: 'no-cors' }).catch(() => undefined)
      const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:elsewhere.invalid:${port}` }] })
      connection.createDataChannel('a channel')
      await connection.setLocalDescription(await connection.createOffer())
    }, own.port)
    await expect.poll(() => own.arrivals).toEqual(expect.arrayContaining(['tcp elsewhere.invalid', 'udp']))
  } finally {
    await other.close()
    await own.close()
  }
})

function launch(args: readonly string[]): Promise<Browser> {
  const executablePath = findBrowser()
  return chromium.launch({
    args: [...browserArguments({ webgpu: false }), ...args],
    ...(executablePath === null ? {} : { executablePath }),
  })
}

/** Installs a small model from a server of its own, which is gone then. @returns that server's name and port */
async function installModel(page: Page): Promise<string> {
  const server = await servePack(await makeMicroPack())
  await page.getByRole('button', { name: 'Models' }).click()
  await page.getByRole('textbox', { name: 'Address' }).fill(server.url)
  await page.getByRole('button', { name: 'Install', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Use Micro' })).toBeVisible({ timeout: 150_000 })
  await server.close()
  const { host } = new URL(server.url)
  chosenHosts.add(host)
  return host
}

async function closeDialog(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
}

function ownStyle(page: Page): Locator {
  return page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio', { name: 'My pictures' })
}

/** Of `readKept`: a comparison says nothing of what is not there. */
function expectAllKinds(kept: readonly string[]): void {
  for (const beginning of ['record kindred-gallery', 'record kindred-library', 'file packs/']) {
    expect(kept.filter((line) => line.startsWith(beginning)).length, beginning).toBeGreaterThan(0)
  }
}

/**
 * Opens the site in a browser of its own and waits until a picture can be asked for.
 *
 * @param prepare is done before the page is opened
 */
async function visit(
  at: Site,
  waits = true,
  prepare: (context: BrowserContext) => Promise<void> = async () => undefined,
): Promise<Page> {
  site = at
  chosenHosts.add(new URL(at.origin).host)
  violations = []
  foreign = []
  missing = []
  context = await browser.newContext({
    serviceWorkers: 'allow',
    baseURL: at.origin,
    viewport: { width: 1440, height: 900 },
  })
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && url.origin !== at.origin) foreign.push(url.href)
  })
  context.on('console', (message) => {
    if (/content security policy|trusted ?types|VIOLATION/i.test(message.text())) violations.push(message.text())
  })
  context.on('console', (message) => {
    if (message.text().startsWith('NO PART')) missing.push(message.text())
  })
  context.on('response', (response) => {
    if (isPart(response.url()) && !response.ok()) missing.push(`${response.status()} ${response.url()}`)
  })
  context.on('requestfailed', (request) => {
    // Pages that are left abort what they still wait for.
    const why = request.failure()?.errorText ?? ''
    if (isPart(request.url()) && why !== 'net::ERR_ABORTED') missing.push(`${why} ${request.url()}`)
  })
  const listen = () => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`VIOLATION ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`)
    })
    addEventListener('vite:preloadError', (event) => console.error(`NO PART ${String(event)}`))
  }
  await context.addInitScript(listen)
  context.on('page', (page) => page.on('worker', (worker) => void worker.evaluate(listen).catch(() => undefined)))
  await prepare(context)
  const page = await context.newPage()
  if (waits) await openPage(page)
  else await page.goto('/?backend=wasm')
  return page
}

async function becomeReady(page: Page): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: READY })).toBeVisible({ timeout: 120_000 })
}

async function useFewSteps(page: Page): Promise<void> {
  await openSettings(page)
  await setNumber(page, 'Steps', 3)
}

/** Looks for a newer build. @returns the state in which its arrival ended: 'installed' or 'redundant' */
function checkForUpdate(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    const arriving = new Promise<ServiceWorker>((resolve) => {
      registration.addEventListener('updatefound', () => registration.installing && resolve(registration.installing))
    })
    await registration.update().catch(() => undefined)
    const worker = await arriving
    while (worker.state === 'installing') {
      await new Promise((resolve) => worker.addEventListener('statechange', resolve, { once: true }))
    }
    return worker.state
  })
}

/** Looks for a newer build, whatever checks came before. @returns the one that is kept whole and waits for its turn, or null */
function waitingBuild(page: Page): Promise<string | null> {
  return page
    .evaluate(async () => {
      const registration = await navigator.serviceWorker.ready
      await registration.update().catch(() => undefined)
    })
    .then(() => buildOfWorker(page, 'waiting'))
}

function controllingBuild(page: Page): Promise<string | null> {
  return buildOfWorker(page, 'controlling')
}

/** @returns the build of the page's service worker in that place, or null where there is none */
function buildOfWorker(page: Page, place: 'controlling' | 'waiting'): Promise<string | null> {
  return page.evaluate(async (place) => {
    const { controller, ready } = navigator.serviceWorker
    const worker = place === 'waiting' ? (await ready).waiting : controller
    if (worker === null) return null
    const { port1, port2 } = new MessageChannel()
    const answer = new Promise<string>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data.build)
    })
    worker.postMessage({ kind: 'which-build' }, [port2])
    return answer
  }, place)
}

function isPart(url: string): boolean {
  return new URL(url).pathname.startsWith('/assets/')
}

/** Whether the page is of a build that `deployNext` deployed. */
function isNext(page: Page): Promise<boolean> {
  return page
    .locator('script[src$="-next.js"]')
    .count()
    .then((count) => count === 1)
}

async function sweep(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.controller?.postMessage({ kind: 'sweep' }))
}

async function killWorker(page: Page): Promise<void> {
  const worker = page.workers().find((candidate) => /generate\.worker/.test(candidate.url()))
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error('killed by the test')
    })
  })
}

function fileLike(pattern: RegExp): string {
  const name = readdirSync(join(site.folder, 'assets')).find((candidate) => pattern.test(candidate))
  if (name === undefined) throw new Error(`no asset like ${pattern}`)
  return name
}

function pngWithRecipe(prompt: string): number[] {
  const exhibit = readFileSync(join(site.folder, 'exhibit.png'))
  const hash = '0'.repeat(64)
  return [
    ...embedRecipe(exhibit, {
      ...DEFAULT_SETTINGS,
      version: 1,
      prompt,
      databaseId: 'delft',
      databaseHash: hash,
      neighbourIds: [],
      packId: 'kindred-mini',
      packHash: hash,
    }),
  ]
}
