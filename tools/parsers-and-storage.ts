// Which files are parsers or the core of storage, and which tests are theirs: of these two, coverage and mutants tell.

import { join } from 'node:path'
import { listFiles } from './shell-assets.ts'

/** How the paths of their tests begin. */
const TESTS = [
  'tests/core/formats/',
  'tests/core/storage/',
  'tests/core/library/',
  'tests/core/image/read-picture.test.ts',
  'tests/core/onnx/check-graph.test.ts',
  'tests/core/pack/clip-files.test.ts',
  'tests/core/pack/hostile-manifest.test.ts',
  'tests/core/pack/install',
  'tests/core/pack/open-pack.test.ts',
  'tests/core/retrieval/style-database.test.ts',
  'tests/platform/backup.test.ts',
  'tests/platform/file-disk.test.ts',
  'tests/platform/pack-download.test.ts',
  'tests/platform/record-disk.test.ts',
]

/** How their own paths begin. */
const PLACES = [
  'src/core/formats/',
  'src/core/storage/',
  'src/core/library/',
  'src/core/image/read-picture.ts',
  'src/core/image/whole-picture.ts',
  'src/core/onnx/check-graph.ts',
  'src/core/onnx/wire-fields.ts',
  'src/core/pack/clip-files.ts',
  'src/core/pack/install',
  'src/core/pack/integrity.ts',
  'src/core/pack/manifest.ts',
  'src/core/retrieval/style-database.ts',
  'src/platform/file-disk.ts',
  'src/platform/record-disk.ts',
]

/** Paths below `root`, the repository's folder, in order. */
export function findParsersAndStorage(root: string): readonly string[] {
  return findFiles(root, 'src', PLACES)
}

/** Paths of the files of their tests, likewise. */
export function findTheirTests(root: string): readonly string[] {
  return findFiles(root, 'tests', TESTS).filter((path) => path.endsWith('.test.ts'))
}

function findFiles(root: string, folder: string, places: readonly string[]): readonly string[] {
  return listFiles(join(root, folder))
    .map((path) => `${folder}/${path}`)
    .filter((path) => places.some((place) => path.startsWith(place)))
}
