// A fast selection of what `npm run soak -- fuzz` does for hours: the same files, from a fixed seed.

import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { foundFolder, readFound, TARGETS } from './targets.ts'

describe('a parser of untrusted bytes', () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    'fails with FormatError only: %s',
    async (_, target) => {
      let [read, refused] = [0, 0]
      const property = fc.asyncProperty(target.files, async (bytes) => {
        try {
          await target.read(bytes)
          read++
        } catch (error) {
          if (!(error instanceof FormatError)) throw error
          refused++
        }
      })
      const found = readFound(foundFolder(target.name))
      await fc.assert(property, { seed: 62, numRuns: found.length + 250, examples: found.map((bytes) => [bytes]) })
      expect(read).toBeGreaterThan(0)
      expect(refused).toBeGreaterThan(0)
    },
  )

  it('is given again what once broke it: each file of its folder, and of no other', () => {
    const fixtures = new URL('../fixtures/', import.meta.url)
    const snappy = readFileSync(new URL('embeddings/snappy.parquet', fixtures))
    expect(readFound(new URL('embeddings/', fixtures))).toContainEqual(new Uint8Array(snappy))
    expect(readFound(new URL('nowhere/', fixtures))).toEqual([])
    const folders = TARGETS.map(({ name }) => foundFolder(name).pathname)
    const there = readdirSync(new URL('found/', fixtures), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    )
    for (const { name } of there) expect(folders).toContain(new URL(`found/${name}/`, fixtures).pathname)
  })
})
