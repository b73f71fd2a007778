// A GPU that goes away in the middle of a picture, made to happen for real by ending the browser's GPU process.

import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test'
import { makeMicroPack, serveInstead } from '../tools/micro-pack.ts'
import { openPage, openSettings, resultPixels, setNumber } from './page.ts'

/** Opens the micro pack on WebGPU, set to a small picture of so many steps and seed 7. */
export async function openOnWebGpu(page: Page, context: BrowserContext, steps: number): Promise<void> {
  await serveInstead(context, await makeMicroPack())
  await openPage(page, '?backend=webgpu')
  await expect(page.getByText(/Runs on WebGPU/)).toBeVisible()
  await openSettings(page)
  await setNumber(page, 'Steps', steps)
  await setNumber(page, 'Neighbours', 3)
  await setNumber(page, 'Seed', 7)
  await page.getByRole('radio', { name: '128 × 128' }).click({ force: true })
}

/**
 * Makes a picture; `disturb` is called once, when a step is done and another is to come. Returns the picture's RGBA.
 * The test's own time is the only limit: how long a software GPU takes depends on what else the machine does.
 */
export async function makePicture(page: Page, disturb?: () => Promise<void>): Promise<readonly number[]> {
  const gallery = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  const before = await gallery.count()
  await page.getByRole('button', { name: 'Generate' }).click({ timeout: 0 })
  if (disturb !== undefined) {
    const isBetweenSteps = () => {
      const progress = document.querySelector('[role=progressbar]')
      const [step, steps] = ['aria-valuenow', 'aria-valuemax'].map((name) => Number(progress?.getAttribute(name) ?? 0))
      return step !== undefined && steps !== undefined && step > 0 && step < steps
    }
    await page.waitForFunction(isBetweenSteps, undefined, { timeout: 0 })
    await disturb()
  }
  await expect(gallery).toHaveCount(before + 1, { timeout: 0 })
  return resultPixels(page)
}

/** What every WebGPU device in the browser lives in. */
export async function endGpuProcess(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession()
  await session.send('Browser.crashGpuProcess')
  await session.detach()
}

/** In decibels; infinite for equal pictures. */
export function peakSignalToNoise(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length)
  const error = a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length
  return 10 * Math.log10(255 ** 2 / error)
}
