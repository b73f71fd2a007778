// Times a library of 60,000 pictures in a real Chromium: intake of a style file, the grid, the map, saving, and memory.

import { rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { browserArguments, findBrowser } from '../browser.ts'
import { serveFolder } from '../static-server.ts'
import { frameWords, print, sampleFrames } from './frames.ts'
import { sampleGrid, sampleWords } from './grid.ts'
import { megabytes, memoryOf, peakMemory, waitForModel } from './page.ts'
import { clipOf, INTAKE_MS, ROWS, takeIn, writeStyleFile } from './style-file.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const FRAMES = 180

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
    print('the file is a style', await takeIn(page, path))
    await benchMap(page)
    for (const line of sampleWords(await sampleGrid(page))) console.log(`grid, ${line}`)
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
    console.log(`map, ${what}: ${frameWords(frames)}`)
  }
  for (let i = 0; i < 10; i++) await map.press('+')
  const close = await sampleFrames(map, FRAMES, ['ArrowLeft', 'ArrowDown', 'ArrowUp'])
  console.log(`map, moving, seen close: ${frameWords(close)}`)
  await map.press('0')
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
