// What the end-to-end tests of installed models do again and again.

import type { Locator, Page } from '@playwright/test'

/** Opening a model and making a picture take their time. */
export const LONG = { timeout: 150_000 }

export const openModels = (page: Page): Promise<void> => page.getByRole('button', { name: 'Models' }).click()
export const closeModels = (page: Page): Promise<void> =>
  page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
export const onDevice = (page: Page): Locator =>
  page.getByRole('list', { name: 'Models on this device' }).getByRole('listitem')

export async function install(page: Page, url: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Address' }).fill(url)
  await page.getByRole('button', { name: 'Install', exact: true }).click()
}
