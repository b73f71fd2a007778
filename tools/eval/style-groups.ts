// The pack's styles in the groups that the claim is measured on.

import type { PackManifest } from '../../src/core/pack/manifest.ts'

export const GROUPS = ['trained', 'held out', 'unknown to CLIP'] as const

/**
 * trained           the U-Net and the autoencoder saw its pictures
 * held out          they did not, but CLIP knows its name
 * unknown to CLIP   held out, and CLIP knows neither its pictures nor its name
 */
export type Group = (typeof GROUPS)[number]

export interface EvaluatedStyle {
  readonly id: string
  readonly name: string
  readonly group: Group
}

/**
 * A held-out style is unknown to CLIP where its name has a word that CLIP was not trained on. A CLIP of the open language (its
 * vocabulary is empty) knows all.
 */
export function groupStyles({ databases, clip }: Pick<PackManifest, 'databases' | 'clip'>): EvaluatedStyle[] {
  const known = new Set(clip?.vocabulary ?? [])
  const isKnown = (name: string) =>
    known.size === 0 || (name.toLowerCase().match(/[a-z][a-z-]*/g) ?? []).every((word) => known.has(word))
  return databases.map(({ id, name, heldOut }) => ({
    id,
    name,
    group: !heldOut ? 'trained' : isKnown(name) ? 'held out' : 'unknown to CLIP',
  }))
}
