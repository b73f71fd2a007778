// kill -9 of a real Chromium in the middle of what writes: nothing that was acknowledged is lost, and nothing is half done.

import { killInstall } from './kill-install.ts'
import { KILL_SCENARIOS, kill } from './kill-scenarios.ts'
import { createKilledBrowser } from './killed-browser.ts'
import { type SourceServer, startSourceServer } from './source-server.ts'
import { expect, test } from './test.ts'

let server: SourceServer

test.beforeAll(async () => {
  server = await startSourceServer('.vite-killed')
})

test.afterAll(() => server.close())

for (const scenario of KILL_SCENARIOS) {
  test(`a browser killed in the middle keeps what was acknowledged, whole: ${scenario.name}`, async () => {
    test.setTimeout(600_000)
    for (let round = 0; round < 2; round++) {
      const browser = createKilledBrowser(server)
      try {
        const { acknowledged, faults } = await kill(scenario, browser, Math.random)
        expect(faults, `after ${acknowledged.at(-1)}`).toEqual([])
      } finally {
        await browser.remove()
      }
    }
  })
}

test('a browser killed while it installs a model keeps what it counted, and asks for one chunk again at most', async () => {
  test.setTimeout(600_000)
  const browser = createKilledBrowser(server)
  try {
    const { acknowledged, faults } = await killInstall(browser, Math.random)
    expect(faults, `after ${acknowledged} bytes`).toEqual([])
  } finally {
    await browser.remove()
  }
})
