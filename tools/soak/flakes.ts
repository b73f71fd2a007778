// Runs the tests that the reliability matrix names again and again: one that fails once and passes the next time is a flake.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMANDS } from '../matrix/demands.ts'
import { listTests, runSpecs } from './repeat.ts'
import { createTable, type Table } from './tally.ts'
import { countUnitTests } from './unit-tests.ts'

const UNIT_FILES_A_SPEC = 10

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
        countUnitTests(unit[(past * UNIT_FILES_A_SPEC + turn) % unit.length] ?? '', report, table)
      else countSpec(browser[past % browser.length] ?? '', report, table)
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return table.print('flakes')
}

function countSpec(file: string, report: string, table: Table): void {
  for (const { title, ok } of listTests(runSpecs([file.slice('e2e/'.length)], report))) {
    table.count(file, ok)
    if (!ok) console.error(`${file}: ${title}`)
  }
}
