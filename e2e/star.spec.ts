// The star on the map: dragged to ask for something between, by hand, keys and from the list, and back to its words.

import type { Locator, Page } from '@playwright/test'
import { generate, openPage, openSettings, photograph, setNumber } from './page.ts'
import { expect, test } from './test.ts'

const listed = (page: Page) => page.getByRole('list', { name: 'Neighbours used' })
const names = (page: Page) =>
  listed(page)
    .getByRole('img')
    .evaluateAll((images) => images.map((image) => image.getAttribute('alt')))
const map = (page: Page) => page.getByRole('application', { name: /^Map of / })
const star = (page: Page) => page.getByRole('button', { name: /^Star: / })
const moved = (page: Page) => page.getByRole('button', { name: 'Star: between your words and other pictures' })
const back = (page: Page) => page.getByRole('button', { name: 'Back to the words' })

interface Place {
  readonly x: number
  readonly y: number
}

/** On the page. */
async function middleOf(element: Locator): Promise<Place> {
  const box = await element.boundingBox()
  if (box === null) throw new Error('it is not in sight')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** A place on the page, by shares of the map's sides: the corner of the map's four that the star is farthest from. */
async function cornerOf(page: Page): Promise<Place> {
  const box = await map(page).boundingBox()
  if (box === null) throw new Error('the map is not in sight')
  const { x, y } = await middleOf(star(page))
  return {
    x: box.x + box.width * (x < box.x + box.width / 2 ? 0.8 : 0.2),
    y: box.y + box.height * (y < box.y + box.height / 2 ? 0.75 : 0.25),
  }
}

/** Where the star lies when it no longer glides. */
async function restingPlace(page: Page): Promise<Place> {
  let last = await middleOf(star(page))
  await expect
    .poll(async () => {
      const before = last
      last = await middleOf(star(page))
      return Math.hypot(last.x - before.x, last.y - before.y)
    })
    .toBeLessThan(0.5)
  return last
}

async function expectAt(page: Page, place: Place): Promise<void> {
  await expect
    .poll(async () => {
      const { x, y } = await middleOf(star(page))
      return Math.hypot(x - place.x, y - place.y)
    })
    .toBeLessThan(3)
}

async function open(page: Page): Promise<void> {
  await openPage(page)
  await expect(listed(page).getByRole('listitem')).toHaveCount(19)
  await expect(star(page)).toBeVisible()
  await restingPlace(page)
}

async function drag(page: Page, to: Place): Promise<void> {
  const { x, y } = await middleOf(star(page))
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move((x + to.x) / 2, (y + to.y) / 2, { steps: 3 })
  await page.mouse.move(to.x, to.y, { steps: 3 })
  await page.mouse.up()
}

test('the star is dragged, painted with, taken back, and comes again from the recipe', async ({ page }) => {
  await open(page)
  const ofWords = await names(page)
  const home = await restingPlace(page)
  const place = await cornerOf(page)
  await drag(page, place)
  await expect(moved(page)).toBeVisible()
  await expectAt(page, place)
  await expect(page.getByText(/your words and the star find these 19/)).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: /^The star is between .* Nearest now: / })).toHaveCount(1)
  const between = await names(page)
  expect(between).not.toEqual(ofWords)
  // However many pictures the map has, it is one canvas and the star's handle.
  expect(await map(page).locator('*').count()).toBe(2)
  await photograph(page, 'star-dragged', map(page))
  await page.evaluate(() => scrollTo(0, 0))

  await openSettings(page)
  await setNumber(page, 'Steps', 3)
  await page.getByRole('checkbox', { name: 'A new seed for every picture' }).uncheck({ force: true })
  const painted = await generate(page)
  expect(await names(page)).toEqual(between)

  await back(page).click()
  await expect(back(page)).toBeHidden()
  await expect.poll(() => names(page)).toEqual(ofWords)
  await expect(page.getByRole('status').filter({ hasText: 'The star is back at your words.' })).toHaveCount(1)
  await page.evaluate(() => scrollTo(0, 0))
  await expectAt(page, home)
  expect(await generate(page)).not.toBe(painted)

  // Other words find another home, and the star stays where it was put.
  await drag(page, place)
  await expect(moved(page)).toBeVisible()
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a white cat in a forest')
  await expect.poll(() => names(page)).not.toEqual(between)
  await expectAt(page, place)

  // Another style begins without it.
  const styles = page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio')
  await styles.nth(1).check({ force: true })
  await expect(back(page)).toBeHidden()
  await styles.nth(0).check({ force: true })
  await expect(star(page)).toHaveAccessibleName('Star: your words')

  await page.reload()
  await expect(page.getByText(/^Runs on/)).toBeVisible({ timeout: 60_000 })
  const entries = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  await entries.last().getByRole('button', { name: 'Use these settings' }).click()
  await expect(moved(page)).toBeVisible()
  await expect.poll(() => names(page)).toEqual(between)
  expect(await generate(page)).toBe(painted)
})

test('keys, Escape, a double press and the list do the same as the hand', async ({ page }) => {
  await open(page)
  const ofWords = await names(page)
  const home = await restingPlace(page)
  await star(page).focus()
  const away = home.x < (await cornerOf(page)).x ? 'ArrowRight' : 'ArrowLeft'
  for (let i = 0; i < 4; i++) await page.keyboard.press(away)
  await expect(moved(page)).toBeFocused()
  expect(Math.abs((await restingPlace(page)).x - home.x)).toBeGreaterThan(80)
  await expect(page.getByRole('status').filter({ hasText: 'Nearest now: ' })).toHaveCount(1)
  await page.keyboard.press('Escape')
  await expect(back(page)).toBeHidden()
  await expectAt(page, home)

  const place = await cornerOf(page)
  await drag(page, place)
  await expect(back(page)).toBeVisible()
  await page.mouse.dblclick(place.x, place.y)
  await expect(back(page)).toBeHidden()
  await expect.poll(() => names(page)).toEqual(ofWords)
  await expectAt(page, home)

  // Let go by Escape, and at home, it is as if nothing had been.
  await page.mouse.move(home.x, home.y)
  await page.mouse.down()
  await page.mouse.move(place.x, place.y, { steps: 4 })
  await page.keyboard.press('Escape')
  await page.mouse.up()
  await expect(back(page)).toBeHidden()
  await expectAt(page, home)

  const last = listed(page).getByRole('listitem').last()
  const toLast = last.getByRole('button', { name: /^Draw the star to / })
  const label = (await toLast.getAttribute('aria-label')) ?? ''
  await toLast.press('Enter')
  await expect(back(page)).toBeVisible()
  await expect.poll(() => names(page)).not.toEqual(ofWords)
  const again = listed(page).getByRole('button', { name: label, pressed: true })
  await again.press('Enter')
  await expect(back(page)).toBeHidden()
  await expect.poll(() => names(page)).toEqual(ofWords)
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })

  test('a finger on the star drags it, and neither scrolls the page nor moves the map', async ({ page }) => {
    await open(page)
    await map(page).scrollIntoViewIfNeeded()
    await page.evaluate(() => scrollBy(0, 200))
    const scrolled = await page.evaluate(() => scrollY)
    const from = await restingPlace(page)
    const box = await map(page).boundingBox()
    if (box === null) throw new Error('the map is not in sight')
    const to = { x: from.x, y: box.y + box.height * (from.y < box.y + box.height / 2 ? 0.75 : 0.25) }
    const cdp = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: readonly Place[]) =>
      cdp.send('Input.dispatchTouchEvent', { type, touchPoints: at.map(({ x, y }) => ({ x, y })) })
    await touch('touchStart', [from])
    for (let i = 1; i <= 6; i++) await touch('touchMove', [{ x: from.x, y: from.y + ((to.y - from.y) * i) / 6 }])
    await touch('touchEnd', [])
    await expect(moved(page)).toBeVisible()
    expect(await page.evaluate(() => scrollY)).toBe(scrolled)
    await expectAt(page, to)

    // Beside the star the same finger scrolls the page.
    const beside = { x: to.x < 195 ? to.x + 120 : to.x - 120, y: box.y + box.height / 2 }
    await touch('touchStart', [beside])
    for (let i = 1; i <= 6; i++) await touch('touchMove', [{ x: beside.x, y: beside.y + 15 * i }])
    await touch('touchEnd', [])
    await expect.poll(() => page.evaluate(() => scrollY)).not.toBe(scrolled)
    await expect(moved(page)).toBeVisible()
  })
})
