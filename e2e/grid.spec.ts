// A style's grid of pictures: each is drawn in its place wherever one scrolls, and the keyboard keeps its way through all of them.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import sharp from 'sharp'
import { parsePackManifest } from '../src/core/pack/manifest.ts'
import { streamStyleDatabase } from '../src/core/retrieval/style-database.ts'
import { openPage } from './page.ts'
import { expect, test } from './test.ts'

const ROWS = 3000
/** Its thumbnail is cut short. */
const DAMAGED = 7
/** A stranger's: it has more pixels than any thumbnail needs. */
const HUGE = 8
/** It has none. */
const MISSING = 9
const COLOURS = 30
const MANIFEST = resolve(import.meta.dirname, '../public/packs/kindred-mini/pack.json')

/** Neighbouring rows differ by far more than WebP does. */
function colourOf(row: number): { readonly r: number; readonly g: number; readonly b: number } {
  const n = row % COLOURS
  return { r: 40 * (n % 6) + 20, g: 50 * (Math.floor(n / 6) % 5) + 20, b: 255 - 40 * (n % 6) }
}

async function styleFile(): Promise<Buffer> {
  const { clip } = parsePackManifest(readFileSync(MANIFEST, 'utf8'))
  if (clip === null) throw new Error('the built-in pack has no CLIP')
  const drawn = await Promise.all(
    Array.from({ length: COLOURS }, async (_, row) => {
      const image = sharp({ create: { width: 96, height: 96, channels: 3, background: colourOf(row) } })
      return new Uint8Array(await image.webp().toBuffer())
    }),
  )
  const huge = sharp({ create: { width: 1100, height: 1000, channels: 3, background: colourOf(HUGE) } })
  const hugeThumbnail = new Uint8Array(await huge.webp().toBuffer())
  const thumbnailOf = (row: number) => {
    if (row === MISSING) return null
    if (row === HUGE) return hugeThumbnail
    const thumbnail = drawn[row % COLOURS] ?? null
    return row === DAMAGED ? (thumbnail?.slice(0, 40) ?? null) : thumbnail
  }
  const one = 0x3c00
  const embeddings = new Uint16Array(ROWS * clip.dim)
  for (let row = 0; row < ROWS; row++) embeddings[row * clip.dim + (row % clip.dim)] = one
  const pieces: Uint8Array[] = []
  await streamStyleDatabase(
    {
      ...{ id: 'grid', name: 'Plain colours', description: '', heldOut: false },
      clip: { id: clip.id, dim: clip.dim },
      thumbnail: { type: 'image/webp', side: 96 },
      items: Array.from({ length: ROWS }, (_, row) => ({ id: `row-${row}`, caption: `colour ${row}` })),
    },
    embeddings,
    {
      thumbnails: async (rows) => rows.map(thumbnailOf),
      images: async (rows) => rows.map(() => null),
    },
    async (piece) => void pieces.push(piece.slice()),
  )
  return Buffer.concat(pieces)
}

async function openGrid(page: Page): Promise<Locator> {
  await openPage(page)
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose pictures' }).click(),
  ])
  await chooser.setFiles({ name: 'plain.zip', mimeType: 'application/zip', buffer: await styleFile() })
  await expect(page.getByText(`Ready: ${ROWS.toLocaleString('en')} pictures.`)).toBeVisible({ timeout: 120_000 })
  await page.getByRole('button', { name: 'Your styles' }).click()
  await page.getByRole('button', { name: 'Look into Plain colours' }).click()
  const grid = page.getByRole('listbox', { name: 'Pictures of Plain colours' })
  await expect(grid.locator('[data-picture]').first()).toBeVisible()
  return grid
}

/** The rows in sight of which the middle of the cell does not have the row's colour on the screen. */
async function wrongRows(page: Page): Promise<readonly number[]> {
  const cells = await page.locator('.grid-box').evaluate((box) => {
    const frame = box.getBoundingClientRect()
    return [...box.querySelectorAll<HTMLElement>('.grid-cell')].flatMap((cell) => {
      const { left, top, width, height } = cell.getBoundingClientRect()
      const middle = { x: left + width / 2, y: top + height / 2 }
      return middle.y > frame.top && middle.y < frame.bottom ? [{ row: Number(cell.dataset.index), ...middle }] : []
    })
  })
  const { data, info } = await sharp(await page.screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const ratio = info.width / (page.viewportSize()?.width ?? info.width)
  const isOff = (shown: number | undefined, meant: number) => Math.abs((shown ?? Number.NaN) - meant) > 12
  const wrong = cells.filter(({ row, x, y }) => {
    const at = 3 * (Math.floor(y * ratio) * info.width + Math.floor(x * ratio))
    const { r, g, b } = colourOf(row)
    return isOff(data[at], r) || isOff(data[at + 1], g) || isOff(data[at + 2], b)
  })
  if (cells.length === 0) throw new Error('no cell is in sight')
  return wrong.map(({ row }) => row)
}

test('each picture is in its place, also after leaps through the whole, and what cannot be read has its name instead', async ({
  page,
}) => {
  const grid = await openGrid(page)
  await expect.poll(() => wrongRows(page)).toEqual([DAMAGED, HUGE, MISSING])
  for (const row of [DAMAGED, HUGE, MISSING]) {
    const cell = grid.locator(`[data-index="${row}"]`)
    await expect(cell).toHaveText(`colour ${row}`)
    await expect(cell).not.toHaveAttribute('data-picture')
  }
  await page.screenshot({ path: 'test-results/grid-light-1440.png' })

  const box = page.locator('.grid-box')
  for (const place of [0.5, 0.93, 0.21]) {
    await box.evaluate(async (element, place) => {
      for (let leap = 0; leap < 30; leap++) {
        element.scrollTop = ((place + 0.37 * (29 - leap)) % 1) * element.scrollHeight
        await new Promise((drawn) => requestAnimationFrame(drawn))
      }
    }, place)
    await expect.poll(() => wrongRows(page)).toEqual([])
  }
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('the keyboard reaches the first and the last, keeps its place while one scrolls, and chooses', async ({
  page,
}) => {
  const grid = await openGrid(page)
  await grid.getByRole('option').first().focus()
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.index)
  await page.keyboard.press('End')
  await expect.poll(focused).toBe(`${ROWS - 1}`)
  await expect(grid.locator(`[data-index="${ROWS - 1}"]`)).toBeInViewport()
  await page.keyboard.press('Home')
  await expect.poll(focused).toBe('0')
  await page.keyboard.press('ArrowRight')
  await expect.poll(focused).toBe('1')
  await page.locator('.grid-box').evaluate((element) => {
    element.scrollTop = element.scrollHeight / 2
  })
  await expect(grid.locator(`[data-index="${ROWS / 2}"]`)).toBeVisible()
  expect(await focused()).toBe('1')
  await page.keyboard.press('ArrowRight')
  await expect.poll(focused).toBe('2')
  const third = grid.locator('[data-index="2"]')
  await expect(third).toBeInViewport()
  await page.keyboard.press('Space')
  await expect(third).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByText('1 chosen')).toBeVisible()
  await third.click()
  await expect(third).toHaveAttribute('aria-selected', 'false')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(page.getByText('2 chosen')).toBeVisible()
  await grid.locator('[data-index="6"]').click({ modifiers: ['Shift'] })
  await expect(page.getByText('5 chosen')).toBeVisible()
  await page.keyboard.press('Control+a')
  await expect(page.getByText(`${ROWS.toLocaleString('en')} chosen`)).toBeVisible()
  await page.getByRole('button', { name: 'Choose none' }).click()
  await expect(grid.locator('[aria-selected=true]')).toHaveCount(0)
})

test.describe('on a dense screen of a phone, in the dark', () => {
  test.use({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: 'dark' })

  test('pictures are drawn in the screen’s own pixels', async ({ page }) => {
    const grid = await openGrid(page)
    await expect.poll(() => wrongRows(page)).toEqual([DAMAGED, HUGE, MISSING])
    const [drawn, shown] = await grid
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const { width, height } = canvas.getBoundingClientRect()
        return [
          [canvas.width, canvas.height],
          [2 * width, 2 * height],
        ]
      })
    expect(drawn).toEqual(shown)
    expect(await page.locator('.grid-box').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
    await page.screenshot({ path: 'test-results/grid-dark-390.png' })
  })
})

test('in forced colours the chosen one and the one with the focus are told apart', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  const grid = await openGrid(page)
  await grid.getByRole('option').first().focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowRight')
  const borderOf = (index: number) =>
    grid.locator(`[data-index="${index}"]`).evaluate((cell) => getComputedStyle(cell, '::after').borderTopStyle)
  const outlineOf = (index: number) =>
    grid.locator(`[data-index="${index}"]`).evaluate((cell) => getComputedStyle(cell).outlineStyle)
  await expect.poll(() => outlineOf(1)).toBe('solid')
  expect([await borderOf(0), await borderOf(1)]).toEqual(['solid', 'none'])
  expect(await outlineOf(0)).toBe('none')
  await page.screenshot({ path: 'test-results/grid-forced-1440.png' })
})
