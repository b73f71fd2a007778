// Opens the installed app without a server, each time in a browser that was just started: it is there, soon, and asks for nothing.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from '@playwright/test'
import { openSite } from '../../e2e/offline-site.ts'
import { waitForModel, waitUntilAskable } from '../bench/page.ts'
import { browserArguments, findBrowser } from '../browser.ts'
import { createTable } from './tally.ts'

/** From the address to a page in which a picture can be asked for. */
const MOST_MS = 2500

/** Each opening is two cases: what it asks for, and how long it takes. Needs a build in dist. */
export async function soakOpening(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const site = await openSite()
  const profile = mkdtempSync(join(tmpdir(), 'kindred-opening-'))
  const table = createTable()
  const times: number[] = []
  try {
    const installing = await open(profile)
    const page = await installing.newPage()
    await page.goto(`${site.origin}/?backend=wasm`)
    await page.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
    await waitForModel(page)
    await page.getByText(/ready to work offline/i).waitFor({ timeout: 120_000 })
    await installing.close()
    await site.stop()
    do {
      const context = await open(profile)
      try {
        let failed = 0
        context.on('requestfailed', () => failed++)
        const opened = await context.newPage()
        const startedAt = performance.now()
        await opened.goto(`${site.origin}/?backend=wasm`, { waitUntil: 'commit' })
        await opened.getByRole('textbox', { name: 'Prompt' }).fill('a red house by the sea')
        await waitUntilAskable(opened)
        times.push(performance.now() - startedAt)
        await waitForModel(opened)
        table.count('opens without a server, and no request fails', failed === 0)
        table.count(`a picture can be asked for within ${MOST_MS / 1000} s`, (times.at(-1) ?? 0) <= MOST_MS)
      } finally {
        await context.close()
      }
    } while (performance.now() < end)
  } finally {
    await site.remove()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  const sorted = times.toSorted((a, b) => a - b)
  const [median = 0, most = 0] = [sorted[sorted.length >> 1], sorted.at(-1)]
  console.log(
    `until a picture can be asked for: ${Math.round(median)} ms in the median, ${Math.round(most)} ms at most`,
  )
  return table.print('opening')
}

function open(profile: string): Promise<BrowserContext> {
  const executablePath = findBrowser()
  return chromium.launchPersistentContext(profile, {
    args: browserArguments({ webgpu: false }),
    serviceWorkers: 'allow',
    ...(executablePath === null ? {} : { executablePath }),
  })
}
