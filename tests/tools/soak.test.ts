import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CAMPAIGNS } from '../../tools/soak/campaigns.ts'
import { soakMutants } from '../../tools/soak/mutants.ts'
import { createTable } from '../../tools/soak/tally.ts'
import { findCampaignTests } from '../../tools/soak/unit-tests.ts'

const ROOT = resolve(import.meta.dirname, '../..')

describe('npm run soak', () => {
  it('runs every unit test that knows a long form, in its campaign of them', () => {
    const files = findCampaignTests(ROOT)
    for (const name of [
      'tests/core/library/crash-campaign',
      'tests/core/library/damage',
      'tests/core/library/exchange',
      'tests/core/pack/install',
      'tests/platform/pack-download',
    ]) {
      expect(files).toContain(`${name}.test.ts`)
    }
    expect(files).not.toContain('tests/core/formats/zip.test.ts')
    expect(files).not.toContain('tests/tools/matrix.test.ts')
  })

  it('names every campaign, and each of them can be begun', async () => {
    for (const load of Object.values(CAMPAIGNS)) expect(await load()).toBeTypeOf('function')
  })

  it.each([['nothing'], ['fuzz', 'crashes'], ['--minutes', '0'], ['import', '--files', '3'], ['--wish', '1']])(
    'refuses %s with its usage, and begins none',
    (...args) => {
      const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'tools/soak.ts', ...args], {
        cwd: ROOT,
      })
      expect(status).toBe(1)
      expect(String(stderr)).toContain('usage: npm run soak -- [CAMPAIGN] [--minutes N] [--files N] [--within PATH]')
    },
  )

  it('makes no mutants of what is neither parser nor storage', async () => {
    await expect(soakMutants(1, { files: 10, within: 'src/ui/' })).rejects.toThrow('nothing below src/ui/')
  })

  it('counts what was lost', () => {
    const table = createTable()
    for (const survived of [true, false, true]) table.count('a case', survived)
    table.count('another', false)
    expect(table.print('tests')).toBe(2)
  })
})
