// A zip of a pack's folder as an install's source. The zip is read in the parse worker, and each file streams out of it once: of
// what a system compressed nothing can be read from its middle.

import { FormatError } from '../core/formats/format-error.ts'
import { type PackSource, SourceFailure } from '../core/pack/install-source.ts'
import { MOST_MANIFEST_BYTES } from '../core/pack/manifest.ts'
import { findPackJson } from '../core/pack/zipped-pack.ts'
import { JobError } from '../protocol/errors.ts'
import type { SealedArchive } from './sealed-parser.ts'

export interface ZipSource extends PackSource {
  readManifest(): Promise<Uint8Array>
  /** Lets go of the file. Never rejects. */
  close(): Promise<void>
}

/**
 * Rejects with JobError('invalid-input') where it is no zip, or there is no pack.json at its top or in a folder there.
 * @param signal cancels; what is then asked for rejects with its reason
 */
export async function openZipSource(
  file: Blob,
  openArchive: (file: Blob) => Promise<SealedArchive>,
  signal: AbortSignal,
): Promise<ZipSource> {
  const archive = await openArchive(file).catch((error: unknown) => {
    throw error instanceof FormatError ? new JobError('invalid-input', error.message) : error
  })
  const { entries } = archive
  const manifest = findPackJson(entries.keys())
  if (manifest === null) {
    await archive.close()
    throw new JobError('invalid-input', 'there is no pack.json in that zip')
  }
  const folder = manifest.slice(0, -'pack.json'.length)
  return {
    async readManifest() {
      if ((entries.get(manifest) ?? 0) > MOST_MANIFEST_BYTES) {
        throw new SourceFailure(`pack.json: longer than ${MOST_MANIFEST_BYTES} bytes`, 'lasting')
      }
      return readable(() => archive.read(manifest))
    },
    async open(path, _start, _end, byteLength) {
      signal.throwIfAborted()
      const length = entries.get(folder + path)
      if (length === undefined) throw new SourceFailure(`${path}: not in that zip`, 'lasting')
      if (length !== byteLength) {
        throw new SourceFailure(`${path}: ${length} bytes, not the ${byteLength} that pack.json says`, 'lasting')
      }
      return { start: 0, end: byteLength, body: readPieces(archive, folder + path, signal) }
    },
    close: archive.close,
  }
}

async function* readPieces(
  archive: Pick<SealedArchive, 'pieces'>,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const pieces = archive.pieces(name)
  for (;;) {
    signal.throwIfAborted()
    const { done, value } = await readable(() => pieces.next())
    if (done) return
    yield value
  }
}

/** The same zip says the same however often it is asked. */
async function readable<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    throw error instanceof FormatError ? new SourceFailure(error.message, 'lasting') : error
  }
}
