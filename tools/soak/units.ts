// Runs the unit tests that know a long form, in that form: every operation of every disk, and thousands of flips and cuts.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createTable } from './tally.ts'
import { countUnitTests, findCampaignTests } from './unit-tests.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** Each run of a test is a case. A file that was begun is ended, and each of them has its turn before one has another. */
export async function soakUnits(minutes: number): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const scratch = mkdtempSync(join(tmpdir(), 'kindred-units-'))
  const files = findCampaignTests(ROOT)
  const table = createTable()
  try {
    for (let turn = 0; performance.now() < end; turn++) {
      const file = files[turn % files.length]
      if (file === undefined) break
      countUnitTests(file, join(scratch, 'report.json'), table, { CAMPAIGN: 'full' })
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return table.print('units')
}
