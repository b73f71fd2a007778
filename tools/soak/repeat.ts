// Runs end-to-end tests again and again for a given time, each pass a case: what only a whole browser with a whole page shows.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { createTable } from './tally.ts'

interface Result {
  readonly status: string
  readonly results?: readonly { readonly error?: { readonly message?: string } }[]
}

/** A report of Playwright's. */
export interface Suite {
  readonly suites?: readonly Suite[]
  readonly specs?: readonly {
    readonly title: string
    readonly ok: boolean
    readonly tests: readonly Result[]
  }[]
}

/** @param specs below e2e/. They see CAMPAIGN=full, and do more than `npm test` has time for. */
export function repeatSpecs(campaign: string, specs: readonly string[]): (minutes: number) => Promise<number> {
  return async (minutes) => {
    const end = performance.now() + minutes * 60_000
    const scratch = mkdtempSync(join(tmpdir(), 'kindred-soak-'))
    const table = createTable()
    try {
      while (performance.now() < end) {
        const report = runSpecs(specs, join(scratch, 'report.json'), { CAMPAIGN: 'full' })
        for (const { title, ok, why } of listTests(report)) {
          table.count(title, ok)
          if (!ok) console.log(`${title}: ${why}`)
        }
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
    return table.print(campaign)
  }
}

/** Runs tests below e2e/ once, over the build in dist/. @param path where the runner may write the report that is returned */
export function runSpecs(specs: readonly string[], path: string, env: Readonly<Record<string, string>> = {}): Suite {
  rmSync(path, { force: true })
  spawnSync(
    'playwright',
    ['test', '--config', 'e2e/playwright.config.ts', '--retries', '0', ...specs.map((spec) => `e2e/${spec}`)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
      env: { ...process.env, ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: path },
    },
  )
  return JSON.parse(readFileSync(path, 'utf8')) as Suite
}

interface TestRun {
  readonly title: string
  readonly ok: boolean
  /** What the first failure said; nothing where there was none. */
  readonly why: string
}

/** Those that were run. */
export function listTests({ suites = [], specs = [] }: Suite): readonly TestRun[] {
  const run = specs.filter(({ tests }) => tests.some(({ status }) => status !== 'skipped'))
  return [...run.map(({ title, ok, tests }) => ({ title, ok, why: whyOf(tests) })), ...suites.flatMap(listTests)]
}

function whyOf(tests: readonly Result[]): string {
  const messages = tests.flatMap(({ results = [] }) => results.map(({ error }) => error?.message))
  return stripVTControlCharacters(messages.find((message) => message !== undefined) ?? '')
}
