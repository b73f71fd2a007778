// Writes down the SHA-256 of every file of a build, as `sha256sum --check SHA256SUMS` reads it: who serves it can be held to it.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listFiles, sha256Of } from './shell-assets.ts'

export const CHECKSUMS = 'SHA256SUMS'

/** @param folder of a build that is whole */
export function writeChecksums(folder: string): void {
  const lines = listFiles(folder)
    .filter((path) => path !== CHECKSUMS)
    .map((path) => `${sha256Of(readFileSync(join(folder, path)))}  ${path}\n`)
  writeFileSync(join(folder, CHECKSUMS), lines.join(''))
}
