// A pack's styles by name, from its pack.json alone: long before the pack is open.

import type { PackFiles } from '../core/pack/inference.ts'
import { type PackManifest, parsePackManifest } from '../core/pack/manifest.ts'
import type { StyleSummary } from '../protocol/jobs.ts'

/** Rejects with what `files` rejects with, and with FormatError where pack.json is damaged. */
export async function readPackStyles(files: Pick<PackFiles, 'read'>): Promise<readonly StyleSummary[]> {
  return summariseStyles(parsePackManifest(new TextDecoder().decode(await files.read('pack.json'))))
}

export function summariseStyles({ databases }: Pick<PackManifest, 'databases'>): readonly StyleSummary[] {
  return databases.map(({ id, name, rows, heldOut }) => ({ id, name, rows, heldOut }))
}
