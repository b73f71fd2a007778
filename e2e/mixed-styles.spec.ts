// Other styles mixed into the chosen one: the neighbours are shared out by weight.

import type { Page } from '@playwright/test'
import { importPictures, plainPictures } from './my-pictures.ts'
import { generate, openPage, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

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
  const found = `Of 30 pictures in My pictures, your words find these ${even.own}, and`
  await expect(page.getByText(`${found} ${19 - even.own} in what is mixed in.`)).toBeVisible()

  const list = page.getByRole('list', { name: 'Neighbours used' })
  const theirs = list.getByRole('button').filter({ has: page.locator('img:not([alt^="plain-"])') })
  const caption = (await theirs.last().getByRole('img').getAttribute('alt')) ?? ''
  await theirs.last().click()
  await expect(list.getByRole('button', { name: caption, exact: true, pressed: true })).toHaveCount(1)
  await expect(page.getByText(/ in what is mixed in, beside 1 that you pinned\.$/)).toBeVisible()
  await list.getByRole('button', { name: caption, exact: true, pressed: true }).click()
  await expect(list.getByRole('img', { name: caption, exact: true })).toHaveCount(0)
  await page.getByRole('button', { name: `Let ${caption} in again` }).click()
  await expect(list.getByRole('img', { name: caption, exact: true })).toHaveCount(1)

  await page.getByRole('slider', { name: 'Weight of Watercolour' }).fill('3')
  await expect.poll(async () => (await shares(page)).own, { timeout: 30_000 }).toBeLessThan(even.own)
  await setNumber(page, 'Steps', 2)
  await generate(page)
  await page.getByRole('button', { name: 'Leave Watercolour out' }).click()
  await expect.poll(() => shares(page), { timeout: 30_000 }).toEqual({ own: 19, all: 19 })
})
