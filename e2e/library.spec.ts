// A person's own pictures become a style: dropped or picked, painted with, looked into, taken away and brought back.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import sharp from 'sharp'
import { generate, openPage, photograph } from './page.ts'
import { expect, test } from './test.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Dropped {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** Pictures that differ, and a file that is none. */
async function holidayPictures(count: number): Promise<Dropped[]> {
  const pictures = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const background = { r: (37 * i) % 256, g: (91 * i + 40) % 256, b: (53 * i + 120) % 256 }
      const dot = { r: 255 - background.r, g: 200, b: (17 * i) % 256 }
      const mark = await sharp({ create: { width: 40, height: 40, channels: 3, background: dot } })
        .png()
        .toBuffer()
      const buffer = await sharp({ create: { width: 160, height: 120, channels: 3, background } })
        .composite([{ input: mark, left: 5 + ((13 * i) % 110), top: 5 + ((29 * i) % 70) }])
        .png()
        .toBuffer()
      return { name: `holiday-${i}.png`, mimeType: 'image/png', buffer }
    }),
  )
  return [...pictures, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('pack sun cream') }]
}

async function importPictures(page: Page, count: number): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose pictures' }).click(),
  ])
  await chooser.setFiles(await holidayPictures(count))
  await expect(page.getByText(`Ready: ${count} pictures.`)).toBeVisible({ timeout: 120_000 })
}

async function openLibrary(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Your styles' }).click()
  await expect(page.getByRole('dialog', { name: 'Your styles' })).toBeVisible()
}

test('picked pictures become a style that is chosen, paints, and is there after a reload', async ({ page }) => {
  await openPage(page)
  await importPictures(page, 12)
  await page.getByRole('button', { name: '1 left out' }).click()
  await expect(page.getByText('is no picture that browsers know')).toBeVisible()
  const style = page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio', { name: 'My pictures' })
  await expect(style).toBeChecked()
  await generate(page, 'a red house by the sea')
  await expect(page.getByRole('list', { name: 'Neighbours used' }).getByRole('listitem')).toHaveCount(12)
  await page.reload()
  await expect(style).toBeVisible({ timeout: 60_000 })
})

test('the neighbours show before the first picture, follow the words, and can be pinned and left out', async ({
  page,
}) => {
  await openPage(page)
  const listed = page.getByRole('list', { name: 'Neighbours used' })
  const names = async () =>
    listed.getByRole('img').evaluateAll((images) => images.map((image) => image.getAttribute('alt')))
  await expect(listed.getByRole('listitem')).toHaveCount(19)
  const ofHouse = await names()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a white cat under the moon')
  await expect.poll(names).not.toEqual(ofHouse)

  const first = listed.getByRole('listitem').first().getByRole('button').first()
  await first.click()
  await expect(listed.getByRole('button', { pressed: true })).toHaveCount(1)
  await listed.getByRole('button', { pressed: true }).click()
  await expect(page.getByRole('list', { name: 'Left out' }).getByRole('listitem')).toHaveCount(1)
  await page.getByRole('list', { name: 'Left out' }).getByRole('button').click()
  await expect(page.getByRole('list', { name: 'Left out' })).toBeHidden()
})

test('the map zooms by wheel and keys, and leaves the page’s own scrolling alone', async ({ page }) => {
  await openPage(page)
  const map = page.getByRole('application', { name: /^Map of / })
  const whole = page.getByRole('button', { name: 'Whole map' })
  // The neighbours are listed once the map is there.
  await expect(page.getByRole('list', { name: 'Neighbours used' }).getByRole('listitem')).toHaveCount(19)
  await map.hover()
  await page.mouse.wheel(0, 300)
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0)
  await expect(whole).toBeHidden()
  await page.evaluate(() => scrollTo(0, 0))
  await map.focus()
  await page.keyboard.press('+')
  await expect(whole).toBeVisible()
  await page.keyboard.press('0')
  await expect(whole).toBeHidden()
})

test('the whole page answers to what hovers, and takes it', async ({ page }) => {
  await openPage(page)
  const pictures = await holidayPictures(3)
  const transfer = await page.evaluateHandle(
    (files) => {
      const made = new DataTransfer()
      for (const { name, type, base64 } of files) {
        made.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }))
      }
      return made
    },
    pictures
      .slice(0, 3)
      .map(({ name, mimeType, buffer }) => ({ name, type: mimeType, base64: buffer.toString('base64') })),
  )
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer })
  await expect(page.getByText('Make a style of 3 pictures')).toBeVisible()
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
  await expect(page.getByText('Make a style of 3 pictures')).toBeHidden()
  const card = page.getByRole('region', { name: 'Pictures on their way' }).getByRole('article')
  await expect(card).toBeInViewport({ ratio: 1 })
  await expect(card).toContainText('Ready: 3 pictures.', { timeout: 120_000 })

  await page.getByRole('button', { name: 'Close' }).click()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.evaluate(() => scrollTo(0, 0))
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
  await expect(card).toBeInViewport({ ratio: 1 })
  await expect(card).toContainText('Ready: 3 pictures.', { timeout: 120_000 })
})

test('a style is looked into, searched, renamed, saved, removed and brought back', async ({ page }) => {
  await openPage(page)
  await importPictures(page, 9)
  await openLibrary(page)
  await page.getByRole('button', { name: 'Look into My pictures' }).click()
  const grid = page.getByRole('listbox', { name: 'Pictures of My pictures' })
  await expect(grid.getByRole('option')).toHaveCount(9)

  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('dialog').getByRole('button', { name: 'Add pictures' }).click(),
  ])
  await chooser.setFiles(await holidayPictures(12))
  const added = page
    .getByRole('dialog')
    .getByText('Ready: 3 pictures. 9 came twice and count once. 1 could not be used.')
  await expect(added).toBeVisible({ timeout: 120_000 })
  await expect(grid.locator('[role=option][data-picture]')).toHaveCount(12)

  await grid.getByRole('option').nth(10).dblclick()
  const large = (n: number) => page.getByRole('dialog', { name: `holiday-${n}`, exact: true })
  await expect(large(10).getByRole('img', { name: 'holiday-10' })).toBeVisible()
  await expect(large(10)).toContainText('11 of 12, 160 × 120 pixels when it came, kept at 160 × 120')
  await photograph(page, 'picture-large')
  await page.keyboard.press('ArrowRight')
  await expect(large(11).getByRole('img', { name: 'holiday-11' })).toBeVisible()
  await expect(large(11).getByRole('button', { name: 'Next picture' })).toBeDisabled()
  expect(await seriousFindings(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(large(11)).toBeHidden()
  await expect(grid.getByRole('option').nth(11)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(large(11)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(grid.locator('[aria-selected=true]')).toHaveCount(0)

  await page.getByRole('searchbox', { name: 'Search inside' }).fill('a boat')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listbox', { name: 'Nearest to a boat' }).getByRole('option')).toHaveCount(12)
  await page.getByRole('button', { name: 'Show all' }).click()

  await grid.getByRole('option').first().click()
  await page.getByRole('button', { name: 'Remove 1 picture for good' }).click()
  await expect(grid.getByRole('option')).toHaveCount(11)
  await page.getByRole('button', { name: 'Choose all' }).click()
  await page.getByRole('button', { name: 'Remove 11 pictures for good' }).click()
  await expect(page.getByText(/^All that is in .* \(11 pictures\) is removed/)).toBeVisible()
  await page.getByRole('button', { name: 'Keep them' }).click()
  await page.getByRole('button', { name: 'Choose none' }).click()
  await expect(grid.getByRole('option')).toHaveCount(11)

  await page.getByRole('button', { name: 'About this style' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Beach')
  await page.getByRole('button', { name: 'Rename' }).click()
  await expect(page.getByRole('heading', { name: 'Beach' })).toBeVisible()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as a file' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('Beach.zip')

  await page.getByRole('button', { name: 'Remove this style' }).click()
  await expect(page.getByText(/^Beach is removed/)).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('button', { name: 'Look into Beach' })).toBeVisible()
})

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing serious in the library: ${colorScheme}, ${width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
      await openPage(page)
      await importPictures(page, 6)
      expect(await seriousFindings(page)).toEqual([])
      await openLibrary(page)
      expect(await seriousFindings(page)).toEqual([])
      await page.screenshot({ path: `test-results/library-${colorScheme}-${width}.png` })
      await page.getByRole('button', { name: 'Look into My pictures' }).click()
      await page.getByRole('option').first().click()
      expect(await seriousFindings(page)).toEqual([])
      await page.screenshot({ path: `test-results/database-${colorScheme}-${width}.png` })
      await page.setViewportSize({ width: 320, height: 640 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    })
  }
}

async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  // What is still fading in has too little contrast.
  await page.evaluate(async () => {
    const fading = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(fading.map(({ finished }) => finished))
  })
  return page.evaluate(async () => {
    type Axe = { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}
