// `npm test`: format, lint, types, unit tests, build and end-to-end tests, ending with one line of totals.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Tally {
  passed: number
  failed: number
  /** Passed too, but only when tried again. */
  again?: number
}

const scratch = mkdtempSync(join(tmpdir(), 'kindred-test-'))
const total = { passed: 0, failed: 0, again: 0 }

// A stage without a report of its own counts as one check.
stage('format and lint', 'biome', ['check', '--error-on-warnings', '.'])
stage('types', 'tsx', ['tools/check-types.ts'])
stage(
  'unit tests',
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile=${scratch}/unit.json`],
  () => {
    const report = readJson<{ numPassedTests: number; numFailedTests: number; numFailedTestSuites: number }>(
      'unit.json',
    )
    return {
      passed: report.numPassedTests,
      failed: Math.max(report.numFailedTests, Math.min(1, report.numFailedTestSuites)),
    }
  },
)
stage('coverage of parsers and storage', 'tsx', ['tools/coverage.ts'])
stage('build', 'vite', ['build', '--logLevel', 'warn'])
stage('source lint', 'tsx', ['tools/lint-source.ts'])
stage('second build', 'tsx', ['tools/compare-builds.ts'])
stage('browser', 'tsx', ['tools/setup-browser.ts'])
stage('end-to-end tests', 'playwright', ['test', '--config', 'e2e/playwright.config.ts'], () => {
  const { stats } = readJson<{ stats: { expected: number; unexpected: number; flaky: number } }>('e2e.json')
  return { passed: stats.expected, failed: stats.unexpected, again: stats.flaky }
})

rmSync(scratch, { recursive: true, force: true })
if (total.again > 0) console.log(`\nOf those that passed, ${total.again} did at a second try: see "flaky" above`)
console.log(`\n${total.passed + total.again} passed, ${total.failed} failed`)
process.exit(total.failed === 0 ? 0 : 1)

/** Runs one stage; its tally comes from its report where it writes one. A stage that fails has at least one failure. */
function stage(name: string, command: string, args: string[], report?: () => Tally): void {
  console.log(`\n== ${name}`)
  const { status } = spawnSync(command, args, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: join(scratch, 'e2e.json') },
  })
  const tally = tallyOf(status === 0, report)
  total.passed += tally.passed
  total.again += tally.again ?? 0
  total.failed += status === 0 ? tally.failed : Math.max(1, tally.failed)
}

function tallyOf(succeeded: boolean, report: (() => Tally) | undefined): Tally {
  if (report === undefined) return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1 }
  try {
    return report()
  } catch (error) {
    console.error(`no report: ${error instanceof Error ? error.message : error}`)
    return { passed: 0, failed: 1 }
  }
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(scratch, name), 'utf8')) as T
}
