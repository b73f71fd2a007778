// Makes a style of many files, a tenth of them bad: the tally is exact, and the page answers all the while.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import sharp from 'sharp'
import { longestFrame, longestTask, recordLongTasks, resetLongTasks, waitForModel } from '../bench/page.ts'
import { browserArguments, findBrowser } from '../browser.ts'
import { serveFolder } from '../static-server.ts'
import type { CampaignOptions } from './campaigns.ts'
import { createTable } from './tally.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const MOST_TASK_MS = 100
const MOST_MS_A_FILE = 1800
const { format } = new Intl.NumberFormat('en')

/** A case is a style of all the files, in a page of its own. Needs a build in dist. */
export async function soakImport(minutes: number, { files }: CampaignOptions): Promise<number> {
  const bad = Math.floor(files / 10)
  const counts = { good: files - bad, bad }
  const end = performance.now() + minutes * 60_000
  const server = await serveFolder(DIST, 0)
  const executablePath = findBrowser()
  const browser = await chromium.launch({
    args: browserArguments({ webgpu: false }),
    ...(executablePath === null ? {} : { executablePath }),
  })
  const table = createTable()
  const folder = mkdtempSync(join(tmpdir(), 'kindred-import-'))
  try {
    const paths = await writePictures(folder, counts)
    do {
      const { isExact, longest, frame } = await importOnce(browser, `http://localhost:${server.port}`, paths, counts)
      console.log(
        `longest task of the page meanwhile: ${Math.round(longest)} ms (0: none over 50); longest frame: ${frame}`,
      )
      table.count('every file has its fate', isExact)
      table.count('no task of the page takes 100 ms', longest <= MOST_TASK_MS)
    } while (performance.now() < end)
  } finally {
    await browser.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return table.print('import')
}

/** On disk: files that come from there are no work for the page. */
async function writePictures(folder: string, counts: Counts): Promise<readonly string[]> {
  const paths: string[] = []
  const write = (name: string, bytes: Uint8Array) => {
    paths.push(join(folder, name))
    writeFileSync(join(folder, name), bytes)
  }
  for (let n = 0; n < counts.good; n++) write(`plain ${n}.png`, await plainPicture(n))
  for (let n = 0; n < counts.bad; n++) {
    const picture = await plainPicture(n)
    write(`bad ${n}.png`, n % 2 === 0 ? picture.subarray(0, picture.length >> 1) : Buffer.from(`no picture ${n}`))
  }
  return paths
}

/** One of 2^24 that differ: each number has a colour of its own. */
function plainPicture(n: number): Promise<Buffer> {
  const colour = Math.imul(n, 2654435) & 0xffffff
  const background = { r: colour >> 16, g: (colour >> 8) & 255, b: colour & 255 }
  return sharp({ create: { width: 90, height: 70, channels: 3, background } })
    .png()
    .toBuffer()
}

interface Counts {
  readonly good: number
  readonly bad: number
}

interface Imported {
  readonly isExact: boolean
  readonly longest: number
  readonly frame: string
}

async function importOnce(
  browser: Browser,
  origin: string,
  paths: readonly string[],
  { good, bad }: Counts,
): Promise<Imported> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  try {
    const page = await context.newPage()
    await page.addInitScript(recordLongTasks)
    await page.goto(`${origin}/?backend=wasm`)
    await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
    await waitForModel(page)
    await resetLongTasks(page)
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose pictures' }).click(),
    ])
    await chooser.setFiles([...paths])
    await page.getByText(/^Ready: .* pictures\./).waitFor({ timeout: paths.length * MOST_MS_A_FILE })
    const longest = await longestTask(page)
    const frame = await longestFrame(page)
    const isThere = async (text: string) => (await page.getByText(text).count()) > 0
    return {
      isExact: (await isThere(`Ready: ${format(good)} pictures.`)) && (await isThere(`${format(bad)} left out`)),
      longest,
      frame,
    }
  } finally {
    await context.close()
  }
}
