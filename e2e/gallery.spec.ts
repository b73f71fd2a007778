// The gallery's way back to the wall, and what a later visit begins with.

import type { Page } from '@playwright/test'
import { generate, openPage, openSettings, resultBytes, setNumber } from './page.ts'
import { expect, test } from './test.ts'

test('using a picture’s settings, or hanging it again, leads back to the wall and says so', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await makeTwo(page)
  const older = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem').nth(1)
  const said = page.locator('.wall [aria-live="polite"]')

  await older.getByRole('button', { name: 'Show on the wall' }).click()
  await expect(page.getByRole('img', { name: 'Result' })).toBeInViewport({ ratio: 0.9 })
  await expect(said).toHaveText('On the wall: a red house by the sea')

  await older.getByRole('button', { name: 'Use these settings' }).click()
  await expect(page.getByRole('img', { name: 'Result' })).toBeInViewport({ ratio: 0.9 })
  const prompt = page.getByRole('textbox', { name: 'Prompt' })
  await expect(prompt).toBeFocused()
  await expect(prompt).toHaveValue('a red house by the sea')
  await expect(said).toHaveText(/Prompt, style and settings are those of “a red house by the sea”/)
})

test('a later visit begins with the newest picture, its prompt and its style', async ({ page }) => {
  await makeTwo(page)
  const newest = await resultBytes(page)
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue('a blue boat on a lake')
  await expect(page.locator('#picture-caption')).toContainText('a blue boat on a lake')
  await expect(page.locator('#picture-caption')).not.toContainText('Came with Kindred')
  await expect(page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio').nth(1)).toBeChecked()
  expect(await resultBytes(page)).toBe(newest)
})

test('what one tab makes, deletes and brings back is seen in the other without a reload', async ({ page, context }) => {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  const other = await context.newPage()
  await other.goto('/?backend=wasm')
  const seen = (tab: Page) => tab.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  await expect(other.getByText(/^Runs on/)).toBeVisible({ timeout: 120_000 })
  await expect(seen(other)).toHaveCount(0)

  await generate(page, 'a red house by the sea')
  await expect(seen(other)).toHaveCount(1)
  // It is there whole: the other tab can hang it.
  await seen(other).getByRole('button', { name: 'Show on the wall' }).click()
  await expect(other.locator('#picture-caption')).toContainText('a red house by the sea')

  await seen(other).getByRole('button', { name: 'Delete' }).click()
  await expect(seen(page)).toHaveCount(0)
  await other.getByRole('button', { name: 'Undo' }).click()
  await expect(seen(page)).toHaveCount(1)
})

test('a browser that refuses to store anything says so once, in words that fit', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('refused', 'SecurityError')
    }
  })
  await page.goto('/?backend=wasm')
  await expect(page.getByText(/does not let Kindred keep pictures/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/This picture could not be stored/)).toHaveCount(0)
  await expect(page.getByRole('img', { name: 'Result' })).toBeVisible()
})

async function makeTwo(page: Page): Promise<void> {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio').nth(1).click({ force: true })
  await generate(page, 'a red house by the sea')
  await generate(page, 'a blue boat on a lake')
}
