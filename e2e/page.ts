// What the end-to-end tests do again and again.

import { createHash } from 'node:crypto'
import { expect, type Locator, type Page } from '@playwright/test'

/** Opens the page and waits until the model is open. @param origin where the browser's own base address is not the server's */
export async function openPage(page: Page, query = '?backend=wasm', origin = ''): Promise<void> {
  await page.goto(`${origin}/${query}`)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
  await expect(page.getByText(/^Runs on/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled()
}

/** Makes a picture of `prompt` (or of what stands in the box) and returns the hash of its pixels. */
export async function generate(page: Page, prompt?: string): Promise<string> {
  if (prompt !== undefined) await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt)
  const gallery = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  const before = await gallery.count()
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(gallery).toHaveCount(before + 1, { timeout: 120_000 })
  return resultBytes(page)
}

/** A hash of the pixels of the picture on the wall; waits until it has loaded. */
export async function resultBytes(page: Page): Promise<string> {
  return createHash('sha256')
    .update(Uint8Array.from(await resultPixels(page)))
    .digest('hex')
}

/** The RGBA of the picture on the wall; waits until it has loaded. */
export async function resultPixels(page: Page): Promise<readonly number[]> {
  const result = page.getByRole('img', { name: 'Result' })
  await expect(result).toBeVisible()
  return result.evaluate(async (element) => {
    if (element instanceof HTMLImageElement) await element.decode()
    const source = element as HTMLImageElement | HTMLCanvasElement
    const canvas = document.createElement('canvas')
    canvas.width = source instanceof HTMLImageElement ? source.naturalWidth : source.width
    canvas.height = source instanceof HTMLImageElement ? source.naturalHeight : source.height
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no 2d context')
    context.drawImage(source, 0, 0)
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data]
  })
}

/** Unfolds the settings, where they are folded. */
export async function openSettings(page: Page): Promise<void> {
  if (
    await page
      .getByRole('combobox', { name: 'Sampler' })
      .or(page.getByRole('radiogroup', { name: 'Sampler' }))
      .isVisible()
  )
    return
  await page
    .getByRole('button', { name: /settings/i })
    .first()
    .click()
}

/** Sets a number among the settings, by its label. */
export async function setNumber(page: Page, name: string, value: number): Promise<void> {
  const field = page
    .getByRole('spinbutton', { name })
    .or(page.getByRole('textbox', { name }))
    .or(page.getByRole('slider', { name }))
    .first()
  await field.fill(String(value))
  await field.press('Tab')
}

/** Fails the test when the page or a worker asks anyone but its own server for anything. */
export function failOnForeignRequests(page: Page): void {
  page.context().on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    if (protocol.startsWith('http')) expect(hostname, request.url()).toBe('localhost')
  })
}

/** Pictures of the page for a person to look at: test-results/NAME-light-1440.png and so on, wide and narrow, light and dark. */
export async function photograph(page: Page, name: string, inSight?: Locator): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height })
      await inSight?.scrollIntoViewIfNeeded()
      // What came into sight is drawn a frame or two later.
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
      await page.screenshot({ path: `test-results/${name}-${colorScheme}-${width}.png` })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1440, height: 900 })
}
