// A browser without WebGPU that was asked for it by name.

import { browserArguments, findBrowser } from '../tools/browser.ts'
import { generate, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

const executablePath = findBrowser()

test.use({
  launchOptions: {
    args: browserArguments({ webgpu: false }),
    ...(executablePath === null ? {} : { executablePath }),
  },
})

test('says so, and one button goes on with the processor', async ({ page }) => {
  await page.goto('/?backend=webgpu')
  await expect(page.getByRole('alert')).toContainText(/no graphics processor/i, { timeout: 60_000 })
  const cards = page.locator('.style-card')
  expect(await cards.count()).toBeGreaterThan(8)
  await expect(page.locator('.style-cover > img')).toHaveCount(await cards.count())
  await page.getByRole('button', { name: 'Use the processor' }).click()
  await expect(page.getByText(/^Runs on the processor/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('alert')).toHaveCount(0)
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await generate(page, 'a red house by the sea')
})
