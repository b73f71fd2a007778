// Two packs held against each other from the command line: the one that ships against itself, which leaves no difference.

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const compare = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tools/compare.ts', ...args], { cwd: ROOT, encoding: 'utf8' })

it('paints the same prompts with both, and says how far they differ and what the judge sees', {
  timeout: 120_000,
}, () => {
  const { stdout, stderr, status } = compare('public/packs/kindred-mini', '--pictures', '2')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(stdout).toContain('2 pictures by each, 2 of them equal')
  expect(stdout).toMatch(/^style: right in .+ of the exact and .+ of the coarse, the same in both in 100\.0 %/m)
})

it('says what is wrong with how it was called', { timeout: 120_000 }, () => {
  expect(compare('public/packs/kindred-mini', '--pictures', 'many').stderr.trim()).toBe(
    '--pictures many is no number above 0',
  )
  expect(compare().stderr).toMatch(/^usage: npm run compare/)
})
