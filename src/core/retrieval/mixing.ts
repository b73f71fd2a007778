// Several style databases searched as one: each gives its share of the neighbours, and a person's own choices come first.

import { scaleToUnit } from '../diffusion/conditioning.ts'
import type { Neighbour, NeighbourIndex, SearchOptions } from '../diffusion/model-parts.ts'
import type { PictureReference } from '../diffusion/recipe.ts'
import type { NamedIndex } from './flat-index.ts'
import { multiplyExactly } from './search-rows.ts'
import { turnToward } from './toward.ts'

export interface MixedDatabase {
  readonly id: string
  readonly index: NamedIndex
  /** 0 or more; only the proportions count. One of weight 0 gives its pins alone. */
  readonly weight: number
}

/** A picture that a person brought. Where a database has a row of its id, which is made of the file's bytes, that is the same picture. */
export interface AddedPicture {
  readonly id: string
  readonly embedding: Float32Array
}

export interface Mixture {
  readonly databases: readonly MixedDatabase[]
  /** Always among the neighbours, unless banned. */
  readonly pins?: readonly PictureReference[]
  /** Never among them. Those that are in no database are passed over. */
  readonly bans?: readonly PictureReference[]
  /** Always among them. */
  readonly added?: readonly AddedPicture[]
  /** What to look for instead of the prompt: the embedding of a picture, of any length. */
  readonly query?: Float32Array
  /** Where to turn what is looked for, and how far: see `turnToward`. */
  readonly toward?: { readonly direction: Float32Array; readonly share: number }
}

/**
 * The databases as one index, whose rows are theirs one after the other, and then the added pictures.
 *
 * Of k neighbours the first are the added pictures and then the pins, in the order given, as far as k goes. The rest is shared out
 * by weight (see `shareOut`), and each database fills its share with the nearest rows that are neither pinned nor banned. An added
 * picture that is also a row counts once, as the added one. All are returned best first, ties by row, as from any index; `origin`
 * says where each lies, and is absent for an added picture.
 *
 * @throws RangeError for no database or two of one id, a weight that is negative or not finite, embeddings that differ in size or
 *   have no direction, and a pin that is in no database
 */
export function createMixedIndex(mixture: Mixture): NeighbourIndex {
  const dim = checkMixture(mixture)
  const members = placeDatabases(mixture.databases)
  const rowsOfDatabases = members.reduce((sum, { index }) => sum + index.rows, 0)
  const added = (mixture.added ?? []).map(({ id, embedding }, i): ChosenRow => {
    const direction = scaleToUnit(embedding, `mixture: picture ${JSON.stringify(id)}`)
    return { neighbour: { row: rowsOfDatabases + i, id }, direction }
  })
  const sameAsAdded = added.flatMap(({ neighbour: { id } }) =>
    members.map(({ id: databaseId }) => ({ databaseId, id })),
  )
  const leftOut = new Set(
    [...(mixture.bans ?? []), ...sameAsAdded].flatMap((picture) => findPicture(members, picture)?.row ?? []),
  )
  const pins = (mixture.pins ?? []).map((pin) => {
    const neighbour = findPicture(members, pin)
    if (neighbour === null) {
      throw new RangeError(`mixture: no picture ${JSON.stringify(pin.id)} in ${JSON.stringify(pin.databaseId)}`)
    }
    return neighbour
  })
  const pinned = new Map(pins.filter(({ row }) => !leftOut.has(row)).map((pin) => [pin.row, pin]))
  let reading: Promise<readonly ChosenRow[]> | null = null
  const spokenFor = new Set([...leftOut, ...pinned.keys()])
  const spokenForIn = members.map(
    ({ start, index }) => [...spokenFor].filter((row) => row >= start && row < start + index.rows).length,
  )

  /** The added pictures and the pins, read once. */
  function readChosen(): Promise<readonly ChosenRow[]> {
    const readPin = async (neighbour: ChosenRow['neighbour']) => {
      return { neighbour, direction: await embedding(neighbour.row) }
    }
    reading ??= Promise.all([...added, ...Array.from(pinned.values(), readPin)])
    return reading
  }

  async function embedding(row: number): Promise<Float32Array> {
    const own = added[row - rowsOfDatabases]
    const member = members.find(({ start, index }) => row >= start && row < start + index.rows)
    if (own !== undefined) {
      return own.direction.slice()
    }
    if (member === undefined) {
      throw new RangeError(`mixture: no row ${row} among ${rowsOfDatabases + added.length}`)
    }
    return member.index.embedding(row - member.start)
  }

  return {
    dim,
    rows: rowsOfDatabases + added.length,
    embedding,
    search: async (prompt, k, options) => {
      const asked = mixture.query ?? prompt
      if (asked.length !== dim) {
        throw new RangeError(`mixture: the query has ${asked.length} numbers, the rows have ${dim}`)
      }
      const { toward } = mixture
      const query = toward === undefined ? asked : turnToward(asked, toward.direction, toward.share)
      const direction = scaleToUnit(query, 'mixture: the query')
      const found = (await readChosen()).slice(0, k).map((row): Neighbour => {
        return { ...row.neighbour, score: multiplyExactly(row.direction, direction) }
      })
      const shares = shareOut(
        k - found.length,
        members.map(({ weight }) => weight),
        members.map(({ index }, i) => index.rows - (spokenForIn[i] ?? 0)),
      )
      for (const [i, member] of members.entries()) {
        const share = shares[i] ?? 0
        if (share > 0) {
          const nearest = await searchMember(member, query, share + (spokenForIn[i] ?? 0), options)
          found.push(...nearest.filter(({ row }) => !spokenFor.has(row)).slice(0, share))
        }
      }
      return found.sort((a, b) => b.score - a.score || a.row - b.row)
    },
  }
}

/**
 * Shares out places by weight, by the method of the largest remainder: everyone gets the whole part of the exact share, and
 * the places left go to the largest fractions, the earlier first where they are equal. What someone has no room for is shared
 * out in the same way among the others of weight above 0.
 *
 * @param room how many places each can take at most
 * @returns places of each, `places` in all or as many as there is room for
 */
export function shareOut(places: number, weights: readonly number[], room: readonly number[]): number[] {
  const shares = weights.map(() => 0)
  const roomLeft = (i: number) => (room[i] ?? 0) - (shares[i] ?? 0)
  for (let left = places; left > 0; ) {
    const open = [...weights.keys()].filter((i) => (weights[i] ?? 0) > 0 && roomLeft(i) > 0)
    const sum = open.reduce((total, i) => total + (weights[i] ?? 0), 0)
    if (open.length === 0) {
      break
    }
    const exact = open.map((i) => ({ i, share: (left * (weights[i] ?? 0)) / sum }))
    const whole = exact.reduce((total, { share }) => total + Math.floor(share), 0)
    const byFraction = exact.toSorted((a, b) => (b.share % 1) - (a.share % 1) || a.i - b.i)
    const extra = new Set(byFraction.slice(0, left - whole).map(({ i }) => i))
    for (const { i, share } of exact) {
      const given = Math.min(Math.floor(share) + (extra.has(i) ? 1 : 0), roomLeft(i))
      shares[i] = (shares[i] ?? 0) + given
      left -= given
    }
  }
  return shares
}

/** A database and the mixture's row that is its first. */
interface Member extends MixedDatabase {
  readonly start: number
}

interface ChosenRow {
  readonly neighbour: Omit<Neighbour, 'score'>
  /** Unit length. */
  readonly direction: Float32Array
}

function placeDatabases(databases: readonly MixedDatabase[]): Member[] {
  let start = 0
  return databases.map(({ id, index, weight }) => {
    const member = { id, index, weight, start }
    start += index.rows
    return member
  })
}

function findPicture(
  members: readonly Member[],
  { databaseId, id }: PictureReference,
): Omit<Neighbour, 'score'> | null {
  const member = members.find((candidate) => candidate.id === databaseId)
  const row = member?.index.rowOf(id) ?? null
  return member === undefined || row === null ? null : { row: member.start + row, id, origin: { databaseId, row } }
}

async function searchMember(
  { id: databaseId, index, start }: Member,
  query: Float32Array,
  k: number,
  options: SearchOptions | undefined,
): Promise<Neighbour[]> {
  const found = await index.search(query, k, options)
  return found.map(({ row, id, score }) => ({ row: start + row, id, score, origin: { databaseId, row } }))
}

/** Throws RangeError for what no mixture can be made of; returns the size of its embeddings. */
function checkMixture({ databases, added = [], query, toward }: Mixture): number {
  const [first] = databases
  if (first === undefined) {
    throw new RangeError('mixture: there is no database')
  }
  const { dim } = first.index
  const ids = new Set<string>()
  for (const { id, index, weight } of databases) {
    if (ids.has(id)) throw new RangeError(`mixture: two databases are ${JSON.stringify(id)}`)
    ids.add(id)
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`mixture: ${JSON.stringify(id)} weighs ${weight}`)
    }
    if (index.dim !== dim) {
      throw new RangeError(`mixture: ${JSON.stringify(id)} has rows of ${index.dim} numbers, not ${dim}`)
    }
  }
  const queries = [...(query ? [query] : []), ...(toward ? [toward.direction] : [])]
  for (const vector of [...added.map(({ embedding }) => embedding), ...queries]) {
    if (vector.length !== dim) {
      throw new RangeError(`mixture: a picture has ${vector.length} numbers, the rows have ${dim}`)
    }
    scaleToUnit(vector, 'mixture: a picture')
  }
  return dim
}
