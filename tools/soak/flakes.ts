// Runs the tests that the reliability matrix names again and again: one that fails once and passes the next time is a flake.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMANDS } from '../matrix/demands.ts'
import { listTests, runSpecs } from './repeat.ts'
import { createTable, type Table } from './tally.ts'

const UNIT_FILES_A_SPEC = 10

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/**
 * Each run of a test is a case. A file of unit tests that does not even begin counts as one that was lost. After every so many of
 * those comes one of those in a real browser, which take a hundred times as long.
 */
export async function soakFlakes(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const files = [...new Set(DEMANDS.flatMap(({ tests }) => Object.keys(tests)))]
  const unit = files.filter((file) => file.startsWith('tests/'))
  const browser = files.filter((file) => file.startsWith('e2e/'))
  const scratch = mkdtempSync(join(tmpdir(), 'kindred-flakes-'))
  const report = join(scratch, 'report.json')
  const table = createTable()
  try {
    for (let round = 0; performance.now() < end; round++) {
      const turn = round % (UNIT_FILES_A_SPEC + 1)
      const past = Math.floor(round / (UNIT_FILES_A_SPEC + 1))
      if (turn < UNIT_FILES_A_SPEC)
        countUnit(unit[(past * UNIT_FILES_A_SPEC + turn) % unit.length] ?? '', report, table)
      else countSpec(browser[past % browser.length] ?? '', report, table)
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return table.print('flakes')
}

function countUnit(file: string, report: string, table: Table): void {
  for (const { status, assertionResults, message } of runFile(file, report).testResults) {
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

function countSpec(file: string, report: string, table: Table): void {
  for (const { title, ok } of listTests(runSpecs([file.slice('e2e/'.length)], report))) {
    table.count(file, ok)
    if (!ok) console.error(`${file}: ${title}`)
  }
}

function runFile(file: string, report: string): Report {
  rmSync(report, { force: true })
  spawnSync('vitest', ['run', file, '--reporter=json', `--outputFile=${report}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  return JSON.parse(readFileSync(report, 'utf8')) as Report
}
