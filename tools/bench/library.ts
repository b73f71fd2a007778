// Times a library of 60,000 pictures in a real Chromium: intake of a style file, the grid, the map, saving, and memory.

import { open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import sharp from 'sharp'
import { scaleToUnit } from '../../src/core/diffusion/conditioning.ts'
import { streamStyleDatabase } from '../../src/core/retrieval/style-database.ts'
import { floatToHalfArray } from '../../src/core/tensor/half.ts'
import { browserArguments, findBrowser } from '../browser.ts'
import { seededInput } from '../seeded-weights.ts'
import { type StaticServer, serveFolder } from '../static-server.ts'
import { median, sampleFrames } from './frames.ts'
import { megabytes, memoryOf, peakMemory, waitForModel } from './page.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const ROWS = 60_000
/** Thumbnails that differ; rows share them. */
const THUMBNAILS = 256
const THUMBNAIL_SIDE = 96
const INTAKE_MS = 900_000
const FRAMES = 180
const JUMPS = 12

/** Prints one line per figure; needs a build in dist/, a Chromium and some 400 MB of disk. */
export async function benchLibrary(): Promise<void> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error('no Chromium found: npm run setup:browser')
  const server = await serveFolder(DIST, 0)
  const path = join(tmpdir(), `kindred-bench-${process.pid}.zip`)
  const browser = await chromium.launch({ executablePath, args: browserArguments({ webgpu: false }) })
  try {
    await writeStyleFile(path, await clipOf(server))
    console.log(`a style file of ${ROWS} pictures: ${megabytes((await stat(path)).size)}`)
    const page = await (await browser.newContext()).newPage()
    await page.goto(`http://localhost:${server.port}/?backend=wasm`)
    await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
    await waitForModel(page)
    await takeIn(page, path)
    await benchMap(page)
    await benchGrid(page)
    await benchSaving(page)
    console.log(
      `memory at the end: ${megabytes(await memoryOf(page))}; most of the page's process: ${await mostOf(page)}`,
    )
  } finally {
    await browser.close()
    await server.close()
    await rm(path, { force: true })
  }
}

async function mostOf(page: Page): Promise<string> {
  const peak = await peakMemory(page)
  return peak === null ? 'not told by this system' : megabytes(peak)
}

async function clipOf({ port }: StaticServer): Promise<{ readonly id: string; readonly dim: number }> {
  const pack = await (await fetch(`http://localhost:${port}/packs/kindred-mini/pack.json`)).json()
  return { id: pack.clip.id, dim: pack.clip.dim }
}

/** Rows of seeded numbers under thumbnails of seeded noise. */
async function writeStyleFile(path: string, clip: { readonly id: string; readonly dim: number }): Promise<void> {
  const thumbnails = await Promise.all(Array.from({ length: THUMBNAILS }, (_, i) => drawThumbnail(i)))
  const embeddings = new Uint16Array(ROWS * clip.dim)
  for (let row = 0; row < ROWS; row++) {
    const values = scaleToUnit(seededInput(`library.row.${row}`, [clip.dim]).data, `row ${row}`)
    embeddings.set(floatToHalfArray(values), row * clip.dim)
  }
  const file = await open(path, 'w')
  try {
    const description = {
      ...{ id: 'bench', name: 'Sixty thousand', description: '', heldOut: false, clip },
      thumbnail: { type: 'image/webp' as const, side: THUMBNAIL_SIDE },
      items: Array.from({ length: ROWS }, (_, row) => ({ id: `row-${row}`, caption: `picture ${row}` })),
    }
    const pictures = {
      thumbnails: async (rows: readonly number[]) => rows.map((row) => thumbnails[row % THUMBNAILS] ?? null),
      images: async (rows: readonly number[]) => rows.map(() => null),
    }
    await streamStyleDatabase(description, embeddings, pictures, async (piece) => void (await file.write(piece)))
  } finally {
    await file.close()
  }
}

async function drawThumbnail(seed: number): Promise<Uint8Array> {
  const coarse = 12
  const values = seededInput(`library.thumbnail.${seed}`, [coarse * coarse * 3]).data
  const pixels = Uint8Array.from(values, (value) => 128 + 60 * value)
  const picture = sharp(pixels, { raw: { width: coarse, height: coarse, channels: 3 } })
  return new Uint8Array(await picture.resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE).webp({ quality: 80 }).toBuffer())
}

async function takeIn(page: Page, path: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Choose pictures' }).click(),
  ])
  const startedAt = performance.now()
  await chooser.setFiles(path)
  await page.getByText('Ready.', { exact: true }).waitFor({ timeout: INTAKE_MS })
  print('the file is a style', performance.now() - startedAt)
}

/** The map of all rows: until it is drawn, then frames while it is zoomed and moved. */
async function benchMap(page: Page): Promise<void> {
  const startedAt = performance.now()
  const map = page.getByRole('application', { name: 'Map of Sixty thousand' })
  await page.locator('.constellation:not([data-waiting])').waitFor({ timeout: 120_000 })
  print('the first thousand points of its map are there', performance.now() - startedAt)
  await page.locator('.constellation:not([data-waiting], [data-sketch])').waitFor({ timeout: 120_000 })
  await map.waitFor()
  print('all of its map is there', performance.now() - startedAt)
  await map.scrollIntoViewIfNeeded()
  for (const [what, keys] of [
    ['zooming in and out over the whole', ['+', '-']],
    ['moving, seen whole', ['ArrowLeft', 'ArrowRight']],
  ] as const) {
    const frames = await sampleFrames(map, FRAMES, keys)
    console.log(`map, ${what}: ${frames}`)
  }
  for (let i = 0; i < 10; i++) await map.press('+')
  console.log(`map, moving, seen close: ${await sampleFrames(map, FRAMES, ['ArrowLeft', 'ArrowDown', 'ArrowUp'])}`)
  await map.press('0')
}

/** The grid of all pictures: until the first show, frames while it scrolls, and pictures after a jump. */
async function benchGrid(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Your styles' }).click()
  const startedAt = performance.now()
  await page.getByRole('button', { name: 'Look into Sixty thousand' }).click()
  const box = page.locator('.grid-box')
  await box.locator('img').first().waitFor()
  print('grid, first pictures', performance.now() - startedAt)
  await page.waitForTimeout(1000)
  for (const pixels of [24, 120]) {
    console.log(`grid, scrolling ${pixels} pixels a frame: ${await sampleFrames(box, FRAMES, pixels)}`)
  }
  const waits: number[] = []
  for (let jump = 1; jump <= JUMPS; jump++) {
    waits.push(
      await box.evaluate(
        async (element, place) => {
          const from = performance.now()
          element.scrollTop = place * (element.scrollHeight - element.clientHeight)
          let isBlank = true
          for (let frame = 0; isBlank; frame++) {
            await new Promise((drawn) => requestAnimationFrame(drawn))
            const cells = [...element.querySelectorAll('.grid-cell')]
            isBlank = frame === 0 || cells.some((cell) => cell.querySelector('img')?.complete !== true)
          }
          return performance.now() - from
        },
        (jump * 0.618) % 1,
      ),
    )
  }
  print('grid, all pictures after a jump, median', median(waits))
}

async function benchSaving(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'About this style' }).click()
  const startedAt = performance.now()
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: INTAKE_MS }),
    page.getByRole('button', { name: 'Save as a file' }).click(),
  ])
  print('it is saved as a file', performance.now() - startedAt)
  await download.delete()
}

function print(label: string, milliseconds: number): void {
  console.log(
    `${label}: ${milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`}`,
  )
}
