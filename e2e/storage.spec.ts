// What takes room, how to free it, and a backup that brings everything back after the browser cleared it all.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import { importPictures, type PickedFile, plainPictures } from './my-pictures.ts'
import { generate, openPage, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const openStorage = (page: Page) => page.getByRole('button', { name: 'Storage' }).click()
const closeStorage = (page: Page) => page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
const gallery = (page: Page) => page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
const style = (page: Page) =>
  page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio', { name: 'My pictures' })

async function backUp(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Back up everything' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^kindred-backup-\d{4}-\d\d-\d\d\.zip$/)
  await expect(page.getByText(/^The backup has .* MB/)).toBeVisible()
  return download.path()
}

async function restore(page: Page, file: string | PickedFile) {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Restore from a backup' }).click(),
  ])
  await chooser.setFiles(file)
}

test('everything comes back from a backup after the browser cleared it, and a bad file changes nothing', async ({
  page,
  context,
}) => {
  await openPage(page)
  await importPictures(page, await plainPictures(6))
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await generate(page, 'a red house by the sea')

  await openStorage(page)
  const list = page.getByRole('list', { name: 'What takes room' })
  await expect(list).toContainText('Pictures you made1 picture')
  await expect(list).toContainText('My picturesYour style, 6 pictures')
  const file = await backUp(page)
  await closeStorage(page)

  const devtools = await context.newCDPSession(page)
  await page.goto('about:blank')
  await devtools.send('Storage.clearDataForOrigin', {
    origin: new URL(test.info().project.use.baseURL ?? '').origin,
    // As Chromium does it where room runs out.
    storageTypes: 'indexeddb,file_systems,cache_storage,service_workers',
  })
  await openPage(page)
  await expect(page.getByText(/^The browser cleared what Kindred had stored: 1 picture,/)).toBeVisible()
  await expect(gallery(page)).toHaveCount(0)
  await expect(style(page)).toHaveCount(0)

  await openStorage(page)
  const damaged = readFileSync(file)
  damaged[Math.floor(damaged.length / 2)] = (damaged[Math.floor(damaged.length / 2)] ?? 0) ^ 0xff
  await restore(page, { name: 'damaged.zip', mimeType: 'application/zip', buffer: damaged })
  await expect(page.getByRole('alert')).toContainText('This file is no backup, or it is damaged.')
  await expect(list).toContainText('Pictures you made0 pictures')
  await expect(list).not.toContainText('Your style')

  await restore(page, file)
  await expect(page.getByText('Back again: 1 style and 1 picture.')).toBeVisible()
  await expect(list).toContainText('My picturesYour style, 6 pictures')
  await restore(page, file)
  await expect(page.getByText('Nothing was missing. 2 were here already.')).toBeVisible()
  await closeStorage(page)
  await expect(gallery(page)).toHaveCount(1)
  await expect(style(page)).toHaveCount(1)

  await page.reload()
  await expect(gallery(page)).toHaveCount(1)
  await expect(style(page)).toBeVisible({ timeout: 60_000 })
})

test('removing a style and deleting pictures frees their room at once', async ({ page }) => {
  await openPage(page)
  await importPictures(page, await plainPictures(4))
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await generate(page, 'a white cat')
  await openStorage(page)
  const dialog = page.getByRole('dialog', { name: 'Storage' })
  await dialog.getByRole('button', { name: 'Remove My pictures' }).click()
  await expect(dialog).toContainText('1 style that can still be had back')
  await dialog.getByRole('button', { name: 'Delete for good' }).click()
  await expect(dialog).not.toContainText('can still be had back')
  await dialog.getByRole('button', { name: 'Delete them all' }).click()
  await dialog.getByRole('button', { name: 'Yes, delete 1 picture for good' }).click()
  await expect(dialog).toContainText('Pictures you made0 pictures')
  await page.evaluate(AXE)
  const serious = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; impact: string }[] }> } }
    const { violations } = await axe.run()
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)
  })
  expect(serious).toEqual([])
  await closeStorage(page)
  await expect(gallery(page)).toHaveCount(0)
  await expect(style(page)).toHaveCount(0)
})
