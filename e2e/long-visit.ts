// A visit of many pictures on one page, whose memory is measured between them: what is left of each must not pile up.

import { chromium, expect, type Page } from '@playwright/test'
import { browserArguments, findBrowser } from '../tools/browser.ts'
import { memoryOfPages } from '../tools/process-memory.ts'
import { openPage, openSettings, setNumber } from './page.ts'

const STEPS = 2
const CANCEL_EVERY = 5
const SLOW_MS = 300_000

/** What a page holds when nothing runs. */
export interface Held {
  /** Of the page and its workers after a garbage collection, WebAssembly's memory included. */
  readonly bytes: number
  readonly nodes: number
  readonly listeners: number
  /** Of the page's process; null where the system does not tell. */
  readonly resident: number | null
}

export interface LongVisit {
  readonly page: Page
  /** Makes so many pictures, begins and cancels one more after every fifth, and deletes all of them from the gallery. */
  makePictures(count: number): Promise<void>
  measure(): Promise<Held>
  close(): Promise<void>
}

/** Opens the page on the processor in a browser of its own. @param origin of a server of the built app */
export async function beginLongVisit(origin: string): Promise<LongVisit> {
  const executablePath = findBrowser()
  const browser = await chromium.launch({
    // Without the last one it measures when it next collects garbage by itself, half a minute later.
    args: [...browserArguments({ webgpu: false }), '--enable-blink-features=ForceEagerMeasureMemory'],
    ...(executablePath === null ? {} : { executablePath }),
  })
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', STEPS)
  const devtools = await context.newCDPSession(page)
  const pictures = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  const press = (name: string) => page.getByRole('button', { name }).click({ timeout: SLOW_MS })

  return {
    page,
    async makePictures(count) {
      for (let made = 1; made <= count; made++) {
        const before = await pictures.count()
        await press('Generate')
        await expect(pictures).toHaveCount(before + 1, { timeout: SLOW_MS })
        if (made % CANCEL_EVERY !== 0) continue
        await press('Generate')
        await press('Cancel')
        await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: SLOW_MS })
      }
      for (let left = await pictures.count(); left > 0; left--) {
        await pictures.first().getByRole('button', { name: 'Delete' }).click()
        await expect(pictures).toHaveCount(left - 1)
      }
    },
    async measure() {
      await devtools.send('HeapProfiler.collectGarbage')
      const bytes = await page.evaluate(async () => {
        const { measureUserAgentSpecificMemory } = performance as unknown as {
          measureUserAgentSpecificMemory(): Promise<{ bytes: number }>
        }
        return (await measureUserAgentSpecificMemory.call(performance)).bytes
      })
      const { nodes, jsEventListeners: listeners } = await devtools.send('Memory.getDOMCounters')
      return { bytes, nodes, listeners, resident: await memoryOfPages(browser, 'VmRSS') }
    },
    close: () => browser.close(),
  }
}
