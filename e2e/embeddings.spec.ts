// Embeddings without pictures, dropped onto the page: read in the sealed worker, kept as a style, painted with.

import type { Page } from '@playwright/test'
import { writeNpz } from '../src/core/formats/npz.ts'
import { generate, openPage, photograph } from './page.ts'
import { expect, test } from './test.ts'

const ROWS = 5000

/** Rows as the authors of RDM write them: a picture's number and the corners of a patch for each. */
async function writePart(dim: number): Promise<Buffer> {
  const wave = (row: number, at: number) => Math.sin(row * 0.37 + at * (1 + (row % 7)))
  const embedding = Float32Array.from({ length: ROWS * dim }, (_, i) => wave(Math.floor(i / dim), i % dim))
  const ids = Int32Array.from({ length: ROWS }, (_, row) => Math.floor(row / 4))
  const patches = Int32Array.from({ length: 4 * ROWS }, (_, i) => (i % 4 < 2 ? 0 : 256))
  return Buffer.from(
    await writeNpz(
      new Map([
        ['embedding', { dtype: 'f4', dims: [ROWS, dim], data: embedding }],
        ['img_id', { dtype: 'i4', dims: [ROWS], data: ids }],
        ['patch_coords', { dtype: 'i4', dims: [ROWS, 4], data: patches }],
      ]),
    ),
  )
}

async function pick(page: Page, name: string, buffer: Buffer): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose pictures' }).click(),
  ])
  await chooser.setFiles([{ name, mimeType: '', buffer }])
}

async function clipDim(page: Page): Promise<number> {
  const pack = await page.request.get('packs/kindred-mini/pack.json')
  return (await pack.json()).clip.dim
}

test('the authors’ embeddings become a style that paints, and others are refused with the reason', async ({ page }) => {
  await openPage(page)
  const dim = await clipDim(page)
  await pick(page, 'openimages.npz', await writePart(dim + 8))
  await expect(page.getByText(`rows of ${dim + 8} numbers, where the model's CLIP gives ${dim}`)).toBeVisible()
  await pick(page, 'openimages.npz', await writePart(dim))
  await expect(page.getByText(/^Ready: 5,000 rows\. They came as embeddings/)).toBeVisible({ timeout: 120_000 })
  await photograph(page, 'embeddings', page.getByRole('region', { name: 'Pictures on their way' }))
  const style = page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio', { name: 'openimages' })
  await expect(style).toBeChecked()
  const drawing = page.locator('.style-card', { has: page.getByRole('radio', { name: 'openimages' }) }).locator('img')
  await expect.poll(() => drawing.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(96)
  await page.getByRole('button', { name: 'Your styles' }).click()
  await expect(page.getByText(/^5,000 rows without pictures, /)).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `test-results/embeddings-shelf-${colorScheme}.png` })
  }
  await page.keyboard.press('Escape')
  await expect(page.getByText('Of 5,000 rows in openimages, your words find these 19.')).toBeVisible()
  await generate(page, 'a red house by the sea')
  await expect(page.getByText(/^The 19 nearest to your words, of 5,000 rows in openimages\./)).toBeVisible()
  await expect(page.getByRole('list', { name: 'Neighbours used' }).getByRole('listitem')).toHaveCount(19)
  await photograph(page, 'embeddings-map', page.getByRole('application', { name: 'Map of openimages' }))
})
