// Models on disk in a real Chromium: installed from an address, killed in the middle, taken up, used, removed.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { browserArguments, findBrowser } from '../tools/browser.ts'
import { makeMicroPack } from '../tools/micro-pack.ts'
import { closeModels, install, LONG, onDevice, openModels } from './models-page.ts'
import { servePack } from './pack-server.ts'
import { generate, openPage, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

let pack: ReadonlyMap<string, Uint8Array>
let packBytes = 0

test.beforeAll(async () => {
  pack = await makeMicroPack()
  const manifest = JSON.parse(new TextDecoder().decode(pack.get('pack.json'))) as {
    files: Record<string, { byteLength: number; sha256: string }>
  }
  const distinct = new Map(Object.values(manifest.files).map(({ sha256, byteLength }) => [sha256, byteLength]))
  packBytes = [...distinct.values()].reduce((sum, byteLength) => sum + byteLength, 0)
})

test('a model installs from another server, paints, is remembered, and leaves no bytes behind', async ({ page }) => {
  const server = await servePack(pack)
  await page.goto('/?backend=wasm')
  await openModels(page)
  await install(page, server.url)
  await expect(onDevice(page)).toHaveCount(2, LONG)
  await expect(page.getByRole('button', { name: 'Use Micro' })).toBeVisible()
  expect(server.sent).toBe(packBytes)
  await server.close()

  await page.getByRole('button', { name: 'Use Micro' }).click(LONG)
  await expect(onDevice(page).nth(1)).toContainText('In use', LONG)
  await closeModels(page)
  await expect(page.getByText('Model: Micro')).toBeVisible()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
  await generate(page, 'a red house by the sea')

  await openPage(page)
  await expect(page.getByText('Model: Micro')).toBeVisible()
  await openModels(page)
  await page.getByRole('button', { name: 'Check Micro' }).click()
  await expect(page.getByText('Every byte is as it should be.')).toBeVisible()
  await page.getByRole('button', { name: 'Remove Micro' }).click(LONG)
  await expect(onDevice(page)).toHaveCount(1, LONG)
  expect(await storedPackBytes(page)).toBe(0)
  await closeModels(page)
  await expect(page.getByText('Model: Kindred')).toBeVisible(LONG)
})

test('a server that sends on to another is not followed, and the other is asked for nothing', async ({ page }) => {
  const [server, other] = [await servePack(pack), await servePack(pack)]
  server.sendsTo = other.url
  await openPage(page)
  await openModels(page)
  await install(page, server.url)
  await expect(page.getByRole('dialog').getByText(/^The server sends on to another address/)).toBeVisible(LONG)
  expect([server.asked, other.asked]).toEqual([1, 0])
  await expect(onDevice(page)).toHaveCount(1)
  await server.close()
  await other.close()
})

test('of two kinds of storage either may be cleared alone: what the other keeps is there, and a lost model is said', async ({
  page,
  context,
  baseURL,
}) => {
  const server = await servePack(pack)
  const devtools = await context.newCDPSession(page)
  const clear = (storageTypes: string) =>
    devtools.send('Storage.clearDataForOrigin', { origin: baseURL ?? '', storageTypes })
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await generate(page, 'a red house by the sea')
  await openModels(page)
  await install(page, server.url)
  await page.getByRole('button', { name: 'Use Micro' }).click(LONG)
  await expect(onDevice(page).nth(1)).toContainText('In use', LONG)

  await page.goto('about:blank')
  await clear('indexeddb')
  await openPage(page)
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(0)
  await openModels(page)
  await expect(onDevice(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Use Micro' }).click(LONG)
  await expect(onDevice(page).nth(1)).toContainText('In use', LONG)
  await closeModels(page)
  await generate(page, 'a red house by the sea')

  await page.goto('about:blank')
  await clear('file_systems')
  await openPage(page)
  await expect(page.getByText(/The model that you chose could not be opened/)).toBeVisible()
  await expect(page.getByText('Model: Kindred')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)
  await server.close()
})

test('a backup names the model in use, and where it is gone a word of the person installs it again', async ({
  page,
}) => {
  const server = await servePack(pack)
  await openPage(page)
  await openModels(page)
  await install(page, server.url)
  await page.getByRole('button', { name: 'Use Micro' }).click(LONG)
  await expect(onDevice(page).nth(1)).toContainText('In use', LONG)
  await closeModels(page)
  await page.getByRole('button', { name: 'Storage' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Back up everything' }).click(),
  ])
  await expect(page.getByText(/^The backup has/)).toBeVisible()
  const file = await download.path()
  await page.getByRole('button', { name: 'Remove Micro' }).click(LONG)
  await expect(page.getByRole('list', { name: 'What takes room' })).not.toContainText('Micro', LONG)

  const asked = server.sent
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Restore from a backup' }).click(),
  ])
  await chooser.setFiles(file)
  await expect(page.getByText(`You painted with the model “Micro”, from ${new URL(server.url).host}.`)).toBeVisible(
    LONG,
  )
  expect(server.sent).toBe(asked)
  await page.getByRole('button', { name: 'Install Micro again' }).click()
  await page.getByRole('button', { name: 'Paint with Micro' }).click(LONG)
  await expect(page.getByText('You painted with the model')).toHaveCount(0, LONG)
  await closeModels(page)
  await expect(page.getByText('Model: Micro')).toBeVisible()
  await server.close()
})

test('an install that was killed with its browser is taken up where it stopped', async ({ baseURL }) => {
  const server = await servePack(pack)
  const folder = await mkdtemp(join(tmpdir(), 'kindred-e2e-'))
  try {
    server.holdAfter = Math.round(packBytes * 0.6)
    let context = await openBrowser(folder, baseURL)
    let page = context.pages()[0] ?? (await context.newPage())
    await page.goto('/?backend=wasm')
    await openModels(page)
    await install(page, server.url)
    await expect.poll(() => server.sent, LONG).toBe(server.holdAfter)
    await expect.poll(() => storedPackBytes(page)).toBeGreaterThan(packBytes)
    await killBrowser(context)

    server.holdAfter = Number.POSITIVE_INFINITY
    context = await openBrowser(folder, baseURL)
    page = context.pages()[0] ?? (await context.newPage())
    await page.goto('/?backend=wasm')
    await openModels(page)
    await expect(onDevice(page)).toHaveCount(2)
    await expect(page.getByRole('button', { name: 'Use Micro' })).toHaveCount(0)
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.getByRole('button', { name: 'Use Micro' })).toBeVisible(LONG)
    const largest = Math.max(...Array.from(pack.values(), ({ byteLength }) => byteLength))
    expect(server.sent).toBeLessThanOrEqual(packBytes + Math.min(largest, 8 * 1024 * 1024))
    await page.getByRole('button', { name: 'Check Micro' }).click()
    await expect(page.getByText('Every byte is as it should be.')).toBeVisible()
    await context.close()
  } finally {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
})

test('two tabs that install one model at once fetch each byte once, and both open it', async ({ page, context }) => {
  const server = await servePack(pack)
  server.holdAfter = Math.round(packBytes * 0.5)
  const tabs = [page, await context.newPage()]
  for (const tab of tabs) {
    await tab.goto('/?backend=wasm')
    await openModels(tab)
    await install(tab, server.url)
  }
  await expect.poll(() => server.sent).toBe(server.holdAfter)
  await expect(page.getByRole('progressbar', { name: 'Installing Micro' })).toBeVisible()
  server.release()
  for (const tab of tabs) {
    await tab.getByRole('button', { name: 'Use Micro' }).click(LONG)
    await expect(onDevice(tab).nth(1)).toContainText('In use', LONG)
    await expect(tab.getByRole('alert')).toHaveCount(0)
  }
  expect(server.sent).toBe(packBytes)
  await server.close()
})

test('what the built-in model is good for is told with its evaluation, a page of the app that shows its pictures', async ({
  page,
}) => {
  await page.goto('/?backend=wasm')
  await openModels(page)
  await page.getByRole('button', { name: 'What it can and cannot do' }).click()
  const [report] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'the evaluation' }).click(),
  ])
  await expect(report.getByRole('heading', { level: 1 })).toHaveText('Does the database make the style?')
  // Its style and pictures are files of the app's own, which its policy allows.
  await expect(report.getByRole('heading', { level: 1 })).toHaveCSS('font-family', /serif/i)
  const sheet = report.locator('.sheet img').first()
  await sheet.scrollIntoViewIfNeeded()
  await expect.poll(() => sheet.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(100)
})

test('a model that is cancelled leaves nothing, and one that is paused is kept', async ({ page }) => {
  const server = await servePack(pack)
  server.holdAfter = Math.round(packBytes * 0.3)
  await page.goto('/?backend=wasm')
  await openModels(page)
  await install(page, server.url)
  await expect(page.getByRole('progressbar', { name: 'Installing Micro' })).toBeVisible()
  await expect.poll(() => server.sent).toBe(server.holdAfter)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
  await expect(onDevice(page).nth(1)).toContainText(/of .* are here/)
  server.holdAfter = server.sent
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByRole('progressbar', { name: 'Installing Micro' })).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await expect(onDevice(page)).toHaveCount(1)
  await expect.poll(() => storedPackBytes(page)).toBe(0)
  await server.close()
})

test('without room nothing of a model is asked for', async ({ baseURL }) => {
  const server = await servePack(pack)
  const folder = await mkdtemp(join(tmpdir(), 'kindred-e2e-'))
  try {
    // Quotas are kept to in a profile on disk.
    const context = await openBrowser(folder, baseURL)
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto('/?backend=wasm')
    const devtools = await context.newCDPSession(page)
    await devtools.send('Storage.overrideQuotaForOrigin', {
      origin: new URL(page.url()).origin,
      quotaSize: Math.round(packBytes / 2),
    })
    await openModels(page)
    await install(page, server.url)
    await expect(page.getByRole('alert')).toContainText('There is no room for this model.')
    expect(server.sent).toBe(0)
    expect(await storedPackBytes(page)).toBe(0)
    await context.close()
  } finally {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
})

/** Lengths of all that lies in the packs' folder; files that go while it is read count for nothing. */
function storedPackBytes(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle('packs', { create: true })
    let bytes = 0
    for await (const handle of folder.values()) {
      if (handle.kind !== 'file') continue
      try {
        bytes += (await (handle as FileSystemFileHandle).getFile()).size
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
      }
    }
    return bytes
  })
}

function openBrowser(folder: string, baseURL: string | undefined): Promise<BrowserContext> {
  const executablePath = findBrowser()
  return chromium.launchPersistentContext(folder, {
    args: browserArguments({ webgpu: true }),
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(executablePath === null ? {} : { executablePath }),
  })
}

/** Kills the browser's processes: nothing is flushed, nothing is told. */
async function killBrowser(context: BrowserContext): Promise<void> {
  const page = context.pages()[0]
  if (page === undefined) throw new Error('the browser has no page')
  const closed = new Promise<void>((resolve) => context.once('close', () => resolve()))
  const devtools = await context.newCDPSession(page)
  await devtools.send('Browser.crash').catch(() => undefined)
  await closed
}
