// Names a build by what it is made from, so that two builds of the same sources have the same name.

import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { listFiles } from './shell-assets.ts'

/** All that a build's bytes depend on. */
const SOURCES = [
  'docs/eval',
  'index.html',
  'package-lock.json',
  'public',
  'src',
  'tools/build-id.ts',
  'tools/content-types.ts',
  'tools/headers.ts',
  'tools/service-worker-file.ts',
  'tools/shell-assets.ts',
  'tools/vite-gzip-wasm.ts',
  'tools/vite-offline.ts',
  'tools/vite-report.ts',
  'vite.config.ts',
  'workers',
]

/** The first 16 hex digits of a SHA-256 over all sources' paths and bytes. @param sources files and folders below `root` */
export function computeBuildId(root: string, sources: readonly string[] = SOURCES): string {
  const hash = createHash('sha256')
  for (const source of sources) {
    const full = join(root, source)
    const files = statSync(full).isDirectory() ? listFiles(full).map((path) => `${source}/${path}`) : [source]
    for (const path of files) {
      const bytes = readFileSync(join(root, path))
      hash.update(`${path}\0${bytes.byteLength}\0`).update(bytes)
    }
  }
  return hash.digest('hex').slice(0, 16)
}
