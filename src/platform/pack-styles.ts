// A pack's styles, by name and by a picture each, from its own small files: long before the pack is open.

import { readCovers } from '../core/pack/covers.ts'
import type { PackFiles } from '../core/pack/inference.ts'
import { readVerified } from '../core/pack/integrity.ts'
import type { PackManifest } from '../core/pack/manifest.ts'
import type { StylesParser } from '../core/pack/pack-parser.ts'
import type { StyleSummary } from '../protocol/jobs.ts'
import { sha256 } from './sha256.ts'

export interface PackStyles {
  readonly styles: readonly StyleSummary[]
  /** Covers by style id; null where the pack has none. Rejects as `readPackStyles` does. */
  readCovers(): Promise<ReadonlyMap<string, Blob> | null>
}

/** Rejects with what `files` rejects with, and with FormatError where a file is damaged. */
export async function readPackStyles(files: Pick<PackFiles<StylesParser>, 'read' | 'parser'>): Promise<PackStyles> {
  const { parser } = files
  const manifest = await parser.parseManifest(await files.read('pack.json'))
  return {
    styles: summariseStyles(manifest),
    async readCovers() {
      const read = (path: string) => readVerified(files, manifest, path, sha256)
      const covers = await readCovers({ manifest, read, parser })
      const toBlob = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/webp' })
      return covers && new Map(Array.from(covers, ([id, bytes]) => [id, toBlob(bytes)] as const))
    },
  }
}

export function summariseStyles({ databases }: Pick<PackManifest, 'databases'>): readonly StyleSummary[] {
  return databases.map(({ id, name, rows, heldOut }) => ({ id, name, rows, heldOut }))
}
