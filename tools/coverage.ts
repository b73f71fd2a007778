// `npm run coverage`: runs the tests of the parsers and of storage, and fails where they leave out lines of either.

import { spawnSync } from 'node:child_process'

const TESTS = [
  'tests/core/formats',
  'tests/core/storage',
  'tests/core/image/read-picture.test.ts',
  'tests/core/library/import-embeddings.test.ts',
  'tests/core/pack/install.test.ts',
  'tests/platform/record-disk.test.ts',
]
const COVERED = ['src/core/formats/**', 'src/core/storage/**', 'src/platform/record-disk.ts']
/** Of 100. Of the branches, nothing runs those that the types ask for where no index is out of bounds. */
const LEAST = { lines: 99, branches: 87 }

const { status } = spawnSync(
  'vitest',
  [
    'run',
    ...TESTS,
    '--reporter=dot',
    '--coverage.enabled',
    '--coverage.provider=v8',
    ...COVERED.map((files) => `--coverage.include=${files}`),
    '--coverage.reporter=text',
    '--coverage.reporter=lcovonly',
    '--coverage.reportsDirectory=work/coverage',
    ...Object.entries(LEAST).map(([what, percent]) => `--coverage.thresholds.${what}=${percent}`),
  ],
  { stdio: 'inherit', shell: process.platform === 'win32' },
)
process.exit(status ?? 1)
