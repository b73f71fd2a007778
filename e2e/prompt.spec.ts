// Writing a prompt: what the page says of it before a picture is made.

import { openPage } from './page.ts'
import { expect, test } from './test.ts'

test('an empty prompt says what to do, to the eye and to a screen reader, and again on Enter', async ({ page }) => {
  await openPage(page)
  const prompt = page.getByRole('textbox', { name: 'Prompt' })
  const hint = page.getByText('Write what to paint, or take one of these')
  await expect(hint).toHaveCount(0)
  await prompt.fill('')
  await expect(hint).toBeVisible()
  await expect(prompt).toHaveAccessibleDescription(/Write what to paint, or take one of these/)
  await expect(page.getByRole('button', { name: 'Generate' })).toBeDisabled()
  await expect(hint).not.toHaveAttribute('data-urgent')
  await prompt.press('Enter')
  await expect(hint).toHaveAttribute('data-urgent')
  await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0)
  await page.getByRole('button', { name: 'a lighthouse in fog' }).click()
  await expect(hint).toHaveCount(0)
  await expect(prompt).toHaveValue('a lighthouse in fog')
})

test('a picture that comes while one goes to the prompt hangs, and leaves the prompt to whoever is about to write', async ({
  page,
}) => {
  let bring = () => {}
  const asked = new Promise<void>((resolve) => {
    bring = resolve
  })
  await page.route('**/exhibit.png', async (route) => {
    await asked
    await route.continue()
  })
  await page.goto('/?backend=wasm')
  const prompt = page.getByRole('textbox', { name: 'Prompt' })
  await prompt.focus()
  bring()
  await expect(page.getByRole('img', { name: 'Result' })).toBeVisible()
  await prompt.pressSequentially('a red house')
  await expect(prompt).toHaveValue('a red house')
})

test('a prompt past what the model reads is said to be while it is written, with the start of what is left out', async ({
  page,
}) => {
  await openPage(page)
  await page.getByRole('textbox', { name: 'Prompt' }).fill(`a red house ${'and a green tree '.repeat(30)}`)
  const warning = page.getByText(/too long to read to the end/i)
  await expect(warning).toBeVisible({ timeout: 60_000 })
  const quoted = /“(.*)”/.exec((await warning.textContent()) ?? '')?.[1] ?? ''
  expect(quoted.length).toBeGreaterThan(20)
  expect(quoted.length).toBeLessThanOrEqual(82)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house')
  await expect(warning).toHaveCount(0, { timeout: 60_000 })
})

test('the words that the model knows stand in groups, and pressing one writes it', async ({ page }) => {
  await openPage(page)
  await page.getByRole('button', { name: 'Words it knows' }).click()
  for (const name of ['Things', 'Colours', 'Time and weather', 'Places', 'Styles', 'Small words']) {
    await expect(page.getByRole('group', { name })).toBeVisible()
  }
  await page.getByRole('group', { name: 'Colours' }).getByRole('button', { name: 'blue', exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Prompt' })).toHaveValue('a red house by the sea blue')
})

test('an emoji is named among the words that the model never learned', async ({ page }) => {
  await openPage(page)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red 🦄 house')
  await expect(page.getByText('It never learned “🦄”')).toBeVisible()
})

test('Generate may be pressed while the model opens: the picture is made when it is there', async ({
  page,
  context,
}) => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await context.route('**/weights/denoiser*', async (route) => {
    await held
    await route.continue()
  })
  await page.goto('/?backend=wasm')
  // The styles have their names before the model is open.
  await expect(page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio').first()).toBeAttached()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
  const generateButton = page.getByRole('button', { name: 'Generate', exact: true })

  await generateButton.click()
  await expect(page.getByRole('progressbar', { name: 'Generation progress' })).toBeVisible()
  await expect(page.locator('.progress')).toContainText('Waiting for the model to open')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeHidden()

  await generateButton.click()
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible()
  release()
  const gallery = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  await expect(gallery).toHaveCount(1, { timeout: 120_000 })
  await expect(gallery).toContainText('a red house by the sea')
})
