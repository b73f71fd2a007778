// Writes a file that is there whole or not at all.

import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Lets `fill` write a file beside `path`, under a name of its own that ends in .part, and puts it in its place once it is whole.
 * The folder is made where it is missing. It is opened before `fill` begins: what cannot be written is known then.
 * Throws as node:fs does, and what `fill` throws.
 */
export async function writeWhole(
  path: string,
  fill: (write: (piece: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const draft = `${path}.part`
  await mkdir(dirname(resolve(path)), { recursive: true })
  const file = await open(draft, 'w')
  try {
    await fill((piece) => file.writeFile(piece))
    await file.close()
    await rename(draft, path)
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(draft, { force: true })
    throw error
  }
}
