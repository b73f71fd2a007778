// A GPU that goes away in the middle of a picture: made to happen for real, by ending the browser's GPU process.

import { type Browser, expect, type Page, test } from '@playwright/test'
import { makeMicroPack, serveInstead } from './micro-pack.ts'
import { openPage, openSettings, resultPixels, setNumber } from './page.ts'

const STEPS = 4

test.skip(process.env.KINDRED_LONG_TESTS === undefined, 'minutes on a software GPU; KINDRED_LONG_TESTS=1 runs it')

test('the picture goes on from the step it had reached, is the same, and a second loss is survived too', async ({
  page,
  context,
  browser,
}) => {
  // The one limit of every wait below: how long a software GPU takes depends on what else the machine does.
  test.setTimeout(2_700_000)
  await serveInstead(context, await makeMicroPack())
  await openPage(page, '?backend=webgpu')
  await expect(page.getByText(/Runs on WebGPU/)).toBeVisible()
  await chooseSettings(page)
  const undisturbed = await make(page)

  const disturbed = await make(page, () => endGpuProcess(browser))
  await expect(page.getByText(/graphics processor stopped answering.*went on from the step/i)).toBeVisible()
  expect(peakSignalToNoise(disturbed, undisturbed)).toBeGreaterThanOrEqual(60)

  // After a second crash Chromium gives the page no adapter any more.
  const again = await make(page, () => endGpuProcess(browser))
  await expect(page.getByText(/went on from the step that it had reached/i)).toBeVisible()
  await expect(page.getByText(/Runs on/)).toBeVisible()
  expect(peakSignalToNoise(again, undisturbed)).toBeGreaterThanOrEqual(40)
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(3)
})

async function chooseSettings(page: Page): Promise<void> {
  await openSettings(page)
  await setNumber(page, 'Steps', STEPS)
  await setNumber(page, 'Neighbours', 3)
  await setNumber(page, 'Seed', 7)
  await page.getByRole('radio', { name: '128 × 128' }).click({ force: true })
}

/** Makes a picture; `disturb` is called once, when the first step is done. Returns the picture's RGBA. */
async function make(page: Page, disturb?: () => Promise<void>): Promise<readonly number[]> {
  const gallery = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  const before = await gallery.count()
  await page.getByRole('button', { name: 'Generate' }).click({ timeout: 0 })
  if (disturb !== undefined) {
    const progress = page.getByRole('progressbar', { name: 'Generation progress' })
    const step = async () => Number((await progress.getAttribute('aria-valuenow')) ?? 0)
    await expect.poll(step, { timeout: 0, intervals: [100] }).toBeGreaterThan(0)
    expect(await step()).toBeLessThan(STEPS)
    await disturb()
  }
  await expect(gallery).toHaveCount(before + 1, { timeout: 0 })
  return resultPixels(page)
}

async function endGpuProcess(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession()
  await session.send('Browser.crashGpuProcess')
  await session.detach()
}

/** In decibels; infinite for equal pictures. */
function peakSignalToNoise(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length)
  const error = a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length
  return 10 * Math.log10(255 ** 2 / error)
}
