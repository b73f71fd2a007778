// A tab that lies behind another one while it paints: hidden and throttled, as a browser does to whatever nobody looks at.

import { expect, type Page, test } from '@playwright/test'
import { openPage, openSettings, resultBytes, setNumber } from './page.ts'
import { openPlainBrowser, type PlainBrowser } from './plain-browser.ts'

const STEPS = 40

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

  await page.getByRole('button', { name: 'Generate' }).click()
  const other = await browser.context.newPage()
  await other.bringToFront()
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('hidden')
  expect(await countTicks(page), 'timers of a hidden tab are throttled').toBeLessThan(10)
  const seen = new Set<string | null>()
  await expect
    .poll(
      async () => {
        seen.add(await readStep(page))
        return countPictures(page)
      },
      { timeout: 240_000, intervals: [50] },
    )
    .toBe(2)
  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden')
  expect(seen.size, 'steps that the hidden tab showed').toBeGreaterThan(3)

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

/** Of the picture that is being painted; null between pictures. */
function readStep(page: Page): Promise<string | null> {
  return page
    .getByRole('progressbar', { name: 'Generation progress' })
    .evaluateAll(([bar]) => bar?.getAttribute('aria-valuenow') ?? null)
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
