// Runs the unit tests that the reliability matrix names again and again: one that fails once and passes the next time is a flake.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMANDS } from '../matrix/demands.ts'
import { createTable } from './tally.ts'

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Each run of a test is a case. A file that does not even begin counts as one that was lost. */
export async function soakFlakes(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const files = [...new Set(DEMANDS.flatMap(({ tests }) => Object.keys(tests)))].filter((file) => /^tests\//.test(file))
  const scratch = mkdtempSync(join(tmpdir(), 'kindred-flakes-'))
  const table = createTable()
  try {
    for (let round = 0; performance.now() < end; round++) {
      const file = files[round % files.length] ?? ''
      for (const { status, assertionResults, message } of runFile(file, join(scratch, 'report.json')).testResults) {
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
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return table.print('flakes')
}

function runFile(file: string, report: string): Report {
  rmSync(report, { force: true })
  spawnSync('vitest', ['run', file, '--reporter=json', `--outputFile=${report}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  return JSON.parse(readFileSync(report, 'utf8')) as Report
}
