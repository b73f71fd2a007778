// A GPU that goes away in the middle of a picture, made to happen for real by ending the browser's GPU process.

import { type Browser, type BrowserContext, expect, type Page, type Route } from '@playwright/test'
import { makeMicroPack, serveInstead } from '../tools/micro-pack.ts'
import { openSettings, resultPixels, setNumber } from './page.ts'

/** What the page showed from a time on, in milliseconds since 1970. */
interface Moment {
  readonly at: number
  readonly isOpen: boolean
  /** Steps done of the picture under way; 0 where there is none. */
  readonly step: number
}

export interface MadePicture {
  /** RGBA. */
  readonly pixels: readonly number[]
  /** From the start to its end. */
  readonly moments: readonly Moment[]
}

/** How long a loss took to be over, in milliseconds. */
export interface Recovery {
  /** From the end of the GPU's process until the page opens the pack anew. */
  readonly noticed: number
  /** The opening itself: the sessions are made anew. */
  readonly reopening: number
  /** From there until the next step is done. */
  readonly nextStep: number
}

/** Opens the micro pack on WebGPU, set to a small picture of so many steps and seed 7. */
export async function openOnWebGpu(
  page: Page,
  context: BrowserContext,
  steps: number,
  size = '128 × 128',
): Promise<void> {
  await serveInstead(context, await makeMicroPack())
  await page.goto('/?backend=webgpu')
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
  await expect(page.getByText(/Runs on WebGPU/)).toBeVisible({ timeout: 0 })
  await openSettings(page)
  await setNumber(page, 'Steps', steps)
  await setNumber(page, 'Neighbours', 3)
  await setNumber(page, 'Seed', 7)
  await page.getByRole('radio', { name: size }).click({ force: true })
}

/**
 * Makes a picture; `disturb` is called once, when `step` steps are done.
 * The test's own time is the only limit: how long a software GPU takes depends on what else the machine does.
 */
export async function makePicture(page: Page, disturb?: () => Promise<void>, step = 1): Promise<MadePicture> {
  const gallery = page.getByRole('list', { name: 'Gallery' }).getByRole('listitem')
  const before = await gallery.count()
  const watch = await watchPage(page)
  await page.getByRole('button', { name: 'Generate' }).click({ timeout: 0 })
  if (disturb !== undefined) {
    const isThere = (step: number) =>
      Number(document.querySelector('.progress [role=progressbar]')?.getAttribute('aria-valuenow') ?? 0) === step
    await page.waitForFunction(isThere, step, { timeout: 0 })
    await disturb()
  }
  await expect(gallery).toHaveCount(before + 1, { timeout: 0 })
  return { moments: await watch.end(), pixels: await resultPixels(page) }
}

/** Makes a picture whose GPU goes away when `step` steps are done. */
export async function makePictureOverLoss(
  page: Page,
  browser: Browser,
  step = 1,
): Promise<MadePicture & { readonly recovery: Recovery }> {
  let lostAt = 0
  const lose = async () => {
    lostAt = Date.now()
    await endGpuProcess(browser)
  }
  const made = await makePicture(page, lose, step)
  const after = made.moments.filter(({ at }) => at >= lostAt)
  const closed = after.findIndex(({ isOpen }) => !isOpen)
  const opened = after.findIndex(({ isOpen }, index) => isOpen && index > closed)
  const next = after.findIndex(({ step: done }, index) => index > opened && done !== step)
  const at = (index: number) => after[index]?.at ?? Number.NaN
  const recovery = { noticed: at(closed) - lostAt, reopening: at(opened) - at(closed), nextStep: at(next) - at(opened) }
  return { ...made, recovery }
}

/** One line for the log. @param undisturbed whose first step, too, ran on sessions that had just been made */
export function describeRecovery(
  when: string,
  { noticed, reopening, nextStep }: Recovery,
  undisturbed: MadePicture,
): string {
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`
  const [start, ...later] = undisturbed.moments
  const firstStep = (later.find(({ step }) => step === 1)?.at ?? Number.NaN) - (start?.at ?? Number.NaN)
  return `${when}: noticed after ${seconds(noticed)}, opened within ${seconds(reopening)}, a step done ${seconds(nextStep)} later (a first step: ${seconds(firstStep)})`
}

/** Notes in the page what it shows, fifty times a second. */
async function watchPage(page: Page) {
  const watching = await page.evaluateHandle(() => {
    const look = (): Moment => ({
      at: Date.now(),
      isOpen: /Runs on/.test(document.querySelector('footer')?.textContent ?? ''),
      step: Number(document.querySelector('.progress [role=progressbar]')?.getAttribute('aria-valuenow') ?? 0),
    })
    const moments = [look()]
    const timer = setInterval(() => {
      const [last, now] = [moments.at(-1), look()]
      if (last?.isOpen !== now.isOpen || last.step !== now.step) moments.push(now)
    }, 20)
    return { moments, timer }
  })
  return {
    end: () =>
      watching.evaluate(({ moments, timer }) => {
        clearInterval(timer)
        return moments
      }),
  }
}

/** What every WebGPU device in the browser lives in. */
async function endGpuProcess(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession()
  await session.send('Browser.crashGpuProcess')
  await session.detach()
}

const MEMORY_ENDS = 'kindred-test-memory-ends'

/** Makes the runtime able to be asked for more GPU memory than there is. To be called before the page is opened. */
export async function prepareToEndMemory(context: BrowserContext): Promise<void> {
  await runBeforeWorker(context, `(${growNextBuffer})('${MEMORY_ENDS}');`)
}

/** Workers from now on find no adapter, as in Chromium after a second loss, where less than two minutes lie between them. */
export async function refuseAdapters(context: BrowserContext): Promise<void> {
  await runBeforeWorker(context, 'GPU.prototype.requestAdapter = async () => null;')
}

/** @param options how many workers run it, from now on; all where it does not say */
async function runBeforeWorker(
  context: BrowserContext,
  script: string,
  options: { readonly times?: number } = {},
): Promise<void> {
  const addScript = async (route: Route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: script + (await response.text()) })
  }
  await context.route(/\/generate\.worker-[^/]*\.js$/, addScript, options)
}

/** The next buffer that the runtime makes is of the adapter's largest size, which a software GPU does not have. */
export async function endMemory(page: Page): Promise<void> {
  await page.evaluate((name) => {
    const channel = new BroadcastChannel(name)
    channel.postMessage('')
    channel.close()
  }, MEMORY_ENDS)
}

/** Runs in the worker, before its own script. */
function growNextBuffer(channel: string): void {
  let isAsked = false
  new BroadcastChannel(channel).onmessage = () => {
    isAsked = true
  }
  const { createBuffer } = GPUDevice.prototype
  GPUDevice.prototype.createBuffer = function (descriptor) {
    if (!isAsked || descriptor.mappedAtCreation === true) return createBuffer.call(this, descriptor)
    isAsked = false
    return createBuffer.call(this, { ...descriptor, size: this.limits.maxBufferSize })
  }
}

/**
 * The first worker has a GPU without memory for any buffer of more bytes than this; those after it find it as it is. (The runtime
 * asks for buffers of few sizes: for a small model's tile it asks for the same ones as for the whole picture.)
 */
export async function limitFirstMemory(context: BrowserContext, bytes: number): Promise<void> {
  await runBeforeWorker(context, `(${growLargeBuffers})(${bytes});`, { times: 1 })
}

/** Runs in the worker, before its own script: what is too large is made as large as no software GPU has memory for. */
function growLargeBuffers(bytes: number): void {
  const { createBuffer } = GPUDevice.prototype
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const isTooLarge = descriptor.size > bytes && descriptor.mappedAtCreation !== true
    return createBuffer.call(this, isTooLarge ? { ...descriptor, size: this.limits.maxBufferSize } : descriptor)
  }
}

/** In decibels; infinite for equal pictures. */
export function peakSignalToNoise(a: MadePicture, b: MadePicture): number {
  expect(a.pixels).toHaveLength(b.pixels.length)
  const error = a.pixels.reduce((sum, value, i) => sum + (value - (b.pixels[i] ?? 0)) ** 2, 0) / a.pixels.length
  return 10 * Math.log10(255 ** 2 / error)
}
