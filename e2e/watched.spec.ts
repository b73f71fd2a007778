// That the other specs would notice: a page or worker that asks another machine, or breaks the policy otherwise, fails its test.

import { openPage } from './page.ts'
import { test } from './test.ts'

test.fail('a page that asks another machine fails its test', async ({ page }) => {
  await openPage(page)
  const said = page.waitForEvent('console', { timeout: 20_000 }).catch(() => null)
  await page.evaluate(() => fetch('https://elsewhere.invalid/').catch(() => undefined))
  await said
})

test.fail('a worker that asks another machine fails the test of its page', async ({ page }) => {
  await openPage(page)
  const worker = page.workers().find((candidate) => /generate\.worker/.test(candidate.url()))
  if (worker === undefined) throw new Error('the page has no worker')
  const said = page.waitForEvent('console', { timeout: 20_000 }).catch(() => null)
  await worker.evaluate(() => {
    fetch('https://elsewhere.invalid/').catch(() => undefined)
  })
  await said
})
