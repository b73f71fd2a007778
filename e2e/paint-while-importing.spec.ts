// A picture is painted while an import runs: it comes before the import ends, the import tells all, and both are as they are alone.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { type PickedFile, pickPictures, plainPictures } from './my-pictures.ts'
import { generate, openPage, openSettings, resultBytes, setNumber } from './page.ts'
import { expect, test } from './test.ts'

/** Enough to outlast a picture many times over: both take what the processor has. */
const COUNT = 150

/** The hash of the PNG that is saved, its recipe inside. */
async function savedFile(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).first().click(),
  ])
  return createHash('sha256')
    .update(await readFile(await download.path()))
    .digest('hex')
}

test('a picture comes while an import runs, and neither changes the other', async ({ page }) => {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await page.getByRole('checkbox', { name: 'A new seed for every picture' }).uncheck({ force: true })
  const alone = await generate(page, 'a red house by the sea')
  const fileAlone = await savedFile(page)

  const pictures = await plainPictures(COUNT)
  const [first] = pictures
  if (first === undefined) throw new Error('no pictures')
  const twin: PickedFile = { ...first, name: 'twin.png' }
  const notes: PickedFile = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('pack sun cream') }
  await pickPictures(page, [...pictures, twin, notes])
  const importing = page.getByRole('region', { name: 'Pictures on their way' })
  await expect(importing.getByText(new RegExp(`^[1-9]\\d* of ${COUNT + 2}\\b`))).toBeVisible({ timeout: 60_000 })

  await page.getByRole('button', { name: 'Generate' }).click()
  // Both looked at in one moment: the import's state when the second picture is there.
  const seen = await page.waitForFunction(
    () => {
      const made = document.querySelectorAll('[aria-labelledby="gallery-label"] > li').length
      return made > 1 ? (document.querySelector('article.import')?.getAttribute('data-status') ?? 'gone') : null
    },
    undefined,
    { timeout: 120_000 },
  )
  expect(await seen.jsonValue()).toBe('running')

  await expect(
    importing.getByText(`Ready: ${COUNT} pictures. 1 came twice and count once. 1 could not be used.`),
  ).toBeVisible({ timeout: 240_000 })
  const entries = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  await expect(entries).toHaveCount(2)
  expect(await savedFile(page)).toBe(fileAlone)
  await page.getByRole('button', { name: 'Your styles' }).click()
  await expect(page.getByText(new RegExp(`^${COUNT} pictures, `))).toBeVisible()
  await page.keyboard.press('Escape')
  expect(await resultBytes(page)).toBe(alone)
})
