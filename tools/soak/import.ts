// Makes a style of a thousand files, a tenth of them bad: the tally is exact, and the page answers all the while.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { plainPictures } from '../../e2e/my-pictures.ts'
import { longestFrame, longestTask, recordLongTasks, resetLongTasks, waitForModel } from '../bench/page.ts'
import { browserArguments, findBrowser } from '../browser.ts'
import { serveFolder } from '../static-server.ts'
import { createTable } from './tally.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const GOOD = 900
const BAD = 100
const MOST_TASK_MS = 100
const IMPORT_MS = 1_800_000

/** A case is a style of all the files, in a page of its own. Needs a build in dist. */
export async function soakImport(minutes: number): Promise<number> {
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
    const paths = await writePictures(folder)
    do {
      const { isExact, longest, frame } = await importOnce(browser, `http://localhost:${server.port}`, paths)
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
async function writePictures(folder: string): Promise<readonly string[]> {
  const good = await plainPictures(GOOD)
  const bad = good.slice(0, BAD).map(({ name, buffer }, i) => {
    const cut = i % 2 === 0 ? buffer.subarray(0, buffer.length >> 1) : Buffer.from(`no picture ${i}`)
    return { name: `bad ${name}`, buffer: cut }
  })
  return [...good, ...bad].map(({ name, buffer }) => {
    writeFileSync(join(folder, name), buffer)
    return join(folder, name)
  })
}

interface Imported {
  readonly isExact: boolean
  readonly longest: number
  readonly frame: string
}

async function importOnce(browser: Browser, origin: string, paths: readonly string[]): Promise<Imported> {
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
    await page.getByText(/^Ready: .* pictures\./).waitFor({ timeout: IMPORT_MS })
    const longest = await longestTask(page)
    const frame = await longestFrame(page)
    const isThere = async (text: string) => (await page.getByText(text).count()) > 0
    return {
      isExact: (await isThere(`Ready: ${GOOD} pictures.`)) && (await isThere(`${BAD} left out`)),
      longest,
      frame,
    }
  } finally {
    await context.close()
  }
}
