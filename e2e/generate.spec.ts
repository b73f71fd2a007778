// A person's way through the page: open it, type a prompt, watch the picture come, find it again after a reload.

import type { Page } from '@playwright/test'
import { DEFAULT_SETTINGS } from '../src/core/diffusion/recipe.ts'
import { failOnForeignRequests, generate, openPage, openSettings, resultBytes, setNumber } from './page.ts'
import { expect, test } from './test.ts'
import { type Pixels, runInWorker } from './worker-jobs.ts'

test('the first visit shows a picture that is not in the gallery, and says which backend is in use', async ({
  page,
}) => {
  await openPage(page)
  await expect(page.getByRole('img', { name: 'Result' })).toBeVisible()
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(0)
  await expect(page.getByText(/wasm/i).first()).toBeVisible()
})

test('a prompt becomes a picture, with previews on the way and the neighbours that shaped it', async ({ page }) => {
  failOnForeignRequests(page)
  await openPage(page)
  const before = await resultBytes(page)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
  await chooseStyle(page, 0)
  await page.getByRole('button', { name: 'Generate' }).click()

  const progress = page.getByRole('progressbar', { name: 'Generation progress' })
  await expect(progress).toBeVisible()
  const seen = new Set<string>()
  await expect
    .poll(
      async () => {
        // Read without waiting: the bar may be gone by the time it is asked.
        const values = await progress.evaluateAll((bars) => bars.map((bar) => bar.getAttribute('aria-valuenow')))
        for (const value of values) seen.add(value ?? '')
        return page.getByRole('button', { name: 'Cancel' }).isVisible()
      },
      { timeout: 120_000, intervals: [30] },
    )
    .toBe(false)
  expect(seen.size, 'distinct values of the progress bar').toBeGreaterThan(3)

  expect(await resultBytes(page)).not.toBe(before)
  await expect(page.getByRole('list', { name: 'Neighbours used' }).getByRole('listitem')).toHaveCount(19)
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)
})

test('the last preview looks like the picture: a correlation of at least 0.8 with it, scaled down', async ({
  page,
}) => {
  await openPage(page)
  const { preview, picture } = await runInWorker(page, {
    backend: 'wasm',
    prompt: 'a red house by the sea',
    settings: { ...DEFAULT_SETTINGS, steps: 8, sampler: 'dpm' },
  })
  if (preview === null) throw new Error('there was no preview')
  expect([preview.width, preview.height]).toEqual([picture.width / 16, picture.height / 16])
  expect(correlate(colours(preview), colours(scaleDown(picture, 16)))).toBeGreaterThanOrEqual(0.8)
})

test('the same recipe gives the same picture, another seed or another style does not', async ({ page }) => {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 5)
  await setNumber(page, 'Seed', 7)
  const first = await generate(page, 'a blue boat on a lake')
  expect(await generate(page, 'a blue boat on a lake')).toBe(first)
  await setNumber(page, 'Seed', 8)
  expect(await generate(page, 'a blue boat on a lake')).not.toBe(first)
  await setNumber(page, 'Seed', 7)
  await chooseStyle(page, 3)
  expect(await generate(page, 'a blue boat on a lake')).not.toBe(first)
})

test('a seed is kept once somebody typed it, the one that stands there too', async ({ page }) => {
  await openPage(page)
  await openSettings(page)
  const fresh = page.getByRole('checkbox', { name: 'A new seed for every picture' })
  const seed = page.getByRole('spinbutton', { name: 'Seed' })
  const stands = await seed.inputValue()
  await expect(fresh).toBeChecked()
  await seed.fill('')
  await seed.pressSequentially(stands)
  await expect(fresh).not.toBeChecked()
})

test('every sampler paints, and fewer neighbours are used when fewer are asked for', async ({ page }) => {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 4)
  await setNumber(page, 'Neighbours', 3)
  for (const sampler of [/plms/i, /dpm/i]) {
    await chooseSampler(page, sampler)
    await generate(page, 'a green tree on a hill')
    await expect(page.getByRole('list', { name: 'Neighbours used' }).getByRole('listitem')).toHaveCount(3)
  }
})

test('cancel stops the job within a step and leaves the page ready', async ({ page }) => {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 100)
  const before = await resultBytes(page)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a castle at night')
  await page.getByRole('button', { name: 'Generate' }).click()
  const progress = page.getByRole('progressbar', { name: 'Generation progress' })
  await expect.poll(async () => Number((await progress.getAttribute('aria-valuenow')) ?? 0)).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeHidden({ timeout: 5_000 })
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(0)
  expect(await resultBytes(page)).toBe(before)
  await setNumber(page, 'Steps', 4)
  await generate(page, 'a castle at night')
})

test('after a reload the gallery is there, and databases come from IndexedDB while the network has none', async ({
  page,
  context,
}) => {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 4)
  const made = await generate(page, 'an orange car in the desert')
  await context.route('**/databases/**', (route) => route.abort())
  await page.reload()
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: 60_000 })
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)

  await page
    .getByRole('button', { name: /use these settings/i })
    .first()
    .click()
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue('an orange car in the desert')
  expect(await generate(page)).toBe(made)
})

test('a gallery picture can be deleted, and downloads as a PNG that carries its recipe', async ({ page }) => {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 4)
  await generate(page, 'a yellow flower in a field')
  const item = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem').first()
  await item.hover()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    item.getByRole('button', { name: /download/i }).click(),
  ])
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk))
  const png = Buffer.concat(chunks)
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG')
  expect(png.toString('utf8')).toContain('"prompt":"a yellow flower in a field"')

  await item.getByRole('button', { name: /delete/i }).click()
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(0)
})

/** Means of squares of `factor` pixels a side. */
function scaleDown({ width, height, data }: Pixels, factor: number): Pixels {
  const small = { width: width / factor, height: height / factor }
  const sums = new Array<number>(4 * small.width * small.height).fill(0)
  for (let i = 0; i < data.length; i++) {
    const [x, y, channel] = [Math.floor(i / 4) % width, Math.floor(i / 4 / width), i % 4]
    const at = 4 * (Math.floor(y / factor) * small.width + Math.floor(x / factor)) + channel
    sums[at] = (sums[at] ?? 0) + (data[i] ?? 0) / factor ** 2
  }
  return { ...small, data: sums }
}

function colours({ data }: Pixels): readonly number[] {
  return data.filter((_, i) => i % 4 !== 3)
}

/** Pearson's correlation coefficient. */
function correlate(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  const product = (x: readonly number[], meanX: number, y: readonly number[], meanY: number) =>
    x.reduce((sum, value, i) => sum + (value - meanX) * ((y[i] ?? 0) - meanY), 0)
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB))
}

async function chooseStyle(page: Page, index: number): Promise<void> {
  const styles = page.getByRole('radiogroup', { name: 'Style' }).or(page.getByRole('listbox', { name: 'Style' }))
  await styles.getByRole('radio').or(styles.getByRole('option')).nth(index).click({ force: true })
}

async function chooseSampler(page: Page, name: RegExp): Promise<void> {
  const group = page.getByRole('radiogroup', { name: 'Sampler' })
  await group.getByRole('radio', { name }).click({ force: true })
}
