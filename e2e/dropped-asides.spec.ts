// What is dropped or picked and is no style: a backup leads to its restore, a model's folder to its install, each after a question.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { deflatedZip } from '../tests/core/formats/deflated-zip.ts'
import { makeMicroPack } from '../tools/micro-pack.ts'
import { closeModels, LONG, onDevice } from './models-page.ts'
import { importPictures, plainPictures } from './my-pictures.ts'
import { openPage, photograph } from './page.ts'

const question = (page: Page, name: string) => page.getByRole('dialog', { name })
const imports = (page: Page) => page.getByRole('region', { name: 'Pictures on their way' })

async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, base64 }) => {
      const made = new DataTransfer()
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
      made.items.add(new File([bytes], name, { type: 'application/zip' }))
      return made
    },
    { name, base64: bytes.toString('base64') },
  )
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
}

async function pick(page: Page, button: string, path: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: button }).click(),
  ])
  await chooser.setFiles(path)
}

test('a backup that is dropped on the page is restored once a person says so, and changes nothing before', async ({
  page,
  context,
}) => {
  await openPage(page)
  await importPictures(page, await plainPictures(4))
  await page.getByRole('button', { name: 'Storage' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Back up everything' }).click(),
  ])
  const backup = await readFile(await download.path())
  await page.goto('about:blank')
  const devtools = await context.newCDPSession(page)
  const origin = new URL(test.info().project.use.baseURL ?? '').origin
  await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb,file_systems' })

  await openPage(page)
  const style = page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio', { name: 'My pictures' })
  await drop(page, download.suggestedFilename(), backup)
  const asked = question(page, 'This is a backup of Kindred')
  await expect(asked).toContainText(download.suggestedFilename())
  await photograph(page, 'backup-offer')
  await asked.getByRole('button', { name: 'Never mind' }).click()
  await expect(asked).toHaveCount(0)
  await expect(imports(page)).toHaveCount(0)
  await expect(style).toHaveCount(0)

  // Also where the styles are open, which then give way.
  await page.getByRole('button', { name: 'Your styles' }).click()
  await expect(question(page, 'Your styles')).toBeVisible()
  await drop(page, download.suggestedFilename(), backup)
  await asked.getByRole('button', { name: 'Restore from it' }).click()
  await expect(question(page, 'Your styles')).toHaveCount(0)
  const storage = question(page, 'Storage')
  await expect(storage.getByText('Back again: 1 style and 0 pictures.')).toBeVisible()
  await expect(storage.getByText('Back again: 1 style and 0 pictures.')).toBeInViewport()
  await photograph(page, 'backup-restored')
  await page.keyboard.press('Escape')
  await expect(storage).toHaveCount(0)
  await expect(style).toHaveCount(1)
})

test('a model’s folder that is picked for a style is offered as a model and installs, and so does a zip of it', async ({
  page,
}) => {
  const root = await mkdtemp(join(tmpdir(), 'kindred-pack-'))
  try {
    const pack = await makeMicroPack()
    const folder = join(root, 'micro')
    for (const [path, bytes] of pack) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), bytes)
    }
    await openPage(page)
    const styles = page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio')
    const before = await styles.count()
    await pick(page, 'Drop a folder, get a style', folder)
    const asked = question(page, 'This is a model')
    await expect(asked).toContainText(`micro ${pack.size} files`)
    await photograph(page, 'pack-offer')
    await asked.getByRole('button', { name: 'Install this model' }).click()
    await expect(onDevice(page)).toHaveCount(2, LONG)
    await expect(page.getByRole('button', { name: 'Use Micro' })).toBeVisible(LONG)
    await page.getByRole('button', { name: 'Remove Micro' }).click()
    await expect(onDevice(page)).toHaveCount(1)
    await closeModels(page)

    const zip = join(root, 'micro.zip')
    await writeFile(zip, deflatedZip(Array.from(pack, ([path, bytes]) => [`micro/${path}`, bytes])))
    await pick(page, 'Choose pictures', zip)
    await expect(asked).toContainText('micro.zip')
    await photograph(page, 'pack-zip-offer')
    await asked.getByRole('button', { name: 'Install this model' }).click()
    await expect(page.getByRole('button', { name: 'Use Micro' })).toBeVisible(LONG)
    await page.getByRole('button', { name: 'Check Micro' }).click()
    await expect(page.getByText('Every byte is as it should be.')).toBeVisible()
    await closeModels(page)
    await expect(imports(page)).toHaveCount(0)
    await expect(styles).toHaveCount(before)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
