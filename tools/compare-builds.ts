// Builds the page once more, beside the build that is in dist, and fails where any byte of the two differs.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { listFiles, sha256Of } from './shell-assets.ts'

const FIRST = resolve(import.meta.dirname, '..', 'dist')
const second = mkdtempSync(join(tmpdir(), 'kindred-build-'))

try {
  const { status } = spawnSync('vite', ['build', '--logLevel', 'error', '--outDir', second, '--emptyOutDir'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exitCode = 1
  else {
    const paths = new Set([...listFiles(FIRST), ...listFiles(second)])
    const differ = [...paths].filter((path) => digest(FIRST, path) !== digest(second, path))
    for (const path of differ) console.error(`${path}: two builds of the same source differ`)
    if (differ.length > 0) process.exitCode = 1
    else console.log(`${paths.size} files are the same in both builds`)
  }
} finally {
  rmSync(second, { recursive: true, force: true })
}

/** Null where the build has no such file. */
function digest(folder: string, path: string): string | null {
  try {
    return sha256Of(readFileSync(join(folder, path)))
  } catch {
    return null
  }
}
