// What a browser kept is not as it was written: a style goes on without the rows that are damaged, and says how many.

import type { Page } from '@playwright/test'
import { importPictures, plainPictures } from './my-pictures.ts'
import { generate, openPage, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

/** Flips one bit in the first record of each kind: of the first row's embedding, of the second's thumbnail, of the third's image. */
async function flipBits(page: Page, kinds: readonly string[]): Promise<void> {
  await page.evaluate(async (kinds) => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const database = await settled(indexedDB.open('kindred-library'))
    for (const kind of kinds) {
      const records = database.transaction('records', 'readwrite').objectStore('records')
      const keys = await settled(records.getAllKeys())
      const first = (prefix: string) => keys.find((name) => String(name).startsWith(prefix)) ?? ''
      const { items } = (await settled(records.get(first('items/')))) as { items: { image: { id: string } }[] }
      const key = first(kind === 'image/' ? `image/${items[2]?.image.id}` : kind)
      const record = (await settled(records.get(key))) as Record<string, Uint8Array | Uint16Array | Uint8Array[]>
      const bytes = record.bytes ?? record.values ?? record.thumbnails?.[1]
      if (!(bytes instanceof Uint8Array || bytes instanceof Uint16Array)) throw new Error(`nothing to flip in ${kind}`)
      bytes[5] = (bytes[5] ?? 0) ^ 4
      await settled(records.put(record, key))
    }
    database.close()
  }, kinds)
}

test('a style whose records were damaged goes on with the rows that are whole, and says what it lost', async ({
  page,
}) => {
  await openPage(page)
  await importPictures(page, await plainPictures(6))
  await page.goto('about:blank')
  await page.goto('/')
  await flipBits(page, ['embeddings/', 'thumbs/', 'image/'])
  await openPage(page)
  await page.getByRole('radiogroup', { name: 'Style' }).getByText('My pictures').click()
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await generate(page, 'a red house by the sea')

  await page.getByRole('button', { name: 'Storage' }).click()
  const list = page.getByRole('list', { name: 'What takes room' })
  await expect(list).toContainText('Your style, 5 pictures')
  await expect(list).toContainText('1 picture of it is damaged and left out.')
  await page.getByRole('button', { name: 'Check my styles' }).click()
  await expect(page.getByText('1 style lost something: see the list.')).toBeVisible()
  await expect(list).toContainText('1 thumbnail lost, or left out as too large.')

  const close = () => page.getByRole('dialog').getByLabel('Close').click()
  await close()
  await page.getByRole('button', { name: 'Your styles' }).click()
  await page.getByRole('button', { name: 'Look into My pictures' }).click()
  await expect(page.getByRole('status').filter({ hasText: '1 picture of it is damaged and left out.' })).toBeVisible()
  // What is looked over behind the grid does not leave it without its pictures.
  await expect(page.getByRole('dialog').locator('[role=option][data-picture]')).toHaveCount(4)
  await page.getByRole('button', { name: 'Read 1 damaged picture again' }).click()
  await expect(page.getByRole('dialog').getByText('Ready: 1 picture read again for this model.')).toBeVisible({
    timeout: 120_000,
  })
  await close()
  await page.getByRole('button', { name: 'Storage' }).click()
  await expect(list).toContainText('Your style, 6 pictures')
  await expect(list).not.toContainText('damaged and left out')
  await expect(list).toContainText('1 thumbnail lost, or left out as too large.')

  await page.getByRole('button', { name: 'Delete what is damaged in My pictures' }).click()
  await expect(list).not.toContainText('damaged and left out')
  await page.getByRole('button', { name: 'Check my styles' }).click()
  await expect(page.getByText('All your styles are as they were written.')).toBeVisible()
  await expect(list).toContainText('Your style, 6 pictures')
})
