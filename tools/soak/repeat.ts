// Runs end-to-end tests again and again for a given time, each pass a case: what only a whole browser with a whole page shows.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTable, type Table } from './tally.ts'

interface Suite {
  readonly suites?: readonly Suite[]
  readonly specs?: readonly {
    readonly title: string
    readonly ok: boolean
    readonly tests: readonly { status: string }[]
  }[]
}

/** @param specs below e2e/ */
export function repeatSpecs(campaign: string, specs: readonly string[]): (minutes: number) => Promise<number> {
  return async (minutes) => {
    const end = performance.now() + minutes * 60_000
    const scratch = mkdtempSync(join(tmpdir(), 'kindred-soak-'))
    const table = createTable()
    try {
      while (performance.now() < end) {
        const report = join(scratch, 'report.json')
        spawnSync(
          'playwright',
          ['test', '--config', 'e2e/playwright.config.ts', ...specs.map((spec) => `e2e/${spec}`)],
          {
            stdio: ['ignore', 'ignore', 'inherit'],
            shell: process.platform === 'win32',
            env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
          },
        )
        count(JSON.parse(readFileSync(report, 'utf8')) as Suite, table)
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
    return table.print(campaign)
  }
}

function count({ suites = [], specs = [] }: Suite, table: Table): void {
  for (const { title, ok, tests } of specs) {
    if (tests.some(({ status }) => status !== 'skipped')) table.count(title, ok)
  }
  for (const suite of suites) count(suite, table)
}
