// A ByteSource over a file on disk, of any size.

import { open, stat } from 'node:fs/promises'
import type { ByteSource } from '../src/core/formats/byte-source.ts'

/** Opens a file for reading; `close` it when done. Throws as node:fs does where there is none. */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path)
  const { size } = await file.stat()
  return {
    byteLength: size,
    slice: async (start, end) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
      let filled = 0
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
        if (bytesRead === 0) throw new Error(`${path}: became shorter while it was read`)
        filled += bytesRead
      }
      return bytes
    },
    close: () => file.close(),
  }
}

/** The same, opened anew for each slice: for files of which there may be too many to keep open. */
export async function openBriefly(path: string): Promise<ByteSource> {
  const { size } = await stat(path)
  return {
    byteLength: size,
    slice: async (start, end) => {
      const source = await openFileSource(path)
      try {
        return await source.slice(start, end)
      } finally {
        await source.close()
      }
    },
  }
}
