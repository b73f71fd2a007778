// A model with another CLIP is opened: the library follows it, and a style of one's own is read again for it on request.

import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import { makeMicroPack } from '../tools/micro-pack.ts'
import { importPictures, plainPictures } from './my-pictures.ts'
import { servePack } from './pack-server.ts'
import { generate, openPage, photograph } from './page.ts'
import { expect, test } from './test.ts'

/** Opening a model and making a picture take their time. */
const LONG = { timeout: 150_000 }

const ownStyle = (page: Page) =>
  page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio', { name: 'My pictures' })
const close = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()

async function useModel(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Models' }).click()
  await page.getByRole('button', { name: `Use ${name}` }).click(LONG)
  await expect(page.getByRole('dialog').getByRole('listitem').filter({ hasText: name })).toContainText('In use', LONG)
  await close(page)
}

test('a style is read again for a model with another CLIP, paints with it, and back', async ({ page }) => {
  const server = await servePack(
    await makeMicroPack({ id: createHash('sha256').update('another CLIP').digest('hex'), preprocess: 'center-crop' }),
  )
  await openPage(page)
  await importPictures(page, await plainPictures(9))
  await expect(ownStyle(page)).toBeChecked()

  await page.getByRole('button', { name: 'Models' }).click()
  await page.getByRole('textbox', { name: 'Address' }).fill(server.url)
  await page.getByRole('button', { name: 'Install', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Use Micro' })).toBeVisible(LONG)
  await close(page)
  await server.close()
  await useModel(page, 'Micro')
  await expect(ownStyle(page)).toHaveCount(0)

  await page.getByRole('button', { name: 'Your styles' }).click()
  await expect(page.getByText('Another model’s CLIP read these pictures.')).toBeVisible()
  await photograph(page, 'other-clip-shelf')
  await page.getByRole('button', { name: 'Look into My pictures' }).click()
  await expect(page.getByRole('listbox').getByRole('option')).toHaveCount(9)
  await photograph(page, 'other-clip')
  await page.getByRole('button', { name: 'Read them again for this model' }).click()
  await expect(page.getByRole('dialog').getByText('Ready: 9 pictures read again for this model.')).toBeVisible(LONG)
  await photograph(page, 'other-clip-read')
  await page.getByRole('searchbox', { name: 'Search inside' }).fill('a boat')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listbox', { name: 'Nearest to a boat' }).getByRole('option')).toHaveCount(9)
  await page.getByRole('button', { name: 'Paint with it' }).click()
  await expect(ownStyle(page)).toBeChecked()
  await generate(page, 'a red house by the sea')
  await expect(page.getByRole('list', { name: 'Neighbours used' }).getByRole('listitem')).toHaveCount(9)

  await page.reload()
  await expect(ownStyle(page)).toBeVisible(LONG)
  await useModel(page, 'Kindred')
  await expect(ownStyle(page)).toHaveCount(0)
})
