// Several tabs of a real Chromium at one style: no row is lost or twice, and who waits for a tab that dies does not wait long.

import type { Page } from '@playwright/test'
import type * as KillPage from './kill-page.ts'
import { type SourceServer, startSourceServer } from './source-server.ts'
import { expect, test } from './test.ts'

const TABS = 8
/** Writes of each tab, and rows of each: a thousand where `npm run soak -- tabs` runs this. */
const [BATCHES, PER_BATCH] = process.env.CAMPAIGN === 'full' ? [1000, 1] : [10, 2]

let server: SourceServer

test.beforeAll(async () => {
  server = await startSourceServer('.vite-tabs')
})

test.afterAll(() => server.close())

/** Adds rows of a letter, in one tab. */
function add(page: Page, letter: string, batches: number): Promise<void> {
  return page.evaluate(
    async ({ letter, batches, perBatch }) => {
      const { add } = (await import(`${location.origin}/e2e/kill-page.ts`)) as typeof KillPage
      await add('shared', letter, batches, async () => {}, perBatch)
    },
    { letter, batches, perBatch: PER_BATCH },
  )
}

test('eight tabs that add to one style at once lose no row and double none', async ({ context }) => {
  test.setTimeout(3_600_000)
  const pages = await Promise.all(Array.from({ length: TABS }, () => context.newPage()))
  for (const page of pages) await server.openEmptyPage(page)
  const [first] = pages
  if (first === undefined) throw new Error('there is no tab')
  const letters = [...'abcdefgh']
  await add(first, 'z', 1)
  await Promise.all(pages.map((page, i) => add(page, letters[i] ?? '', BATCHES)))
  const { styles, faults } = await first.evaluate(async () => {
    const { look } = (await import(`${location.origin}/e2e/kill-page.ts`)) as typeof KillPage
    return look()
  })
  const expected = ['z', ...letters].flatMap((letter) =>
    Array.from({ length: (letter === 'z' ? 1 : BATCHES) * PER_BATCH }, (_, i) => `${letter}${i}`),
  )
  expect(faults).toEqual([])
  expect([...(styles.shared ?? [])].sort()).toEqual(expected.sort())
})

test('a tab that dies while it writes lets the next one write within a second', async ({ context }) => {
  const [dying, waiting] = [await context.newPage(), await context.newPage()]
  for (const page of [dying, waiting]) await server.openEmptyPage(page)
  await dying.evaluate(async () => {
    const { createWriterLock } = await import(`${location.origin}/src/platform/writer-lock.ts`)
    await new Promise<void>((resolve) => {
      void createWriterLock(navigator.locks, 'kindred-library').write(() => {
        resolve()
        return new Promise(() => {})
      })
    })
  })
  await waiting.evaluate(async () => {
    const { createWriterLock } = await import(`${location.origin}/src/platform/writer-lock.ts`)
    const state = window as unknown as { wroteAt: number | null }
    state.wroteAt = null
    void createWriterLock(navigator.locks, 'kindred-library').write(async () => {
      state.wroteAt = Date.now()
    })
  })
  const wroteAt = () => waiting.evaluate(() => (window as unknown as { wroteAt: number | null }).wroteAt)
  expect(await wroteAt()).toBeNull()
  const crashed = dying.waitForEvent('crash')
  const devtools = await context.newCDPSession(dying)
  void devtools.send('Page.crash').catch(() => undefined)
  await crashed
  const crashedAt = Date.now()
  await expect.poll(wroteAt).not.toBeNull()
  expect(((await wroteAt()) ?? 0) - crashedAt).toBeLessThan(1000)
})
