// Cancelling in each phase of a picture: the page is ready at once, and the worker, its model still open, makes the next one.

import type { Page, Request } from '@playwright/test'
import { generate, openPage, openSettings, resultBytes, setNumber } from './page.ts'
import { expect, test } from './test.ts'

const DATABASES = /\/databases\/[^/]+$/

test('a cancel while a style is being fetched leaves the page ready, and other styles do not wait for it', async ({
  page,
  context,
}) => {
  const workers = countWorkers(page)
  const held: (() => void)[] = []
  let holding = true
  await context.route(DATABASES, async (route) => {
    if (holding) await new Promise<void>((resolve) => held.push(resolve))
    await route.continue().catch(() => undefined)
  })
  await openPage(page)
  await useFewSteps(page)
  const before = await resultBytes(page)
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(page.getByText('Finding neighbours').first()).toBeVisible()

  await page.getByRole('button', { name: 'Cancel' }).click()
  await expectReady(page)
  expect(held.length, 'styles that are still being fetched').toBeGreaterThan(0)
  expect(await resultBytes(page)).toBe(before)

  holding = false
  await page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio').nth(2).click({ force: true })
  await generate(page)
  for (const goOn of held) goOn()
  await page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio').first().click({ force: true })
  await generate(page)
  expect(workers.made()).toBe(1)
  expect(workers.modelsFetched()).toBe(1)
})

for (const [phase, words] of [
  ['painting', 'Painting'],
  ['decoding', 'Finishing the picture'],
] as const) {
  test(`a cancel while ${phase} leaves the page ready before the worker has heard of it`, async ({ page }) => {
    const workers = countWorkers(page)
    await noteAnswers(page)
    await openPage(page)
    await useFewSteps(page)
    // The larger: the worker computes the longer without hearing anything.
    await page.getByRole('radio', { name: '384 × 256' }).click({ force: true })
    const before = await resultBytes(page)
    await cancelAt(page, words)
    await page.getByRole('button', { name: 'Generate' }).click()
    await expect.poll(() => page.evaluate(() => (window as unknown as Noted).cancelledAt)).not.toBeNull()
    await expectReady(page)
    const { readyAt, endedAt } = await page.evaluate(async () => {
      const noted = window as unknown as Noted
      while (noted.endedAt === null) await new Promise((resolve) => setTimeout(resolve, 50))
      return { readyAt: noted.readyAt ?? Number.NaN, endedAt: noted.endedAt }
    })
    expect(readyAt).toBeLessThan(endedAt)
    await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(0)
    expect(await resultBytes(page)).toBe(before)

    await page.getByRole('radio', { name: '256 × 256' }).click({ force: true })
    await generate(page)
    expect(workers.made()).toBe(1)
    expect(workers.modelsFetched()).toBe(1)
  })
}

/** Moments in the page's own milliseconds. */
interface Noted {
  /** Cancel was clicked. */
  cancelledAt: number | null
  /** The page showed no progress any more. */
  readyAt: number | null
  /** The worker said that the cancelled job had ended. */
  endedAt: number | null
}

/** Notes when a worker answers that a job was cancelled. */
async function noteAnswers(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const noted: Noted = { cancelledAt: null, readyAt: null, endedAt: null }
    Object.assign(window, noted)
    const listen = Worker.prototype.addEventListener
    Worker.prototype.addEventListener = function (this: Worker, ...given: Parameters<typeof listen>) {
      if (given[0] === 'message') {
        listen.call(this, 'message', (event) => {
          const { data } = event as MessageEvent
          if (data.kind === 'failed' && data.error.code === 'cancelled') {
            ;(window as unknown as Noted).endedAt = performance.now()
          }
        })
      }
      listen.apply(this, given)
    }
  })
}

/** Clicks Cancel as soon as the page says `words`, and notes when the progress is gone. */
async function cancelAt(page: Page, words: string): Promise<void> {
  await page.evaluate((words) => {
    const noted = window as unknown as Noted
    const look = () => {
      const progress = document.querySelector('[role=progressbar]')
      if (noted.cancelledAt === null) {
        if (progress?.getAttribute('aria-valuetext') !== words) return
        const buttons = Array.from(document.querySelectorAll('button'))
        buttons.find(({ textContent }) => textContent === 'Cancel')?.click()
        noted.cancelledAt = performance.now()
      } else if (progress === null) {
        noted.readyAt = performance.now()
        observer.disconnect()
      }
    }
    const observer = new MutationObserver(look)
    observer.observe(document.body, { subtree: true, childList: true, attributes: true })
  }, words)
}

async function expectReady(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled()
}

async function useFewSteps(page: Page): Promise<void> {
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
}

/** Counts the generate workers that the page makes, and how often a model's weights are fetched. */
function countWorkers(page: Page) {
  let made = 0
  let fetched = 0
  page.on('worker', (worker) => {
    if (/generate\.worker/.test(worker.url())) made++
  })
  page.context().on('request', (request: Request) => {
    if (/\/weights\/denoiser/.test(request.url())) fetched++
  })
  return { made: () => made, modelsFetched: () => fetched }
}
