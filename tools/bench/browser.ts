// Times the page in a real Chromium: opening, first picture, next pictures, main-thread tasks and memory.

import { resolve } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { browserArguments, findBrowser } from '../browser.ts'
import { serveFolder } from '../static-server.ts'
import {
  generate,
  longestFrame,
  longestTask,
  megabytes,
  memoryOf,
  recordLongTasks,
  resetLongTasks,
  waitForModel,
  waitUntilAskable,
} from './page.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const PICTURES = 10

/** Prints one line per figure; needs a build in dist/ and a Chromium. */
export async function benchBrowser(): Promise<void> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error('no Chromium found: npm run setup:browser')
  const server = await serveFolder(DIST, 0)
  const browser = await chromium.launch({ executablePath, args: browserArguments({ webgpu: false }) })
  try {
    await benchPage(browser, `http://localhost:${server.port}/?backend=wasm`)
  } finally {
    await browser.close()
    await server.close()
  }
}

async function benchPage(browser: Browser, url: string): Promise<void> {
  const page = await (await browser.newContext()).newPage()
  await page.addInitScript(recordLongTasks)
  const openedAt = performance.now()
  await page.goto(url)
  const prompt = page.getByRole('textbox', { name: 'Prompt' })
  await prompt.fill('a red house by the sea')
  print('a prompt can be typed', performance.now() - openedAt)
  await waitUntilAskable(page)
  print('a picture can be asked for, with style cards to choose from', performance.now() - openedAt)
  await waitForModel(page)
  print('the model is open', performance.now() - openedAt)

  await resetLongTasks(page)
  await generate(page)
  print('first picture from a cold open, 20 steps', performance.now() - openedAt)

  const seconds: number[] = []
  let memoryAfterTwo = 0
  for (let picture = 2; picture <= PICTURES; picture++) {
    const startedAt = performance.now()
    await generate(page)
    seconds.push(performance.now() - startedAt)
    if (picture === 2) memoryAfterTwo = await memoryOf(page)
  }
  const sorted = seconds.toSorted((a, b) => a - b)
  print('next picture, median', sorted[sorted.length >> 1] ?? Number.NaN)
  const longest = await longestTask(page)
  print('longest main-thread task while generating', longest)
  console.log(`longest frame while generating: ${await longestFrame(page)}`)
  const memoryAfterTen = await memoryOf(page)
  console.log(`memory after 2 pictures: ${megabytes(memoryAfterTwo)}; after ${PICTURES}: ${megabytes(memoryAfterTen)}`)
  console.log(`memory ratio: ${(memoryAfterTen / memoryAfterTwo).toFixed(3)}`)
}

function print(label: string, milliseconds: number): void {
  console.log(
    `${label}: ${milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`}`,
  )
}
