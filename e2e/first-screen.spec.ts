// What a person sees without scrolling, and that it stays where it is.

import type { Page } from '@playwright/test'
import { generate, openPage, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1280, height: 720 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
]

const picture = (page: Page) => page.getByRole('img', { name: 'Result' })
const prompt = (page: Page) => page.getByRole('textbox', { name: 'Prompt' })
const generateButton = (page: Page) => page.getByRole('button', { name: 'Generate', exact: true })
const styles = (page: Page) => page.getByRole('radiogroup', { name: 'Style' })

for (const viewport of SIZES) {
  test.describe(`at ${viewport.width} × ${viewport.height}`, () => {
    test.use({ viewport, hasTouch: viewport.width < 500 })

    test('picture, prompt, Generate and the styles fit the first screen, from the first moment on', async ({
      page,
    }) => {
      await page.goto('/?backend=wasm')
      await expect(picture(page)).toBeVisible()
      await expect(styles(page).getByRole('radio').first()).toBeAttached()
      await expectInSight(page)
      await expect(page.getByText(/^Runs on/)).toBeVisible({ timeout: 60_000 })
      await expectInSight(page)
      const box = await picture(page).boundingBox()
      expect(box?.width ?? 0).toBeGreaterThan(250)
    })

    test('nothing moves while a picture is made, nor when it is there', async ({ page }) => {
      await openPage(page)
      await openSettings(page)
      await setNumber(page, 'Steps', 4)
      await page.evaluate(() => scrollTo(0, 0))
      const top = async () => (await prompt(page).boundingBox())?.y
      const before = await top()
      await generateButton(page).click()
      await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible()
      expect(await top()).toBe(before)
      await expect(page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1, {
        timeout: 120_000,
      })
      await expect(page.getByRole('button', { name: 'Cancel' })).toBeHidden()
      expect(await top()).toBe(before)
    })
  })
}

test('every style shows a picture from one small file, and only the chosen style is fetched until one is pointed at', async ({
  page,
}) => {
  const fetched: string[] = []
  page.context().on('request', (request) => {
    const [, file] = request.url().match(/\/(databases\/[^/]+|covers)\.zip$/) ?? []
    if (file !== undefined) fetched.push(file)
  })
  await openPage(page)
  const cards = page.locator('.style-card')
  const names = await cards.count()
  expect(names).toBeGreaterThan(8)
  await expect(page.locator('.style-cover > img')).toHaveCount(names)
  // The exhibit's neighbours come from its style: by then all that is read without being asked for was.
  await expect(page.getByRole('list', { name: 'Neighbours used' }).getByRole('listitem').first()).toContainText(/0\.\d/)
  const chosen = await page.getByRole('radio', { checked: true }).first().getAttribute('value')
  expect(new Set(fetched)).toEqual(new Set(['covers', `databases/${chosen}`]))

  const other = page.locator('.style-card', { has: page.getByRole('radio', { checked: false }) }).first()
  await expect(other.locator('.style-pictures img')).toHaveCount(0)
  await other.hover()
  await expect(other.locator('.style-pictures img')).toHaveCount(6)
  expect(new Set(fetched).size).toBe(3)
})

test('the chosen style stays in sight in the strip when the window is turned or made narrow', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await openPage(page)
  const chosen = page.locator('.style-card', { has: page.getByRole('radio', { checked: true }) })
  const strip = page.locator('.styles-row')
  const isInSight = async () => {
    const [card, row, end] = await Promise.all(
      [chosen, strip, page.locator('.add-card')].map((part) => part.boundingBox()),
    )
    if (!card || !row || !end) return false
    return card.x >= row.x && card.x + card.width <= Math.min(row.x + row.width, end.x)
  }
  const last = await styles(page)
    .getByRole('radio')
    .evaluateAll((radios) =>
      radios.findLastIndex((radio) => radio.getBoundingClientRect().right < document.documentElement.clientWidth - 200),
    )
  await styles(page).getByRole('radio').nth(last).click({ force: true })
  expect(await isInSight()).toBe(true)
  for (const [width, height] of [
    [390, 844],
    [844, 390],
    [320, 640],
  ] as const) {
    await page.setViewportSize({ width, height })
    await expect.poll(isInSight).toBe(true)
  }
})

for (const reducedMotion of ['no-preference', 'reduce'] as const) {
  test(`a picture asked for from further down is seen coming, and can be stopped (motion: ${reducedMotion})`, async ({
    page,
  }) => {
    await page.emulateMedia({ reducedMotion })
    await openPage(page)
    await openSettings(page)
    await page.getByRole('button', { name: 'Recipe' }).first().click()
    await page.locator('.prompt').evaluate((part) => part.scrollIntoView({ block: 'start', behavior: 'instant' }))
    await expect(picture(page)).not.toBeInViewport()
    await generateButton(page).click()
    await expect(page.getByRole('progressbar', { name: 'Generation progress' })).toBeInViewport()
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeInViewport({ ratio: 1 })
    await expect(picture(page)).toBeInViewport({ ratio: 1 })
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('button', { name: 'Cancel' })).toBeHidden()
  })
}

test('the neighbours of the exhibit say how near they are', async ({ page }) => {
  await openPage(page)
  const first = page.getByRole('list', { name: 'Neighbours used' }).getByRole('listitem').first()
  await expect(first).toContainText(/0\.\d\d/, { timeout: 60_000 })
})

test('a very long prompt does not push the page down: its caption is cut', async ({ page }) => {
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', 2)
  await page.evaluate(() => scrollTo(0, 0))
  const caption = page.locator('#picture-caption')
  await generate(page, 'a red house by the sea '.repeat(12))
  expect((await caption.boundingBox())?.height ?? 0).toBeLessThan(80)
})

/** The styles' first row is their radios; the one in the strip's middle stands for it. */
async function expectInSight(page: Page): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 }
  expect(await page.evaluate(() => scrollY)).toBe(0)
  const chosen = page.locator('.style-card', { has: page.getByRole('radio', { checked: true }) })
  await expect(chosen).toBeVisible()
  for (const part of [picture(page), prompt(page), generateButton(page), chosen]) {
    const box = await part.boundingBox()
    if (box === null) throw new Error('a part of the first screen has no place')
    expect(box.y).toBeGreaterThanOrEqual(0)
    expect(box.y + box.height).toBeLessThanOrEqual(height)
    expect(box.x).toBeGreaterThanOrEqual(0)
    expect(box.x + box.width).toBeLessThanOrEqual(width)
  }
}
