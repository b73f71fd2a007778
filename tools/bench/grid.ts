// Times a style's grid of sixty thousand pictures: until it is filled, frames while it scrolls, and pictures after a leap; of one build,
// or of two in turn.

import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Locator, type Page } from '@playwright/test'
import { browserArguments, findBrowser } from '../browser.ts'
import { type StaticServer, serveFolder } from '../static-server.ts'
import { type FrameSample, frameWords, median, quantile, sampleFrames, timeWords } from './frames.ts'
import { waitForModel } from './page.ts'
import { clipOf, takeIn, writeStyleFile } from './style-file.ts'

const DIST = resolve(import.meta.dirname, '../../dist')
const ROUNDS = 2
const FRAMES = 120
/** Pixels a frame: reading speed, and a fling. */
const SPEEDS = [24, 120] as const
const JUMPS = 6
const DRAGS = 3
/** Frames of one drag of the scrollbar, each of which leaps. */
const DRAG_FRAMES = 20

export interface GridSample {
  /** Milliseconds from a look into the style until all that is in sight has its picture. */
  readonly opened: number
  /** One for each of SPEEDS. */
  readonly scrolls: readonly Scroll[]
  /** From a leap until all that is in sight has its picture. */
  readonly jumps: readonly Wait[]
  /** Likewise from the end of a drag; the processor's time is that of the whole drag. */
  readonly drags: readonly Wait[]
}

interface Scroll extends FrameSample {
  readonly work: Work
  /** Milliseconds of processor time that all of the browser took for a frame. */
  readonly processor: number
}

/** What the page's own thread did for each frame, in milliseconds. */
interface Work {
  readonly all: number
  readonly scripts: number
  readonly styleAndLayout: number
}

/** Wall time in milliseconds, and the processor time that all of the browser took meanwhile. */
interface Wait {
  readonly wall: number
  readonly processor: number
}

/**
 * Prints one line per figure; needs a Chromium, some 400 MB of disk for each build, and builds: the folders that BENCH_BUILDS
 * names, with commas between them, or dist/. Of two, the first is what the second is compared with, and each is the first in every other
 * round.
 */
export async function benchGrid(): Promise<void> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error('no Chromium found: npm run setup:browser')
  const folders = (process.env.BENCH_BUILDS ?? DIST).split(',').map((folder) => resolve(folder))
  const path = join(tmpdir(), `kindred-bench-${process.pid}.zip`)
  const servers: StaticServer[] = []
  const browser = await chromium.launch({ executablePath, args: browserArguments({ webgpu: false }) })
  try {
    for (const folder of folders) servers.push(await serveFolder(folder, 0))
    const [first] = servers
    if (first === undefined) throw new Error('BENCH_BUILDS names no folder')
    await writeStyleFile(path, await clipOf(first))
    const pages: Page[] = []
    for (const { port } of servers) pages.push(await openStyle(browser, port, path))
    await sampleInTurn(folders, pages)
  } finally {
    await browser.close()
    for (const server of servers) await server.close()
    await rm(path, { force: true })
  }
}

async function openStyle(browser: Browser, port: number, path: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(`http://localhost:${port}/?backend=wasm`)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
  await waitForModel(page)
  await takeIn(page, path)
  return page
}

async function sampleInTurn(folders: readonly string[], pages: readonly Page[]): Promise<void> {
  const samples = pages.map((): GridSample[] => [])
  const turns = [...pages.entries()]
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, page] of round % 2 === 0 ? turns : turns.toReversed()) {
      await page.bringToFront()
      const sample = await sampleGrid(page)
      await closeGrid(page)
      samples[i]?.push(sample)
      for (const line of sampleWords(sample)) console.log(`${folders[i]}, round ${round + 1}: ${line}`)
    }
  }
  const [before, after] = samples.map(together)
  if (before !== undefined && after !== undefined) printRatios(before, after)
}

function printRatios(before: GridSample, after: GridSample): void {
  console.log(`pictures after opening, before to after: ${ratio(before.opened, after.opened)}`)
  for (const [i, speed] of SPEEDS.entries()) {
    const [was, is] = [before.scrolls[i], after.scrolls[i]]
    if (was === undefined || is === undefined) continue
    const frames = [0.5, 0.95].map((share) => ratio(quantile(was.gaps, share), quantile(is.gaps, share)))
    console.log(`scrolling ${speed} pixels a frame, before to after: median frame ${frames[0]}, 19 of 20 ${frames[1]}`)
    console.log(
      `  the page's own work ${ratio(was.work.all, is.work.all)}, all of the browser's ${ratio(was.processor, is.processor)}`,
    )
  }
  for (const kind of ['jumps', 'drags'] as const) {
    const of = (sample: GridSample, what: keyof Wait) => median(sample[kind].map((wait) => wait[what]))
    const [wall, processor] = (['wall', 'processor'] as const).map((what) => ratio(of(before, what), of(after, what)))
    console.log(`pictures after ${kind}, before to after: ${wall}, processor time ${processor}`)
  }
}

function ratio(before: number, after: number): string {
  return `${(before / after).toFixed(1)} to 1`
}

function together(samples: readonly GridSample[]): GridSample {
  return {
    opened: samples.reduce((sum, { opened }) => sum + opened, 0) / samples.length,
    scrolls: SPEEDS.map((_, i) => {
      const scrolls = samples.map(({ scrolls }) => scrolls[i]).filter((scroll) => scroll !== undefined)
      const mean = (read: (scroll: Scroll) => number) =>
        scrolls.reduce((sum, scroll) => sum + read(scroll), 0) / scrolls.length
      return {
        gaps: scrolls.flatMap(({ gaps }) => gaps).sort((a, b) => a - b),
        blank: mean(({ blank }) => blank ?? 0),
        processor: mean(({ processor }) => processor),
        work: {
          all: mean(({ work }) => work.all),
          scripts: mean(({ work }) => work.scripts),
          styleAndLayout: mean(({ work }) => work.styleAndLayout),
        },
      }
    }),
    jumps: samples.flatMap(({ jumps }) => jumps),
    drags: samples.flatMap(({ drags }) => drags),
  }
}

async function openGrid(page: Page, box: Locator): Promise<number> {
  await page.getByRole('button', { name: 'Your styles' }).click()
  const startedAt = performance.now()
  await page.getByRole('button', { name: 'Look into Sixty thousand' }).click()
  await box.waitFor()
  // Loaded ones: an <img> is there before its picture is, a place on a canvas is not.
  await untilPictures(box, [])
  const opened = performance.now() - startedAt
  // All of it is looked over for damage meanwhile, once.
  await page.waitForTimeout(3000)
  return opened
}

/** So that it can be opened anew. */
async function closeGrid(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  // Of the buttons of that name it is the one without words.
  await dialog.getByLabel('Close').click()
  await dialog.waitFor({ state: 'hidden' })
}

/** Looks into the style, then scrolls, jumps and drags about in the grid, and leaves it open. */
export async function sampleGrid(page: Page): Promise<GridSample> {
  const box = page.locator('.grid-box')
  const opened = await openGrid(page, box)
  const scrolls: Scroll[] = []
  for (const pixels of SPEEDS) {
    const { result, processor } = await withProcessorTime(page, () =>
      withWork(page, () => sampleFrames(box, FRAMES, pixels)),
    )
    scrolls.push({ ...result.sample, work: result.work, processor: processor / FRAMES })
  }
  const wait = async (places: readonly number[]): Promise<Wait> => {
    const { result, processor } = await withProcessorTime(page, () => untilPictures(box, places))
    return { wall: result, processor }
  }
  const jumps: Wait[] = []
  for (let jump = 1; jump <= JUMPS; jump++) jumps.push(await wait([(jump * 0.618) % 1]))
  const drags: Wait[] = []
  for (let drag = 1; drag <= DRAGS; drag++) {
    drags.push(await wait(Array.from({ length: DRAG_FRAMES }, (_, i) => (drag * 0.618 + i * 0.013) % 1)))
  }
  return { opened, scrolls, jumps, drags }
}

export function sampleWords({ opened, scrolls, jumps, drags }: GridSample): readonly string[] {
  return [
    `all pictures in sight after it is opened: ${timeWords(opened)}`,
    ...scrolls.map(({ work, processor, ...sample }, i) => {
      const [all, scripts, layout] = [work.all, work.scripts, work.styleAndLayout].map((time) => time.toFixed(1))
      const own = `the page's thread works ${all} ms for each (scripts ${scripts}, style and layout ${layout})`
      return `scrolling ${SPEEDS[i]} pixels a frame: ${frameWords(sample)}; ${own}, the browser ${processor.toFixed(0)} ms`
    }),
    `all pictures in sight after a jump: ${waitWords(jumps)}`,
    `all pictures in sight after a drag: ${waitWords(drags)}`,
  ]
}

function waitWords(waits: readonly Wait[]): string {
  const [walls, processors] = [waits.map(({ wall }) => wall), waits.map(({ processor }) => processor)]
  const longest = timeWords(Math.max(...walls))
  return `${timeWords(median(walls))} (median), ${longest} (longest); ${timeWords(median(processors))} of processor time`
}

/** Scrolls to the places in turn, one a frame. Milliseconds from the last one, or from now, until all that is in sight has its picture. */
function untilPictures(box: Locator, places: readonly number[]): Promise<number> {
  return box.evaluate(async (element, places) => {
    let from = performance.now()
    for (const place of places) {
      from = performance.now()
      element.scrollTop = place * (element.scrollHeight - element.clientHeight)
      await new Promise((drawn) => requestAnimationFrame(drawn))
    }
    for (;;) {
      await new Promise((drawn) => requestAnimationFrame(drawn))
      const { top, bottom } = element.getBoundingClientRect()
      const inSight = [...element.querySelectorAll('.grid-cell')].filter((cell) => {
        const place = cell.getBoundingClientRect()
        return place.bottom > top && place.top < bottom
      })
      const areThere = inSight.every(
        (cell) => cell.hasAttribute('data-picture') || cell.querySelector('img')?.complete === true,
      )
      if (inSight.length > 0 && areThere) return performance.now() - from
    }
  }, places)
}

/** What the page's thread does while `task` runs, waits for the processor included. */
async function withWork<T>(page: Page, task: () => Promise<T>): Promise<{ readonly sample: T; readonly work: Work }> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return new Map(metrics.map(({ name, value }) => [name, value]))
  }
  const before = await read()
  const sample = await task()
  const after = await read()
  await session.detach()
  const each = (...names: readonly string[]) =>
    names.reduce((sum, name) => sum + (1000 * ((after.get(name) ?? 0) - (before.get(name) ?? 0))) / FRAMES, 0)
  return {
    sample,
    work: {
      all: each('TaskDuration'),
      scripts: each('ScriptDuration'),
      styleAndLayout: each('RecalcStyleDuration', 'LayoutDuration'),
    },
  }
}

/** Runs a task and tells what all processes of the browser took of the processor meanwhile, in milliseconds. */
async function withProcessorTime<T>(page: Page, task: () => Promise<T>): Promise<{ result: T; processor: number }> {
  const session = await (page.context().browser() as Browser).newBrowserCDPSession()
  const read = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    return processInfo.reduce((sum, { cpuTime }) => sum + 1000 * cpuTime, 0)
  }
  const before = await read()
  const result = await task()
  const processor = (await read()) - before
  await session.detach()
  return { result, processor }
}
