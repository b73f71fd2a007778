// A page that the browser freezes, or that is left and come back to, while it paints and saves: in a browser as a person has it.

import type { Page } from '@playwright/test'
import { openPage, openSettings, setNumber } from './page.ts'
import { openPlainBrowser, type PlainBrowser } from './plain-browser.ts'
import { expect, test } from './test.ts'

const FROZEN_MS = 4000

let browser: PlainBrowser

test.beforeEach(async () => {
  browser = await openPlainBrowser()
})

test.afterEach(() => browser.close())

const pictures = (page: Page) => page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')

async function openPainter(origin: string): Promise<Page> {
  const page = await browser.context.newPage()
  await openPage(page, '?backend=wasm', origin)
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  return page
}

test('a page that is frozen while it paints and saves goes on when it is thawed, and has kept the picture', async ({
  baseURL,
}) => {
  const page = await openPainter(baseURL ?? '')
  await page.evaluate(() => {
    const state = Object.assign(window, { ticks: 0 })
    setInterval(() => state.ticks++, 50)
  })
  const countTicks = () => page.evaluate(() => (window as unknown as { ticks: number }).ticks)
  const devtools = await browser.context.newCDPSession(page)
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible()
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  const before = await countTicks()
  await new Promise((resolve) => setTimeout(resolve, FROZEN_MS))
  expect(await countTicks(), 'timers of a frozen page do not run').toBe(before)
  expect(await pictures(page).count()).toBe(0)
  await devtools.send('Page.setWebLifecycleState', { state: 'active' })
  await expect(pictures(page)).toHaveCount(1, { timeout: 120_000 })
  await page.reload()
  await expect(pictures(page)).toHaveCount(1)
})

test('a page that is left while it paints and come back to is as it was, goes on, and has kept both pictures', async ({
  baseURL,
}) => {
  const page = await openPainter(baseURL ?? '')
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(pictures(page)).toHaveCount(1, { timeout: 120_000 })
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted }))
  })
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible()
  await page.goto('about:blank')
  await new Promise((resolve) => setTimeout(resolve, 1000))
  // A page that comes back as it was has no load to wait for.
  await page.goBack({ waitUntil: 'commit' })
  expect(await page.evaluate(() => (window as unknown as { persisted?: boolean }).persisted)).toBe(true)
  await expect(pictures(page)).toHaveCount(2, { timeout: 120_000 })
  await page.reload()
  await expect(pictures(page)).toHaveCount(2)
})
