// Styles of one's own over their life: how pictures come in, how they move between styles, and how a style leaves as a file.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { importPictures, type PickedFile, pickPictures, plainPictures } from './my-pictures.ts'
import { openPage, photograph } from './page.ts'
import { expect, test } from './test.ts'

const roots: string[] = []
test.afterAll(() => Promise.all(roots.map((root) => rm(root, { recursive: true }))))

/** Hands files to the page as a paste or a drop does, outside of any field. */
async function transfer(page: Page, kind: 'paste' | 'drop', files: readonly PickedFile[]): Promise<void> {
  await page.evaluate(
    ({ kind, files }) => {
      const data = new DataTransfer()
      for (const { name, type, base64 } of files) {
        data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }))
      }
      const event =
        kind === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
      document.body.dispatchEvent(event)
    },
    {
      kind,
      files: files.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, base64: buffer.toString('base64') })),
    },
  )
}

/** Picks a folder that holds one folder for each of the names, with so many pictures in it. */
async function pickFolders(page: Page, folders: Readonly<Record<string, number>>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'kindred-folders-'))
  roots.push(root)
  let first = 0
  for (const [name, count] of Object.entries(folders)) {
    await mkdir(join(root, name))
    for (const { name: file, buffer } of await plainPictures(count, first)) {
      await writeFile(join(root, name, file), buffer)
    }
    first += count
  }
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Drop a folder, get a style' }).click(),
  ])
  await chooser.setFiles(root)
  await expect(page.getByRole('dialog')).toBeVisible()
}

const style = (page: Page, name: string): Locator =>
  page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio', { name, exact: true })

async function lookInto(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name: `Look into ${name}` }).click()
  return page.getByRole('listbox', { name: `Pictures of ${name}` }).getByRole('option')
}

async function save(page: Page): Promise<Buffer> {
  const about = page.getByRole('button', { name: 'About this style' })
  if ((await about.getAttribute('aria-expanded')) !== 'true') await about.click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as a file' }).click(),
  ])
  return readFile(await download.path())
}

test('pasted pictures become a style', async ({ page }) => {
  await openPage(page)
  await transfer(page, 'paste', await plainPictures(3))
  await expect(page.getByText('Ready: 3 pictures.')).toBeVisible({ timeout: 120_000 })
  await expect(style(page, 'My pictures')).toBeChecked()
})

test('a folder of folders becomes a style for each; a picture moves to the other, and both become one', async ({
  page,
}) => {
  await openPage(page)
  await pickFolders(page, { sea: 4, wood: 3 })
  await expect(page.getByRole('heading', { name: '7 files in 2 folders' })).toBeVisible()
  await photograph(page, 'folders-offered')
  await page.getByRole('button', { name: '2 styles, one for each folder' }).click()
  await expect(page.getByText('Ready: 4 pictures.')).toBeVisible({ timeout: 120_000 })
  await expect(page.getByText('Ready: 3 pictures.')).toBeVisible({ timeout: 120_000 })
  await expect(style(page, 'sea')).toBeVisible()
  await expect(style(page, 'wood')).toBeVisible()

  await page.getByRole('button', { name: 'Your styles' }).click()
  const ofSea = await lookInto(page, 'sea')
  await expect(ofSea).toHaveCount(4)
  await ofSea.nth(1).click()
  await page.getByRole('combobox', { name: 'Move to another style' }).selectOption({ label: 'wood' })
  await expect(ofSea).toHaveCount(4)
  await page.getByRole('button', { name: 'Move 1 picture', exact: true }).click()
  await expect(ofSea).toHaveCount(3)
  await expect(page.getByText('1 picture moved to wood.')).toBeVisible()
  await photograph(page, 'moved')
  await page.getByRole('button', { name: 'All styles' }).click()
  const ofWood = await lookInto(page, 'wood')
  await expect(ofWood).toHaveCount(4)
  await expect(ofWood.last()).toHaveAttribute('title', /plain-1$/)

  await page.getByRole('button', { name: 'About this style' }).click()
  await page.getByRole('combobox', { name: 'Merge into another style' }).selectOption({ label: 'sea' })
  await expect(page.getByRole('status').filter({ hasText: 'wood itself is gone' })).toBeVisible()
  await photograph(page, 'merge-asked')
  await page.getByRole('button', { name: 'Keep both' }).click()
  await page.getByRole('combobox', { name: 'Merge into another style' }).selectOption({ label: 'sea' })
  await page.getByRole('button', { name: 'Merge them' }).click()
  await expect(page.getByRole('button', { name: 'Look into wood' })).toBeHidden()
  await expect(await lookInto(page, 'sea')).toHaveCount(7)
})

test('an import is paused, goes on to the last file, and another is stopped for good', async ({ page }) => {
  const count = 500
  await openPage(page)
  await pickPictures(page, await plainPictures(count))
  await page.getByRole('button', { name: 'Pause' }).click({ timeout: 60_000 })
  const paused = page.getByText(new RegExp(`^Paused: .* of ${count} files kept`))
  await expect(paused).toBeVisible()
  const kept = Number(/\d+/.exec((await paused.textContent()) ?? '')?.[0])
  expect(kept).toBeGreaterThan(0)
  expect(kept).toBeLessThan(count)
  await photograph(page, 'import-paused', page.getByRole('region', { name: 'Pictures on their way' }))
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect(page.getByText(`Ready: ${count} pictures.`)).toBeVisible({ timeout: 240_000 })
  await page.getByRole('button', { name: 'Your styles' }).click()
  await expect(page.getByText(new RegExp(`^${count} pictures, `))).toBeVisible()
  await page.keyboard.press('Escape')

  await pickPictures(page, await plainPictures(count, count))
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Stop here' }).click()
  await expect(page.getByRole('button', { name: 'Stop here' })).toBeHidden()
  await expect(page.getByText(/^Paused: /)).toBeHidden()
  await page.getByRole('button', { name: 'Your styles' }).click()
  const sizes = page.getByRole('dialog').getByText(/^\d+ pictures, /)
  await expect(sizes).toHaveCount(2)
  expect(Number.parseInt((await sizes.last().textContent()) ?? '', 10)).toBeLessThan(count)
  await page.reload()
  await expect(style(page, 'My pictures').first()).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/^Paused: /)).toBeHidden()
})

test('an import that waits for another is offered after a reload, and its files can be picked again', async ({
  page,
}) => {
  await openPage(page)
  await pickPictures(page, await plainPictures(500))
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible({ timeout: 60_000 })
  const three = await plainPictures(3, 900)
  await pickPictures(page, three)
  await expect(page.getByText('Waits for its turn.')).toBeVisible()
  await page.reload()
  const waiting = page.getByRole('article').filter({ hasText: 'Not begun yet: 3 files.' })
  await expect(waiting).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/^Paused: .* of 500 files kept/)).toBeVisible()
  await photograph(page, 'import-waited', page.getByRole('region', { name: 'Pictures on their way' }))
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    waiting.getByRole('button', { name: 'Pick the files again' }).click(),
  ])
  await chooser.setFiles(three)
  await expect(page.getByText('Ready: 3 pictures.')).toBeVisible({ timeout: 120_000 })
  await expect(waiting).toBeHidden()
})

test('a style is searched by words, and by one of its pictures, which comes first', async ({ page }) => {
  await openPage(page)
  const pictures = await plainPictures(12)
  await importPictures(page, pictures)
  await page.getByRole('button', { name: 'Your styles' }).click()
  await lookInto(page, 'My pictures')
  await page.getByRole('searchbox', { name: 'Search inside' }).fill('a red house')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listbox', { name: 'Nearest to a red house' }).getByRole('option')).toHaveCount(12)

  const asked = pictures[7]
  if (asked === undefined) throw new Error('no picture to ask by')
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'by a picture' }).click(),
  ])
  await chooser.setFiles([asked])
  const found = page.getByRole('listbox', { name: `Nearest to ${asked.name}` }).getByRole('option')
  await expect(found).toHaveCount(12)
  await expect(found.first()).toHaveAttribute('title', /plain-7$/)
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect(page.getByRole('listbox', { name: 'Pictures of My pictures' }).getByRole('option')).toHaveCount(12)

  const [again] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'by a picture' }).click(),
  ])
  await again.setFiles({ name: 'plan.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') })
  const refusal = page
    .getByRole('dialog')
    .getByRole('alert')
    .filter({ hasText: 'it is a drawing in SVG, which is not taken.' })
  await expect(refusal).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search inside' }).fill('a red house')
  await page.keyboard.press('Enter')
  await expect(refusal).toBeHidden()
})

test('a style that is saved and taken in again is saved as the same bytes', async ({ page }) => {
  await openPage(page)
  await importPictures(page, await plainPictures(5))
  await page.getByRole('button', { name: 'Your styles' }).click()
  await lookInto(page, 'My pictures')
  const first = await save(page)
  await page.getByRole('button', { name: 'Remove this style' }).click()
  await expect(page.getByText(/^My pictures is removed/)).toBeVisible()
  await page.keyboard.press('Escape')

  await pickPictures(page, [{ name: 'elsewhere.zip', mimeType: 'application/zip', buffer: first }])
  const taken = page.getByRole('article').filter({ hasText: 'elsewhere' })
  await expect(taken).toContainText('Ready: 5 pictures.', { timeout: 60_000 })
  await expect(style(page, 'My pictures')).toBeVisible()
  await page.getByRole('button', { name: 'Your styles' }).click()
  await expect(await lookInto(page, 'My pictures')).toHaveCount(5)
  expect(Buffer.compare(await save(page), first)).toBe(0)

  // Dropped on a style that is looked into, it is one of its own all the same, and says so there.
  await transfer(page, 'drop', [{ name: 'again.zip', mimeType: 'application/zip', buffer: first }])
  const card = page.getByRole('dialog').getByRole('article').filter({ hasText: 'become a style of their own' })
  await expect(card).toContainText('Ready: 5 pictures.', { timeout: 60_000 })
  await expect(card).toBeInViewport({ ratio: 1 })
  const other = page.getByRole('combobox', { name: 'Move to another style' })
  await page.getByRole('listbox', { name: 'Pictures of My pictures' }).getByRole('option').first().click()
  await expect(other.getByRole('option')).toHaveText(['Move to …', 'My pictures (2)'])
})

test('names that are markup, paths, tricks or endless are shown as text, those left out too', async ({ page }) => {
  const names = [
    '<img src=x onerror="document.title=\'taken\'">.png',
    '\u202egnp.exe',
    'nul\0inside.png',
    `${'long'.repeat(1250)}.png`,
    '__proto__',
    '..',
  ]
  await openPage(page)
  const title = await page.title()
  const pictures = await plainPictures(names.length)
  await transfer(page, 'drop', [
    ...pictures.map((picture, i) => ({ ...picture, name: names[i] ?? '' })),
    ...names.map((name) => ({ name: `no ${name}`, mimeType: 'text/plain', buffer: Buffer.from('no picture') })),
  ])
  await expect(page.getByText(`Ready: ${names.length} pictures. ${names.length} could not be used.`)).toBeVisible({
    timeout: 120_000,
  })
  await page.getByRole('button', { name: `${names.length} left out` }).click()
  const leftOut = page.getByRole('region', { name: 'Pictures on their way' }).getByRole('listitem')
  await expect(leftOut).toHaveCount(names.length)
  await photograph(page, 'hostile-names', leftOut.first())
  await page.getByRole('button', { name: 'Your styles' }).click()
  await expect(await lookInto(page, 'My pictures')).toHaveCount(names.length)
  await expect(page.locator('img[src="x"]')).toHaveCount(0)
  expect(await page.title()).toBe(title)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  await page.reload()
  await expect(style(page, 'My pictures')).toBeVisible({ timeout: 60_000 })
})
