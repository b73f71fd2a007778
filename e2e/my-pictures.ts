// Pictures of a person's own, for tests that make a style of them.

import { expect, type Page } from '@playwright/test'
import sharp from 'sharp'

export interface PickedFile {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** Pictures that differ. @param first their numbers begin here: other numbers, other pictures */
export function plainPictures(count: number, first = 0): Promise<PickedFile[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const n = first + i
      const background = { r: (37 * n) % 256, g: (91 * n + 40) % 256, b: (n * 7 + (n >> 5)) % 256 }
      const buffer = await sharp({ create: { width: 90, height: 70, channels: 3, background } })
        .png()
        .toBuffer()
      return { name: `plain-${n}.png`, mimeType: 'image/png', buffer }
    }),
  )
}

/** Makes a style of them. */
export async function pickPictures(page: Page, pictures: readonly PickedFile[]): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose pictures' }).click(),
  ])
  await chooser.setFiles([...pictures])
}

/** Makes a style of them and waits until it is ready. */
export async function importPictures(page: Page, pictures: readonly PickedFile[]): Promise<void> {
  await pickPictures(page, pictures)
  await expect(page.getByText(`Ready: ${pictures.length} pictures.`)).toBeVisible({ timeout: 120_000 })
}
