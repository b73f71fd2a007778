// Other styles mixed into the chosen one: the neighbours are shared out by weight.

import { expect, type Page, test } from '@playwright/test'
import { importPictures, plainPictures } from './my-pictures.ts'
import { generate, openPage, openSettings, setNumber } from './page.ts'

/** How many neighbours are shown, and how many of them are of the style that was made here. */
async function shares(page: Page): Promise<{ readonly own: number; readonly all: number }> {
  const images = page.getByRole('list', { name: 'Neighbours used' }).getByRole('img')
  const names = await images.evaluateAll((shown) => shown.map((image) => image.getAttribute('alt') ?? ''))
  return { own: names.filter((name) => name.startsWith('plain-')).length, all: names.length }
}

test('a style that is mixed in gives its share of the neighbours, by its weight, until it is left out', async ({
  page,
}) => {
  await openPage(page)
  await importPictures(page, await plainPictures(30))
  await expect.poll(() => shares(page), { timeout: 30_000 }).toEqual({ own: 19, all: 19 })
  await openSettings(page)
  await page.getByRole('combobox', { name: 'Mix in' }).selectOption({ label: 'Watercolour' })
  await expect.poll(async () => (await shares(page)).own, { timeout: 30_000 }).toBeLessThan(12)
  const even = await shares(page)
  expect(even.all).toBe(19)
  expect(even.own).toBeGreaterThan(7)

  await page.getByRole('slider', { name: 'Weight of Watercolour' }).fill('3')
  await expect.poll(async () => (await shares(page)).own, { timeout: 30_000 }).toBeLessThan(even.own)
  await setNumber(page, 'Steps', 2)
  await generate(page)
  await page.getByRole('button', { name: 'Leave Watercolour out' }).click()
  await expect.poll(() => shares(page), { timeout: 30_000 }).toEqual({ own: 19, all: 19 })
})
