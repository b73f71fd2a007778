// Draws what an installed app needs: icons from icon.svg, and screenshots of the built page for the browser's dialog.
// Use: npx tsx tools/draw-install-art.ts [icons|screenshots]

import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium } from '@playwright/test'
import sharp from 'sharp'
import { waitForModel } from './bench/page.ts'
import { browserArguments, findBrowser } from './browser.ts'
import { serveFolder } from './static-server.ts'

const ROOT = resolve(import.meta.dirname, '..')
const MAP_DRAWN_MS = 5_000
const ICONS = join(ROOT, 'public', 'icons')
const INSTALL = join(ROOT, 'public', 'install')

/** Systems cut a maskable icon to any shape within this middle part (W3C, Maskable Icons: 80 %), so the ground bleeds. */
const SAFE_PART = 0.8
const GROUND = '#241d18'

const what = process.argv[2] ?? 'all'
if (what !== 'screenshots') await drawIcons()
if (what !== 'icons') await takeScreenshots()

async function drawIcons(): Promise<void> {
  const svg = readFileSync(join(ICONS, 'icon.svg'))
  const draw = (side: number) => sharp(svg, { density: (72 * side) / 64 }).resize(side, side)
  for (const side of [32, 192, 512])
    await draw(side)
      .png({ palette: true })
      .toFile(join(ICONS, `icon-${side}.png`))
  // Apple's ground may not be see-through.
  await draw(180).flatten({ background: GROUND }).png({ palette: true }).toFile(join(ICONS, 'icon-180.png'))
  const side = 512
  const inner = Math.round(side * SAFE_PART)
  await sharp({ create: { width: side, height: side, channels: 3, background: GROUND } })
    .composite([{ input: await draw(inner).png().toBuffer() }])
    .png({ palette: true })
    .toFile(join(ICONS, 'icon-maskable-512.png'))
}

/** Runs in the page: cards stand there with their names before their pictures come. */
function hasAllCovers(): boolean {
  return Array.from(document.querySelectorAll('.style-card')).every((card) => card.querySelector('img') !== null)
}

async function takeScreenshots(): Promise<void> {
  mkdirSync(INSTALL, { recursive: true })
  const server = await serveFolder(join(ROOT, 'dist'), 0)
  const executablePath = findBrowser()
  const browser = await chromium.launch({
    args: browserArguments({ webgpu: false }),
    ...(executablePath === null ? {} : { executablePath }),
  })
  try {
    for (const [name, width, height] of [
      ['wide', 1280, 800],
      ['narrow', 390, 844],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: 'light', serviceWorkers: 'block' })
      await page.goto(`http://localhost:${server.port}/?backend=wasm`)
      await waitForModel(page)
      await page.waitForFunction(hasAllCovers, undefined, { timeout: 240_000 })
      // The map draws its pictures one after another, and tells nobody when it has them all.
      await page.waitForTimeout(MAP_DRAWN_MS)
      await page.evaluate(() => document.fonts.ready)
      const png = await page.screenshot()
      await sharp(png)
        .webp({ quality: 82 })
        .toFile(join(INSTALL, `screenshot-${name}.webp`))
      await page.close()
    }
  } finally {
    await browser.close()
    await server.close()
  }
}
