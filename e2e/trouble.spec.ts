// What a person reads when something is wrong: each fault made for real, each told in a sentence.

import { expect, test } from '@playwright/test'
import { generate, openPage } from './page.ts'

test('an empty prompt cannot be sent', async ({ page }) => {
  await openPage(page)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('   ')
  await expect(page.getByRole('button', { name: 'Generate' })).toBeDisabled()
})

test('a prompt that is too long is cut, and the page says what was left out', async ({ page }) => {
  await openPage(page)
  await generate(page, `a red house by the sea ${'and a green tree '.repeat(20)}and a purple lighthouse`)
  await expect(page.getByText(/left out|cut/i).first()).toBeVisible()
  await expect(page.getByText(/purple lighthouse/).first()).toBeVisible()
})

test('a missing pack file is named, and trying again works once it is back', async ({ page, context }) => {
  await context.route('**/weights/denoiser*', (route) => route.fulfill({ status: 404 }))
  await page.goto('/?backend=wasm')
  const alert = page.getByRole('alert').first()
  await expect(alert).toBeVisible({ timeout: 60_000 })
  await context.unroute('**/weights/denoiser*')
  await page.getByRole('button', { name: /try again/i }).click()
  await expect(page.getByRole('alert')).toHaveCount(0, { timeout: 60_000 })
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house')
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: 60_000 })
})

for (const [kind, damage] of [
  ['a truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
  ['an altered', (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)))],
] as const) {
  test(`${kind} pack file is not run: the page says that it is damaged`, async ({ page, context }) => {
    await context.route('**/weights/decoder*', async (route) => {
      const response = await route.fetch()
      await route.fulfill({
        response,
        body: damage(await response.body()),
        headers: { ...response.headers(), 'content-length': '' },
      })
    })
    await page.goto('/?backend=wasm')
    await expect(page.getByRole('alert').first()).toContainText(/damaged|does not match|incomplete/i, {
      timeout: 60_000,
    })
  })
}

test('a worker that dies is said so, the gallery is kept, and the next picture is made by a new one', async ({
  page,
}) => {
  await openPage(page)
  await generate(page, 'a red house by the sea')
  const worker = page.workers().find((candidate) => /generate\.worker/.test(candidate.url()))
  await page.getByRole('button', { name: 'Generate' }).click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible()
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error('killed by the test')
    })
  })
  await expect(page.getByRole('alert').first()).toBeVisible({ timeout: 30_000 })
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)
  await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: 60_000 })
  await generate(page, 'a red house by the sea')
})
