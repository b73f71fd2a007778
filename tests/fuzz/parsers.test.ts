// A fast selection of what `npm run soak -- fuzz` does for hours: the same files, from a fixed seed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { TARGETS } from './targets.ts'

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
      await fc.assert(property, { seed: 62, numRuns: 250 })
      expect(read).toBeGreaterThan(0)
      expect(refused).toBeGreaterThan(0)
    },
  )
})
