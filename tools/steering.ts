// Where the command line steers the search, as the page does: pictures pinned, left out, added or looked for, the star drawn
// to some of them, styles mixed in.

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type GivenPicture, MOST_GIVEN, readEmbedding, writeEmbedding } from '../src/core/diffusion/given-picture.ts'
import type { ImageEncoder, NeighbourIndex } from '../src/core/diffusion/model-parts.ts'
import { type MixedStyle, MOST_TOWARD, type Steering, type Toward } from '../src/core/diffusion/recipe.ts'
import type { OpenPack } from '../src/core/pack/open-pack.ts'
import type { NamedIndex } from '../src/core/retrieval/flat-index.ts'
import { createMixedIndex, type MixedDatabase, type Mixture } from '../src/core/retrieval/mixing.ts'
import { HALF_WAY, meanDirection } from '../src/core/retrieval/toward.ts'
import { UsageError } from './arguments.ts'
import { createImageEncoder } from './clip-node.ts'
import { sha256 } from './pack-folder.ts'
import { openIndex } from './pack-parts.ts'
import { readRgb } from './read-rgb.ts'

export const STEERING_OPTIONS = {
  pin: { type: 'string', multiple: true },
  'leave-out': { type: 'string', multiple: true },
  'mix-in': { type: 'string', multiple: true },
  add: { type: 'string', multiple: true },
  'look-for': { type: 'string' },
  toward: { type: 'string', multiple: true },
  'toward-share': { type: 'string' },
} as const

export const STEERING_USAGE = `  --pin ID             this picture of the style is always among the neighbours
  --leave-out ID       and this one never
  --mix-in STYLE=W     shares the neighbours out with another style; the chosen one weighs 1, and W is 1 where it is not given
  --add FILE           a picture of your own is always among the neighbours
  --look-for FILE      looks for this picture in place of the prompt, which is painted all the same
  --toward ID[=W]      looks between the words and this picture of the style, as where the star is drawn to it
  --toward-share S     how far from the words, above 0 and at most 1; ${HALF_WAY} is about half way, and so where it is not given
                       (all but --look-for and the share may be given more than once)`

export interface SteeringFlags {
  readonly pin?: readonly string[] | undefined
  readonly 'leave-out'?: readonly string[] | undefined
  readonly 'mix-in'?: readonly string[] | undefined
  readonly add?: readonly string[] | undefined
  readonly 'look-for'?: string | undefined
  readonly toward?: readonly string[] | undefined
  readonly 'toward-share'?: string | undefined
}

/** What the flags say, without a look into any file. */
export interface AskedSteering {
  readonly pins: readonly string[]
  readonly bans: readonly string[]
  readonly mix: readonly MixedStyle[]
  /** Paths. */
  readonly added: readonly string[]
  readonly query: string | null
  readonly toward: Toward | null
}

/**
 * Null where nothing is steered. Throws UsageError for a weight or share that is none, a style or picture twice, a share without
 * pictures to draw the search to, and more pictures than k can be.
 */
export function readSteering(flags: SteeringFlags, style: string | undefined): AskedSteering | null {
  const mix = (flags['mix-in'] ?? []).map(readMixed)
  const names = [style, ...mix.map(({ databaseId }) => databaseId)]
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`--mix-in ${twice} is in the mixture already`)
  const added = flags.add ?? []
  if (added.length > MOST_GIVEN) throw new UsageError(`--add: ${added.length} pictures, and ${MOST_GIVEN} are the most`)
  const asked = {
    pins: [...new Set(flags.pin)],
    bans: [...new Set(flags['leave-out'])],
    ...{ mix, added, query: flags['look-for'] ?? null, toward: readToward(flags) },
  }
  const isSteered = [asked.pins, asked.bans, mix, added].some(({ length }) => length > 0)
  return isSteered || asked.query !== null || asked.toward !== null ? asked : null
}

function readMixed(text: string): MixedStyle {
  const { name, weight } = readWeighted('--mix-in', text)
  return { databaseId: name, weight }
}

function readWeighted(flag: string, text: string): { readonly name: string; readonly weight: number } {
  const [, name = '', given = '1'] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
  const weight = Number(given)
  if (given.trim() === '' || !(weight > 0 && weight < Number.POSITIVE_INFINITY)) {
    throw new UsageError(`${flag} ${text}: ${given} is no weight above 0`)
  }
  return { name, weight }
}

/** The weights come to add up to 1, as the page's. */
function readToward({ toward = [], 'toward-share': given }: SteeringFlags): Toward | null {
  if (toward.length === 0 && given === undefined) return null
  if (toward.length === 0) throw new UsageError('--toward-share says how far, and no --toward says where to')
  if (toward.length > MOST_TOWARD) {
    throw new UsageError(`--toward: ${toward.length} pictures, and ${MOST_TOWARD} are the most`)
  }
  const share = given === undefined ? HALF_WAY : Number(given)
  if (given?.trim() === '' || !(share > 0 && share <= 1)) {
    throw new UsageError(`--toward-share ${given} is no share above 0 and at most 1`)
  }
  const pictures = toward.map((text) => readWeighted('--toward', text))
  const twice = pictures.find(({ name }, i) => pictures.findIndex((other) => other.name === name) !== i)
  if (twice !== undefined) throw new UsageError(`--toward ${twice.name} is given twice`)
  const sum = pictures.reduce((total, { weight }) => total + weight, 0)
  return { share, pictures: pictures.map(({ name, weight }) => ({ id: name, weight: weight / sum })) }
}

export interface SteeredIndex {
  readonly index: NeighbourIndex
  /** As a recipe keeps it. */
  readonly steering: Steering
}

/**
 * The chosen style's index, steered. Throws UsageError for a style or a picture of it that is not there, and for a file that is no
 * picture.
 */
export async function steerIndex(
  pack: OpenPack,
  packDir: string,
  style: string | undefined,
  asked: AskedSteering,
): Promise<SteeredIndex> {
  const chosen = await openIndex(pack, style)
  const databaseId = style ?? ''
  requireRows(chosen, databaseId, '--pin', asked.pins)
  requireRows(chosen, databaseId, '--leave-out', asked.bans)
  requireRows(chosen, databaseId, '--toward', asked.toward?.pictures.map(({ id }) => id) ?? [])
  const databases: MixedDatabase[] = [{ id: databaseId, index: chosen, weight: 1 }]
  for (const { databaseId: id, weight } of asked.mix) databases.push({ id, index: await openIndex(pack, id), weight })
  const read = await createPictureReader(pack, packDir, asked)
  const added = await Promise.all(asked.added.map(read))
  const query = asked.query === null ? undefined : await read(asked.query)
  const inStyle = (id: string) => ({ databaseId, id })
  const embeddingOf = (picture: GivenPicture) => readEmbedding(picture, chosen.dim)
  const index = createMixedIndex({
    databases,
    pins: asked.pins.map(inStyle),
    bans: asked.bans.map(inStyle),
    added: added.map((picture) => ({ id: picture.id, embedding: embeddingOf(picture) })),
    ...(query === undefined ? {} : { query: embeddingOf(query) }),
    ...(asked.toward === null ? {} : { toward: await turnOf(asked.toward, chosen) }),
  })
  const { pins, bans, mix, toward } = asked
  const given = { ...(added.length === 0 ? {} : { added }), ...(query === undefined ? {} : { query }) }
  return { index, steering: { pins, bans, mix, ...given, ...(toward === null ? {} : { toward }) } }
}

async function turnOf({ share, pictures }: Toward, index: NamedIndex): Promise<NonNullable<Mixture['toward']>> {
  const direction = await meanDirection(index, pictures)
  if (direction === null) throw new UsageError('--toward: these pictures cancel each other out')
  return { direction, share }
}

function requireRows(index: NamedIndex, style: string, flag: string, ids: readonly string[]): void {
  const missing = ids.find((id) => index.rowOf(id) === null)
  if (missing !== undefined) throw new UsageError(`${flag} ${missing}: ${style} has no picture of that name`)
}

/** Loads the vision tower only where there is a picture to be seen. */
async function createPictureReader(
  pack: OpenPack,
  packDir: string,
  { added, query }: AskedSteering,
): Promise<(path: string) => Promise<GivenPicture>> {
  const encoder: ImageEncoder | null =
    added.length > 0 || query !== null ? await createImageEncoder(packDir, pack.manifest) : null
  return async (path) => {
    const [embedding] = (await encoder?.encodeImages([await readRgb(path)])) ?? []
    if (embedding === undefined) throw new UsageError(`${path}: CLIP sees nothing in it`)
    return {
      id: (await sha256(new Uint8Array(await readFile(path)))).slice(0, ID_DIGITS),
      name: basename(path),
      clipId: pack.manifest.clip?.id ?? '',
      embedding: writeEmbedding(embedding),
    }
  }
}

/** Of a picture's SHA-256, what names it, as on the page. */
const ID_DIGITS = 16
