// A pack in a folder that a person dropped or picked, as an install's source.

import { type PackSource, SourceFailure } from '../core/pack/install-source.ts'
import { MOST_MANIFEST_BYTES } from '../core/pack/manifest.ts'
import { JobError } from '../protocol/errors.ts'
import type { FileEntry } from '../protocol/library-jobs.ts'

/**
 * The pack whose pack.json lies least deep; other files are not looked at. Throws JobError('invalid-input') where there is none.
 * @param signal cancels; what is then asked for rejects with its reason
 */
export function createFolderSource(
  entries: readonly FileEntry[],
  signal: AbortSignal,
): PackSource & { readonly name: string; readManifest(): Promise<Uint8Array> } {
  const depthOf = ({ path }: FileEntry) => path.split('/').length
  const [manifest] = entries
    .filter(({ path }) => path === 'pack.json' || path.endsWith('/pack.json'))
    .sort((a, b) => depthOf(a) - depthOf(b))
  if (manifest === undefined) throw new JobError('invalid-input', 'there is no pack.json in that folder')
  const folder = manifest.path.slice(0, -'pack.json'.length)
  const byPath = new Map(entries.map((entry) => [entry.path, entry.file]))

  async function find(path: string): Promise<File> {
    signal.throwIfAborted()
    const found = byPath.get(folder + path) ?? null
    if (found === null) throw new SourceFailure(`${path}: not in that folder`, 'lasting')
    return readable(path, async () => ('getFile' in found ? found.getFile() : found))
  }

  return {
    name: folder.split('/').at(-2) ?? '',
    readManifest: async () => {
      const file = await find('pack.json')
      if (file.size > MOST_MANIFEST_BYTES) {
        throw new SourceFailure(`pack.json: longer than ${MOST_MANIFEST_BYTES} bytes`, 'lasting')
      }
      return new Uint8Array(await readable('pack.json', () => file.arrayBuffer()))
    },
    open: async (path, start, end, byteLength) => {
      const file = await find(path)
      if (file.size !== byteLength) {
        throw new SourceFailure(`${path}: ${file.size} bytes, not the ${byteLength} that pack.json says`, 'lasting')
      }
      return { start, end, body: readSlice(path, file.slice(start, end), signal) }
    },
  }
}

const STEP = 1024 * 1024

async function* readSlice(path: string, slice: Blob, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < slice.size; at += STEP) {
    signal.throwIfAborted()
    yield new Uint8Array(await readable(path, () => slice.slice(at, at + STEP).arrayBuffer()))
  }
}

async function readable<T>(path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    throw new SourceFailure(`${path}: ${error instanceof Error ? error.message : error}`, 'lasting')
  }
}
