// The installed app on a machine that has no network at all: its browser runs where the system gives it no interface.

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from '@playwright/test'
import { browserArguments, findBrowser } from '../tools/browser.ts'
import { openSite } from './offline-site.ts'
import { generate, openPage, openSettings, setNumber } from './page.ts'
import { expect, test } from './test.ts'

const canUnshare = spawnSync('unshare', ['--net', 'true']).status === 0
test.skip(!canUnshare, 'this system gives nobody a network namespace of their own')

test('without a network of any kind the app opens, shows its gallery and paints, and no request fails', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-no-network-'))
  const profile = join(folder, 'profile')
  const browserPath = findBrowser() ?? chromium.executablePath()
  const cutOff = join(folder, 'browser')
  writeFileSync(cutOff, `#!/bin/sh\nexec unshare --net '${browserPath}' "$@"\n`)
  chmodSync(cutOff, 0o755)
  const site = await openSite()
  const open = (executablePath: string): Promise<BrowserContext> =>
    chromium.launchPersistentContext(profile, {
      executablePath,
      args: browserArguments({ webgpu: false }),
      baseURL: site.origin,
      serviceWorkers: 'allow',
    })
  let context = await open(browserPath)
  try {
    const first = await context.newPage()
    await openPage(first)
    await expect(first.getByRole('status').filter({ hasText: /ready to work offline/i })).toBeVisible({
      timeout: 120_000,
    })
    await openSettings(first)
    await setNumber(first, 'Steps', 2)
    await setNumber(first, 'Seed', 7)
    const picture = await generate(first, 'a red house by the sea')
    await context.close()

    // The server goes on: it is the browser that cannot reach it.
    context = await open(cutOff)
    const failed: string[] = []
    context.on('requestfailed', (request) => failed.push(request.url()))
    const second = await context.newPage()
    await openPage(second)
    await expect(second.getByRole('list', { name: 'Gallery' }).getByRole('listitem')).toHaveCount(1)
    await openSettings(second)
    // The newest picture's own, until it is written anew.
    await setNumber(second, 'Seed', 8)
    await setNumber(second, 'Seed', 7)
    expect(await generate(second, 'a red house by the sea')).toBe(picture)
    expect(failed).toEqual([])
    const reached = await second.evaluate(() =>
      fetch(`/nothing-${Math.random()}`).then(
        () => 'answered',
        () => 'no network',
      ),
    )
    expect(reached).toBe('no network')
  } finally {
    await context.close()
    await site.remove()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})
