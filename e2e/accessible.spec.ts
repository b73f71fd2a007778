// The page for everyone: axe finds nothing serious in either theme, everything is reachable by keyboard, nothing overflows.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { generate, openPage } from './page.ts'
import { expect, test } from './test.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    test(`axe finds nothing serious: ${colorScheme}, ${viewport.width} px`, async ({ page }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(viewport)
      await openPage(page)
      await page.screenshot({ path: `test-results/first-${colorScheme}-${viewport.width}.png` })
      await generate(page, 'a lighthouse in fog')
      await page.screenshot({ path: `test-results/done-${colorScheme}-${viewport.width}.png` })
      await page.evaluate(AXE)
      const serious = await page.evaluate(async () => {
        type Axe = { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> }
        const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run()
        return violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      })
      expect(serious).toEqual([])
    })
  }
}

test('a picture can be made with the keyboard alone', async ({ page }) => {
  await openPage(page)
  const prompt = page.getByRole('textbox', { name: 'Prompt' })
  await prompt.focus()
  await prompt.fill('')
  await page.keyboard.type('a boat on a lake')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Generate' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1, { timeout: 120_000 })
})

test('nothing runs off the side at 320 px', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await openPage(page)
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow).toBe(0)
})
