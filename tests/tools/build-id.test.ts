// A build is called by its sources: the same ones the same, any others otherwise.

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { computeBuildId } from '../../tools/build-id.ts'

it('changes with a byte, a name or an added file, and goes back with them', () => {
  const root = mkdtempSync(join(tmpdir(), 'kindred-sources-'))
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'page.html'), 'page')
  writeFileSync(join(root, 'src/a.ts'), 'a')
  const id = () => computeBuildId(root, ['page.html', 'src'])
  const first = id()
  expect(first).toMatch(/^[0-9a-f]{16}$/)
  const seen = new Set([first])
  writeFileSync(join(root, 'src/a.ts'), 'b')
  seen.add(id())
  renameSync(join(root, 'src/a.ts'), join(root, 'src/b.ts'))
  seen.add(id())
  writeFileSync(join(root, 'src/c.ts'), '')
  seen.add(id())
  expect(seen.size).toBe(4)
  rmSync(join(root, 'src'), { recursive: true })
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'src/a.ts'), 'a')
  expect(id()).toBe(first)
  rmSync(root, { recursive: true })
})
