// Kills a real Chromium in the middle of what writes, again and again, and looks at what is there afterwards.

import { KILL_SCENARIOS, kill, LARGE_SCENARIO } from '../../e2e/kill-scenarios.ts'
import { createKilledBrowser } from '../../e2e/killed-browser.ts'
import { startSourceServer } from '../../e2e/source-server.ts'
import { createTable } from './tally.ts'

/** The large one comes early, and then once in so many rounds. */
const ROUNDS_A_LARGE = 20

export async function soakKill(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const server = await startSourceServer('.vite-soak-kill')
  const table = createTable()
  try {
    for (let round = 0; performance.now() < end; round++) {
      const isLarge = round % ROUNDS_A_LARGE === 1
      const scenario = isLarge ? LARGE_SCENARIO : KILL_SCENARIOS[round % KILL_SCENARIOS.length]
      if (scenario === undefined) break
      const browser = createKilledBrowser(server)
      try {
        const { acknowledged, faults, seen } = await kill(scenario, browser, Math.random)
        if (isLarge) console.log(`ten thousand rows were there again within ${Math.round(seen.milliseconds)} ms`)
        table.count(scenario.name, faults.length === 0)
        for (const fault of faults) console.error(`${scenario.name}, after ${acknowledged.at(-1)}: ${fault}`)
      } finally {
        await browser.remove()
      }
    }
  } finally {
    await server.close()
  }
  return table.print('kill')
}
