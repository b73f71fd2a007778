// Milliseconds per phase and peak memory, for each backend that the machine has, as one table.

import { resolve } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test'
import type { Milliseconds } from '../../src/core/diffusion/generate.ts'
import { adapterFacts } from '../../src/platform/webgpu.ts'
import { browserArguments, findBrowser } from '../browser.ts'
import { makeMicroPack, serveInstead } from '../micro-pack.ts'
import { type StaticServer, serveFolder } from '../static-server.ts'
import { runGenerate } from './node.ts'
import { generate, megabytes, memoryOf, peakMemory, waitForModel, waitUntilAskable } from './page.ts'

const DIST = resolve(import.meta.dirname, '../../dist')

/** The first one also loads and warms up. */
const PICTURES = 4
/** A software GPU takes seconds for a step of the micro pack even. */
const SOFTWARE_PICTURES = 2
const SOFTWARE_STEPS = 4
const SLOW_MS = 600_000

interface Row {
  readonly backend: string
  /** Of each picture but the first, or of the only one. */
  readonly runs: readonly Milliseconds[]
  readonly memory: string
}

/** Prints the table; needs a build in dist/ and a Chromium. Pictures are 256x256 in 20 guided steps, unless a row says otherwise. */
export async function benchPhases(): Promise<void> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error('no Chromium found: npm run setup:browser')
  console.log('| backend | text | search | step | decode | peak memory |')
  console.log('| --- | --- | --- | --- | --- | --- |')
  printRow(benchNodeProcess())
  const server = await serveFolder(DIST, 0)
  const withBrowser = async (args: string[], task: (browser: Browser) => Promise<Row | null>) => {
    const browser = await chromium.launch({ executablePath, args })
    try {
      printRow(await task(browser))
    } finally {
      await browser.close()
    }
  }
  try {
    const plain = browserArguments({ webgpu: false })
    await withBrowser(plain, (browser) => benchWasm(browser, server))
    await withBrowser([...plain, '--enable-unsafe-webgpu'], (browser) => benchGpu(browser, server))
    await withBrowser(browserArguments({ webgpu: true }), (browser) => benchSoftwareGpu(browser, server))
  } finally {
    await server.close()
  }
}

function benchNodeProcess(): Row {
  const { milliseconds, peakMemoryBytes } = runGenerate('ddim', 20)
  return { backend: 'onnxruntime-node', runs: [milliseconds], memory: `${megabytes(peakMemoryBytes)} of the process` }
}

async function benchWasm(browser: Browser, server: StaticServer): Promise<Row> {
  const { page, backend } = await open(await browser.newContext(), server, 'wasm')
  return { backend, ...(await makePictures(page, PICTURES, 180_000)) }
}

/** Null where there is no adapter but a software one. */
async function benchGpu(browser: Browser, server: StaticServer): Promise<Row | null> {
  const context = await browser.newContext()
  const adapter = await describeAdapter(context, server)
  if (adapter === null || adapterFacts(adapter, new Set()).isSoftware) return null
  const { page, backend } = await open(context, server, 'webgpu')
  const { runs, memory } = await makePictures(page, PICTURES, SLOW_MS)
  return { backend, runs, memory: `${memory}, without the GPU's` }
}

async function benchSoftwareGpu(browser: Browser, server: StaticServer): Promise<Row> {
  const context = await browser.newContext()
  await serveInstead(context, await makeMicroPack())
  const { page, backend } = await open(context, server, 'webgpu')
  await page
    .getByRole('button', { name: /settings/i })
    .first()
    .click()
  await page.getByRole('radio', { name: '128 × 128' }).click({ force: true })
  const steps = page
    .getByRole('spinbutton', { name: 'Steps' })
    .or(page.getByRole('textbox', { name: 'Steps' }))
    .first()
  await steps.fill(String(SOFTWARE_STEPS))
  await steps.press('Tab')
  const { runs, memory } = await makePictures(page, SOFTWARE_PICTURES, SLOW_MS)
  const label = `${backend}; not the built-in pack but the micro pack of the tests, 128x128, on a software GPU`
  return { backend: label, runs, memory: `${memory}, without the GPU's` }
}

/** The page, ready to make a picture, and the backend in its own words. */
async function open(
  context: BrowserContext,
  { port }: StaticServer,
  backend: 'wasm' | 'webgpu',
): Promise<{ readonly page: Page; readonly backend: string }> {
  const page = await context.newPage()
  await page.addInitScript(recordRuns)
  await page.goto(`http://localhost:${port}/?backend=${backend}`)
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
  const words = await waitForModel(page)
  await waitUntilAskable(page)
  return { page, backend: words }
}

async function makePictures(page: Page, count: number, timeoutMs: number): Promise<Pick<Row, 'runs' | 'memory'>> {
  for (let picture = 0; picture < count; picture++) await generate(page, timeoutMs)
  const runs = await page.evaluate(() => (globalThis as unknown as { runs: Milliseconds[] }).runs)
  return { runs: runs.slice(1), memory: await describeMemory(page) }
}

/** Elsewhere than on Linux, what page and workers hold after the last picture: the browser's own measurement takes longer than a picture. */
async function describeMemory(page: Page): Promise<string> {
  const peak = await peakMemory(page)
  return peak === null
    ? `${megabytes(await memoryOf(page))} of the page and its workers, at the end`
    : `${megabytes(peak)} of the page's process`
}

/** Keeps what the generate worker says of each picture's phases. */
function recordRuns(): void {
  const runs: unknown[] = []
  Object.assign(globalThis, { runs })
  const listen = Worker.prototype.addEventListener
  Worker.prototype.addEventListener = function (this: Worker, ...given: Parameters<typeof listen>) {
    if (given[0] === 'message') {
      listen.call(this, 'message', (event) => {
        const { kind, output } = (event as MessageEvent).data
        if (kind === 'done' && output?.milliseconds !== undefined) runs.push(output.milliseconds)
      })
    }
    listen.apply(this, given)
  }
}

async function describeAdapter(context: BrowserContext, { port }: StaticServer) {
  const page = await context.newPage()
  // Any answer of the server's will do: a page of its origin, without the app.
  await page.goto(`http://localhost:${port}/nothing`)
  const info = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) return null
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info
    return { vendor, architecture, device, description, isFallbackAdapter }
  })
  await page.close()
  return info
}

function printRow(row: Row | null): void {
  if (row === null) return
  const median = (phase: keyof Milliseconds) => {
    const sorted = row.runs.map((run) => run[phase]).toSorted((a, b) => a - b)
    return `${(sorted[sorted.length >> 1] ?? Number.NaN).toFixed(1)} ms`
  }
  const phases = (['text', 'search', 'step', 'decode'] as const).map(median)
  console.log(`| ${[row.backend, ...phases, row.memory].join(' | ')} |`)
}
