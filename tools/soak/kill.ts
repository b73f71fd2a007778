// Kills a real Chromium in the middle of what writes, again and again, and looks at what is there afterwards.

import { killInstall } from '../../e2e/kill-install.ts'
import { KILL_SCENARIOS, type KillScenario, kill, LARGE_SCENARIO } from '../../e2e/kill-scenarios.ts'
import { createKilledBrowser, type KilledBrowser } from '../../e2e/killed-browser.ts'
import { startSourceServer } from '../../e2e/source-server.ts'
import { createTable } from './tally.ts'

interface Turn {
  readonly name: string
  readonly run: (browser: KilledBrowser) => Promise<{ readonly after: string; readonly faults: readonly string[] }>
}

/** The large one comes early, and then once in so many rounds. */
const ROUNDS_A_LARGE = 20

const INSTALL: Turn = {
  name: 'install',
  async run(browser) {
    const { acknowledged, faults } = await killInstall(browser, Math.random)
    return { after: `${acknowledged} bytes`, faults }
  },
}
const TURNS: readonly Turn[] = [...KILL_SCENARIOS.map(turnOf), INSTALL]
const LARGE = turnOf(LARGE_SCENARIO)

export async function soakKill(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const server = await startSourceServer('.vite-soak-kill')
  const table = createTable()
  try {
    for (let round = 0; performance.now() < end; round++) {
      const turn = round % ROUNDS_A_LARGE === 1 ? LARGE : TURNS[round % TURNS.length]
      if (turn === undefined) break
      const browser = createKilledBrowser(server)
      try {
        const { after, faults } = await turn.run(browser)
        table.count(turn.name, faults.length === 0)
        for (const fault of faults) console.error(`${turn.name}, after ${after}: ${fault}`)
      } finally {
        await browser.remove()
      }
    }
  } finally {
    await server.close()
  }
  return table.print('kill')
}

function turnOf(scenario: KillScenario): Turn {
  return {
    name: scenario.name,
    async run(browser) {
      const { acknowledged, faults, seen } = await kill(scenario, browser, Math.random)
      if (scenario === LARGE_SCENARIO) {
        console.log(`ten thousand rows were there again within ${Math.round(seen.milliseconds)} ms`)
      }
      return { after: String(acknowledged.at(-1)), faults }
    },
  }
}
