// The list of checksums of a build: of every file but itself, in the form that sha256sum reads.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CHECKSUMS, writeChecksums } from '../../tools/checksums.ts'

it('names each file of a build with its SHA-256, and is the same when it is written again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kindred-checksums-'))
  try {
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '')
    writeFileSync(join(folder, 'assets/a.js'), 'abc')
    writeChecksums(folder)
    const written = readFileSync(join(folder, CHECKSUMS), 'utf8')
    expect(written).toBe(
      [
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  assets/a.js\n',
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  index.html\n',
      ].join(''),
    )
    writeChecksums(folder)
    expect(readFileSync(join(folder, CHECKSUMS), 'utf8')).toBe(written)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
