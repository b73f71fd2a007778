// `npm run coverage`: runs the tests of the parsers and of storage, and fails where they leave out lines of either.

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { findParsersAndStorage, findTheirTests } from './parsers-and-storage.ts'

const ROOT = resolve(import.meta.dirname, '..')
/** Of 100. Of the branches, nothing runs those that the types ask for where no index is out of bounds: most of those left. */
const LEAST = { lines: 100, branches: 92 }

const { status } = spawnSync(
  'vitest',
  [
    'run',
    ...findTheirTests(ROOT),
    '--reporter=dot',
    '--coverage.enabled',
    '--coverage.provider=v8',
    ...findParsersAndStorage(ROOT).map((file) => `--coverage.include=${file}`),
    '--coverage.reporter=text',
    '--coverage.reporter=lcovonly',
    '--coverage.reportsDirectory=work/coverage',
    ...Object.entries(LEAST).map(([what, percent]) => `--coverage.thresholds.${what}=${percent}`),
  ],
  { stdio: 'inherit', shell: process.platform === 'win32' },
)
process.exit(status ?? 1)
