// A pack's files in memory as an install's source, which counts what it gives.

import type { PackSource } from '../../../src/core/pack/install-source.ts'

export interface MemorySource extends PackSource {
  /** Bytes given so far. */
  given: number
}

const STEP = 1 << 20

export function memorySource(files: ReadonlyMap<string, Uint8Array>): MemorySource {
  const source: MemorySource = {
    given: 0,
    open: async (path, start, end) => {
      const bytes = files.get(path)
      if (bytes === undefined) throw new Error(`there is no ${path}`)
      return { start, end, body: body(bytes.subarray(start, end)) }
    },
  }
  async function* body(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.byteLength; at += STEP) {
      const part = bytes.slice(at, at + STEP)
      source.given += part.byteLength
      yield part
    }
  }
  return source
}
