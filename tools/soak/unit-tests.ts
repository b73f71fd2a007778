// Runs files of unit tests, of which each test is a case.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Table } from './tally.ts'

const LONG_FORM = /^const .*process\.env\.CAMPAIGN === 'full'/m

interface Report {
  readonly testResults: readonly {
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/**
 * Counts the tests of a file under its name. One that does not even begin counts as a test that was lost.
 * @param report where the runner may write what it found
 */
export function countUnitTests(
  file: string,
  report: string,
  table: Table,
  env: Readonly<Record<string, string>> = {},
): void {
  for (const { status, assertionResults, message } of runFile(file, report, env).testResults) {
    if (status === 'failed' && assertionResults.length === 0) {
      table.count(file, false)
      console.error(`${file}: ${message}`)
    }
    for (const { fullName, status } of assertionResults) {
      if (status !== 'passed' && status !== 'failed') continue
      table.count(file, status === 'passed')
      if (status === 'failed') console.error(`${file}: ${fullName}`)
    }
  }
}

/** Files of unit tests that do more where CAMPAIGN=full. @param root the repository's folder */
export function findCampaignTests(root: string): readonly string[] {
  return readdirSync(join(root, 'tests'), { recursive: true, encoding: 'utf8' })
    .map((path) => `tests/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts') && LONG_FORM.test(readFileSync(join(root, path), 'utf8')))
    .sort()
}

function runFile(file: string, report: string, env: Readonly<Record<string, string>>): Report {
  rmSync(report, { force: true })
  spawnSync('vitest', ['run', file, '--reporter=json', `--outputFile=${report}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, ...env },
  })
  return JSON.parse(readFileSync(report, 'utf8')) as Report
}
