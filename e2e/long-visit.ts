// A visit of many pictures on one page, whose memory is measured between them: what is left of each must not pile up.

import { type BrowserContext, chromium, expect, type Page } from '@playwright/test'
import { browserArguments, findBrowser } from '../tools/browser.ts'
import { memoryOfPages } from '../tools/process-memory.ts'
import { openPage, openSettings, setNumber } from './page.ts'

const STEPS = 2
/** Of a picture that is cancelled: more than are done before a slow machine finds the button. */
const CANCELLED_STEPS = 50
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
  /** What of `resident` the process shares with no other, nor with a file. */
  readonly anonymous: number | null
}

export interface LongVisit {
  readonly page: Page
  /** Makes so many pictures, begins and cancels one more after every fifth, and deletes all of them from the gallery. */
  makePictures(count: number): Promise<void>
  /** Installs a model from an address, and leaves the list of models open. */
  installModel(url: string): Promise<void>
  /** Opens it, then the built-in one again, so many times. */
  switchModels(times: number): Promise<void>
  measure(): Promise<Held>
  close(): Promise<void>
}

/**
 * Opens the page on the processor in a browser of its own.
 * @param origin of a server of the built app
 * @param prepare is called before the page is opened
 */
export async function beginLongVisit(
  origin: string,
  prepare: (context: BrowserContext) => Promise<void> = async () => {},
): Promise<LongVisit> {
  const executablePath = findBrowser()
  const browser = await chromium.launch({
    // Without the last one it measures when it next collects garbage by itself, half a minute later.
    args: [...browserArguments({ webgpu: false }), '--enable-blink-features=ForceEagerMeasureMemory'],
    ...(executablePath === null ? {} : { executablePath }),
  })
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 } })
  await prepare(context)
  const page = await context.newPage()
  await openPage(page)
  await openSettings(page)
  await setNumber(page, 'Steps', STEPS)
  const devtools = await context.newCDPSession(page)
  const pictures = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  const models = page.getByRole('list', { name: 'Models on this device' }).getByRole('listitem')
  const press = (name: string) => page.getByRole('button', { name }).click({ timeout: SLOW_MS })

  return {
    page,
    async makePictures(count) {
      for (let made = 1; made <= count; made++) {
        const before = await pictures.count()
        await press('Generate')
        await expect(pictures).toHaveCount(before + 1, { timeout: SLOW_MS })
        if (made % CANCEL_EVERY !== 0) continue
        await setNumber(page, 'Steps', CANCELLED_STEPS)
        await press('Generate')
        await press('Cancel')
        await expect(page.getByRole('button', { name: 'Generate' })).toBeEnabled({ timeout: SLOW_MS })
        await setNumber(page, 'Steps', STEPS)
      }
      for (let left = await pictures.count(); left > 0; left--) {
        await pictures.first().getByRole('button', { name: 'Delete' }).click()
        await expect(pictures).toHaveCount(left - 1)
      }
    },
    async installModel(url) {
      await press('Models')
      await page.getByRole('textbox', { name: 'Address' }).fill(url)
      await page.getByRole('button', { name: 'Install', exact: true }).click()
      await expect(models).toHaveCount(2, { timeout: SLOW_MS })
    },
    async switchModels(times) {
      for (let i = 0; i < 2 * times; i++) {
        const model = models.nth(i % 2 === 0 ? 1 : 0)
        await model.getByRole('button', { name: /^Use / }).click({ timeout: SLOW_MS })
        await expect(model).toContainText('In use', { timeout: SLOW_MS })
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
      const [resident, anonymous] = [await memoryOfPages(browser, 'VmRSS'), await memoryOfPages(browser, 'RssAnon')]
      return { bytes, nodes, listeners, resident, anonymous }
    },
    close: () => browser.close(),
  }
}
