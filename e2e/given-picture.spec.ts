// A picture from elsewhere steers the search: picked, dropped or pasted, as one more neighbour or in place of the words.

import type { Page } from '@playwright/test'
import { type PickedFile, plainPictures } from './my-pictures.ts'
import { generate, openPage, openSettings, photograph, setNumber } from './page.ts'
import { expect, test } from './test.ts'

const listed = (page: Page) => page.getByRole('list', { name: 'Neighbours used' })
const names = (page: Page) =>
  listed(page)
    .getByRole('img')
    .evaluateAll((images) => images.map((image) => image.getAttribute('alt')))
const asked = (page: Page) => page.getByRole('list', { name: 'Looks for' })
const added = (page: Page) => page.getByRole('list', { name: 'Added' })

async function pick(page: Page, button: string, file: PickedFile): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: button }).click(),
  ])
  await chooser.setFiles([file])
}

/** A DataTransfer in the page with one picture in it. */
function carry(page: Page, { name, mimeType, buffer }: PickedFile) {
  return page.evaluateHandle(
    ({ name, type, base64 }) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }))
      return transfer
    },
    { name, type: mimeType, base64: buffer.toString('base64') },
  )
}

async function paste(page: Page, selector: string, file: PickedFile): Promise<void> {
  const transfer = await carry(page, file)
  await page.locator(selector).evaluate((element, clipboardData) => {
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, transfer)
}

test('a picture is added to the neighbours, painted with, and painted with again from the recipe', async ({ page }) => {
  await openPage(page)
  const [boat] = await plainPictures(1, 40)
  if (boat === undefined) throw new Error('no picture')
  await expect(listed(page).getByRole('listitem')).toHaveCount(19)
  await pick(page, 'Add a picture', boat)
  await expect(added(page).getByRole('listitem')).toHaveCount(1)
  await expect.poll(() => names(page)).toContain('plain-40.png')
  await expect(listed(page).getByRole('listitem')).toHaveCount(19)

  await openSettings(page)
  await setNumber(page, 'Steps', 3)
  await page.getByRole('checkbox', { name: 'A new seed for every picture' }).uncheck({ force: true })
  const first = await generate(page, 'a red house by the sea')
  expect(await names(page)).toContain('plain-40.png')
  await photograph(page, 'given-added', page.getByRole('button', { name: 'Look for a picture' }))

  await page.getByRole('button', { name: 'Take plain-40.png away again' }).click()
  await expect(added(page)).toBeHidden()
  await expect.poll(() => names(page)).not.toContain('plain-40.png')
  expect(await generate(page)).not.toBe(first)

  // After a reload nothing of the picture is left but the recipe's numbers.
  await page.reload()
  await expect(page.getByText(/^Runs on/)).toBeVisible({ timeout: 60_000 })
  const entries = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  await entries.last().getByRole('button', { name: 'Use these settings' }).click()
  await expect(added(page).getByRole('listitem')).toHaveText(['plain-40.png'])
  expect(await generate(page)).toBe(first)
})

test('a picture is looked for in place of the words: pasted at the prompt, dropped, and taken away', async ({
  page,
}) => {
  await openPage(page)
  const [boat, sun] = await plainPictures(2, 60)
  if (boat === undefined || sun === undefined) throw new Error('no pictures')
  await expect(listed(page).getByRole('listitem')).toHaveCount(19)

  await paste(page, '#prompt', boat)
  await expect(asked(page).getByRole('listitem')).toHaveText(['plain-60.png'])
  await expect(page.getByText(/your picture finds these 19/)).toBeVisible()
  const byPicture = await names(page)
  await photograph(page, 'given-asked', page.getByRole('button', { name: 'Look for a picture' }))

  const transfer = await carry(page, sun)
  await page.dispatchEvent('main', 'dragover', { dataTransfer: transfer })
  await expect(page.getByText('Add it to the neighbours')).toBeVisible()
  await page.screenshot({ path: 'test-results/given-hovering-light-1440.png' })
  await page.getByText('Look for it in place of your words').dispatchEvent('drop', { dataTransfer: transfer })
  await expect(page.getByText('Add it to the neighbours')).toBeHidden()
  await expect(asked(page).getByRole('listitem')).toHaveText(['plain-61.png'])
  await expect(page.getByRole('region', { name: 'Pictures on their way' })).toHaveCount(0)

  await page.getByRole('button', { name: 'Take plain-61.png away again' }).click()
  await expect(page.getByText(/your words find these 19/)).toBeVisible()
  await expect.poll(() => names(page)).not.toEqual(byPicture)

  const drawing = { name: 'plan.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="x"/>') }
  await pick(page, 'Look for a picture', drawing)
  await expect(page.getByText('plan.svg is a drawing in SVG, which is not taken.')).toBeVisible()
  await expect(asked(page)).toHaveCount(0)
})
