// A tab that lies behind another one while it paints: hidden and throttled, as a browser does to whatever nobody looks at.

import type { Page } from '@playwright/test'
import { openPage, openSettings, resultBytes, setNumber } from './page.ts'
import { openPlainBrowser, type PlainBrowser } from './plain-browser.ts'
import { expect, test } from './test.ts'

const STEPS = 50

let browser: PlainBrowser

test.beforeEach(async () => {
  browser = await openPlainBrowser()
})

test.afterEach(() => browser.close())

test('a tab behind another one paints on, step by step, to the same picture', async ({ baseURL }) => {
  const page = await openPainter(baseURL ?? '')
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect.poll(() => countPictures(page), { timeout: 240_000 }).toBe(1)
  const inFront = await resultBytes(page)

  const hiddenSteps = await recordHiddenSteps(page)
  await page.getByRole('button', { name: 'Generate' }).click()
  const other = await browser.context.newPage()
  await other.bringToFront()
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('hidden')
  await expect.poll(() => countPictures(page), { timeout: 240_000 }).toBe(2)
  expect((await hiddenSteps()).size, 'steps that the hidden tab showed').toBeGreaterThan(3)
  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden')
  expect(await countTicks(page), 'timers of a hidden tab are throttled').toBeLessThan(10)

  await page.bringToFront()
  expect(await resultBytes(page)).toBe(inFront)
})

/** The page, set to many steps of a picture that a fixed seed decides. */
async function openPainter(origin: string): Promise<Page> {
  const page = await browser.context.newPage()
  await openPage(page, '?backend=wasm', origin)
  await openSettings(page)
  await setNumber(page, 'Steps', STEPS)
  await setNumber(page, 'Seed', 7)
  return page
}

// Neither waits for frames, of which a hidden tab has none.

function countPictures(page: Page): Promise<number> {
  return page.getByRole('list', { name: 'Gallery' }).getByRole('listitem').count()
}

/** Notes, within the page, each step that it shows while it is hidden; what is returned reads the notes. From here a fast
 * machine would be through with the picture between two looks. */
async function recordHiddenSteps(page: Page): Promise<() => Promise<ReadonlySet<string>>> {
  const notes = await page.evaluateHandle(() => {
    const seen = new Set<string>()
    const observer = new MutationObserver(() => {
      const step = document
        .querySelector('[role=progressbar][aria-label="Generation progress"]')
        ?.getAttribute('aria-valuenow')
      if (document.hidden && step !== null && step !== undefined) seen.add(step)
    })
    observer.observe(document.body, { subtree: true, childList: true, attributes: true })
    return seen
  })
  return async () => new Set(await notes.evaluate((seen) => [...seen]))
}

/** How often a timer of 50 ms rings in two seconds. */
function countTicks(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let count = 0
    const timer = setInterval(() => count++, 50)
    await new Promise((resolve) => setTimeout(resolve, 2000))
    clearInterval(timer)
    return count
  })
}
