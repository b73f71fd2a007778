// A real Chromium whose room ends in the middle of an import: a typed error, what was acknowledged is there, and it goes on later.

import { fillStyle, lookAt } from './kill-scenarios.ts'
import { createKilledBrowser } from './killed-browser.ts'
import { type SourceServer, startSourceServer } from './source-server.ts'
import { expect, test } from './test.ts'

/** Rooms in megabytes, each larger than the one before, and too small for all; R3 asks for 20 each night. */
const ROOMS = process.env.CAMPAIGN === 'full' ? Array.from({ length: 20 }, (_, i) => (1.5 * (i + 1)) / 20) : [1, 1.5]

let server: SourceServer

test.beforeAll(async () => {
  server = await startSourceServer('.vite-quota')
})

test.afterAll(() => server.close())

test('an import that finds no more room says so, keeps what it acknowledged, and goes on once there is some', async () => {
  test.setTimeout(ROOMS.length * 300_000)
  // Quotas are kept to in a profile on disk.
  const browser = createKilledBrowser(server)
  try {
    const page = await browser.open()
    const devtools = await page.context().newCDPSession(page)
    const setQuota = (quotaSize: number) =>
      devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize })
    for (const megabytes of ROOMS) {
      await setQuota(Math.round(megabytes * 1e6))
      const { acknowledged, code } = await fillStyle(page)
      expect(code, `${megabytes} MB`).toBe('storage-full')
      const { styles, faults } = await lookAt(page)
      expect(faults, `${megabytes} MB`).toEqual([])
      expect(styles.full?.length ?? 0, `${megabytes} MB`).toBeGreaterThanOrEqual(acknowledged)
    }
    await setQuota(100e6)
    expect(await fillStyle(page)).toEqual({ acknowledged: 320, code: null })
    const { styles, faults } = await lookAt(page)
    expect(faults).toEqual([])
    expect(styles.full).toHaveLength(320)
  } finally {
    await browser.remove()
  }
})
