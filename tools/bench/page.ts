// What the benchmarks do with the page: wait until it is ready, make a picture, measure its memory.

import type { Browser, Page } from '@playwright/test'
import { memoryOfPages } from '../process-memory.ts'

/** Waits until Generate can be pressed and there are styles to choose from; a prompt must have been typed. */
export async function waitUntilAskable(page: Page): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Style' }).getByRole('radio').first().waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Generate', disabled: false }).waitFor({ timeout: 120_000 })
}

/** Waits until the model is open: a picture that was asked for before that waits for it too. Returns what it runs on. */
export async function waitForModel(page: Page): Promise<string> {
  const words = await page
    .getByText(/^Runs on /)
    .first()
    .textContent({ timeout: 120_000 })
  return (words ?? '').replace(/^Runs on /, '')
}

/** For a page's first script: notes its long tasks and frames from then on. */
export function recordLongTasks(): void {
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

/** Forgets those of before. */
export function resetLongTasks(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { longTasks, longFrames } = globalThis as unknown as { longTasks: number[]; longFrames: unknown[] }
    longTasks.length = 0
    longFrames.length = 0
  })
}

/** Milliseconds of the longest task over 50 ms (the browser reports no shorter ones); 0 where there was none. */
export function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, ...(globalThis as unknown as { longTasks: number[] }).longTasks))
}

/** What the longest frame over 50 ms was spent on: scripts, longest first, and style and layout. */
export function longestFrame(page: Page): Promise<string> {
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

/** Presses Generate and waits for the job to end. */
export async function generate(page: Page, timeoutMs = 180_000): Promise<void> {
  await page.getByRole('button', { name: 'Generate' }).click()
  await page.getByRole('button', { name: 'Cancel' }).waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'hidden', timeout: timeoutMs })
  if ((await page.getByRole('alert').count()) > 0) {
    throw new Error((await page.getByRole('alert').first().textContent()) ?? 'the job failed')
  }
}

/** Bytes of the page and its workers, wasm memory included, after a garbage collection; a GPU's are not counted. */
export function memoryOf(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const measure = (performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> })
      .measureUserAgentSpecificMemory
    return (await measure.call(performance)).bytes
  })
}

/**
 * The most bytes that the page's process, workers and wasm included, ever held: the system keeps count. Null elsewhere than on
 * Linux.
 */
export function peakMemory(page: Page): Promise<number | null> {
  return memoryOfPages(page.context().browser() as Browser, 'VmHWM')
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`
}
