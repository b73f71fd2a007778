// Times the page in a real Chromium: opening, first picture, next pictures, main-thread tasks and memory.

import { resolve } from 'node:path'
import { type Browser, chromium, type Page } from '@playwright/test'
import { browserArguments, findBrowser } from '../browser.ts'
import { serveFolder } from '../static-server.ts'
import { generate, megabytes, memoryOf, waitForModel, waitUntilAskable } from './page.ts'

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

function recordLongTasks(): void {
  const tasks: number[] = []
  const frames: PerformanceEntry[] = []
  Object.assign(globalThis, { longTasks: tasks, longFrames: frames })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) tasks.push(entry.duration)
  }).observe({ type: 'longtask', buffered: true })
  new PerformanceObserver((list) => {
    frames.push(...list.getEntries())
  }).observe({ type: 'long-animation-frame', buffered: true })
}

function resetLongTasks(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { longTasks, longFrames } = globalThis as unknown as { longTasks: number[]; longFrames: unknown[] }
    longTasks.length = 0
    longFrames.length = 0
  })
}

/** Milliseconds of the longest task over 50 ms (the browser reports no shorter ones); 0 where there was none. */
function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, ...(globalThis as unknown as { longTasks: number[] }).longTasks))
}

/** What the longest frame over 50 ms was spent on: scripts, longest first, and style and layout. */
function longestFrame(page: Page): Promise<string> {
  return page.evaluate(() => {
    interface Frame {
      readonly startTime: number
      readonly duration: number
      readonly styleAndLayoutStart: number
      readonly scripts: readonly { readonly invoker: string; readonly duration: number }[]
    }
    const { longFrames } = globalThis as unknown as { longFrames: Frame[] }
    const [longest] = longFrames.toSorted((a, b) => b.duration - a.duration)
    if (longest === undefined) return 'none over 50 ms'
    const { startTime, duration, styleAndLayoutStart, scripts } = longest
    const rendering = styleAndLayoutStart === 0 ? 0 : startTime + duration - styleAndLayoutStart
    const told = scripts
      .toSorted((a, b) => b.duration - a.duration)
      .map((script) => `${script.invoker} ${Math.round(script.duration)} ms`)
    return `${Math.round(duration)} ms, of which style, layout and paint ${Math.round(rendering)} ms, scripts ${told.join(', ') || 'none'}`
  })
}

function print(label: string, milliseconds: number): void {
  console.log(
    `${label}: ${milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`}`,
  )
}
