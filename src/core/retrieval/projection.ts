// A style database as a flat map: its embeddings seen along the two directions in which they differ most.

import type { Neighbour } from '../diffusion/model-parts.ts'
import type { NamedIndex } from './flat-index.ts'

/** Rows that the directions are found from; more would not turn them. */
const SAMPLE_ROWS = 2048
/** Rounds of the subspace iteration: far past where two directions of real embeddings stand still. */
const ROUNDS = 24
/** Rows placed between two moments at which the caller is heard. */
const ROWS_A_TURN = 4096
/** And rows of the sample that are read between two such moments. */
const SAMPLES_A_TURN = 256
/** Share of rows that must lie within the map's square; stragglers lie outside it. */
const WITHIN = 0.995
/** Neighbours that the prompt's place is read from where fewer are asked for. */
export const PLACING_NEIGHBOURS = 5

interface Plane {
  readonly mean: Float64Array
  readonly axes: readonly [Float64Array, Float64Array]
}

/**
 * Places every row on the map: principal components (Pearson 1901) of an even sample of the rows, each axis then opened up
 * where rows lie densest, so that pictures do not pile up. The same rows give the same map.
 *
 * @param read a row's embedding, [dim]; may return the same array each time
 * @returns [rows, 2], x and y, -1..1 for all but a few stragglers; yields how many rows are placed, so that others get a turn
 */
export function* mapRows(
  rows: number,
  dim: number,
  read: (row: number) => Float32Array,
): Generator<number, Float32Array, void> {
  const points = new Float32Array(rows * 2)
  if (rows === 0) return points
  const sample = new Float32Array(sampledRows(rows).length * dim)
  for (const [at, row] of sampledRows(rows).entries()) sample.set(read(row), at * dim)
  const plane = yield* findPlane(sample, dim)
  for (let row = 0; row < rows; row++) {
    placeRow(points, row, read(row), 0, plane)
    if ((row + 1) % ROWS_A_TURN === 0) yield row + 1
  }
  return spread(points)
}

/** The same map of an index's rows, of which memory need not hold more than some at a time. Rejects as the index's calls do. */
export async function* mapIndex({
  rows,
  dim,
  embedding,
  walk,
}: Pick<NamedIndex, 'rows' | 'dim' | 'embedding' | 'walk'>): AsyncGenerator<number, Float32Array, void> {
  const points = new Float32Array(rows * 2)
  if (rows === 0) return points
  const sample = new Float32Array(sampledRows(rows).length * dim)
  for (const [at, row] of sampledRows(rows).entries()) {
    sample.set(await embedding(row), at * dim)
    if ((at + 1) % SAMPLES_A_TURN === 0) yield 0
  }
  const plane = yield* findPlane(sample, dim)
  let [row, told] = [0, 0]
  for await (const values of walk()) {
    for (let start = 0; start < values.length; start += dim) placeRow(points, row++, values, start, plane)
    if (row - told < ROWS_A_TURN) continue
    told = row
    yield row
  }
  return spread(points)
}

/**
 * Where the query stands among its neighbours: their places, weighted by how much nearer each is than the last of them.
 * A text's own embedding lies apart from all pictures, so its projection would say nothing.
 *
 * @param points as `mapRows` gives them
 * @param neighbours best first; null is returned where there are none
 */
export function placeAmong(
  points: Float32Array,
  neighbours: readonly Pick<Neighbour, 'row' | 'score'>[],
): { readonly x: number; readonly y: number } | null {
  const best = neighbours[0]?.score
  const worst = neighbours.at(-1)?.score
  if (best === undefined || worst === undefined) return null
  const reach = Math.max((best - worst) / 3, 1e-6)
  let x = 0
  let y = 0
  let total = 0
  for (const { row, score } of neighbours) {
    const weight = Math.exp((score - best) / reach)
    x += weight * (points[2 * row] ?? 0)
    y += weight * (points[2 * row + 1] ?? 0)
    total += weight
  }
  return { x: x / total, y: y / total }
}

/** The rows that the directions are found from. */
function sampledRows(rows: number): readonly number[] {
  const count = Math.min(rows, SAMPLE_ROWS)
  return Array.from({ length: count }, (_, at) => Math.floor((at * rows) / count))
}

/** @param values holds the row's, from `start` on */
function placeRow(points: Float32Array, row: number, values: Float32Array, start: number, { mean, axes }: Plane): void {
  let x = 0
  let y = 0
  for (let i = 0; i < mean.length; i++) {
    const value = (values[start + i] ?? 0) - (mean[i] ?? 0)
    x += value * (axes[0][i] ?? 0)
    y += value * (axes[1][i] ?? 0)
  }
  points[2 * row] = x
  points[2 * row + 1] = y
}

/**
 * Yields 0 after every round: no row is placed yet.
 * @param sample rows of the database, [count, dim]; is overwritten
 */
function* findPlane(sample: Float32Array, dim: number): Generator<0, Plane, void> {
  const count = sample.length / dim
  const mean = new Float64Array(dim)
  for (let start = 0; start < sample.length; start += dim) {
    for (let i = 0; i < dim; i++) mean[i] = (mean[i] ?? 0) + (sample[start + i] ?? 0) / count
  }
  for (let at = 0; at < sample.length; at++) sample[at] = (sample[at] ?? 0) - (mean[at % dim] ?? 0)
  let first = startingAxis(dim, 0)
  let second = startingAxis(dim, 1)
  for (let round = 0; round < ROUNDS; round++) {
    first = orthonormal(applyCovariance(sample, dim, first), null, startingAxis(dim, 0))
    second = orthonormal(applyCovariance(sample, dim, second), first, startingAxis(dim, 1))
    yield 0
  }
  return { mean, axes: [withFixedSign(first), withFixedSign(second)] }
}

/** Any direction that leans on no coordinate in particular, and differs from the other one. */
function startingAxis(dim: number, which: 0 | 1): Float64Array {
  return Float64Array.from({ length: dim }, (_, i) => Math.cos((i + 1) * (which === 0 ? 1.7 : 2.9)))
}

/** Xᵀ X v, for the centred rows X. */
function applyCovariance(sample: Float32Array, dim: number, axis: Float64Array): Float64Array {
  const result = new Float64Array(dim)
  for (let start = 0; start < sample.length; start += dim) {
    let along = 0
    for (let i = 0; i < dim; i++) along += (sample[start + i] ?? 0) * (axis[i] ?? 0)
    for (let i = 0; i < dim; i++) result[i] = (result[i] ?? 0) + along * (sample[start + i] ?? 0)
  }
  return result
}

/** `axis` without its part along `other`, of unit length; `fallback` takes its place where rows differ in no such direction. */
function orthonormal(axis: Float64Array, other: Float64Array | null, fallback: Float64Array): Float64Array {
  for (const candidate of [axis, fallback]) {
    const along = other === null ? 0 : dot(candidate, other)
    const left = candidate.map((value, i) => value - along * (other?.[i] ?? 0))
    const length = Math.sqrt(dot(left, left))
    if (length > 1e-12) return left.map((value) => value / length)
  }
  return new Float64Array(axis.length)
}

/** Of the two opposite directions, the one whose largest part is positive. */
function withFixedSign(axis: Float64Array): Float64Array {
  let largest = 0
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value
  return largest < 0 ? axis.map((value) => -value) : axis
}

function spread(points: Float32Array): Float32Array {
  spreadAxis(points, 0)
  spreadAxis(points, 1)
  return points
}

/** Scales an axis to -1..1 and moves each point half the way to its rank's place. */
function spreadAxis(points: Float32Array, axis: 0 | 1): void {
  const rows = points.length / 2
  const values = new Float32Array(rows)
  const order = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) {
    values[row] = points[2 * row + axis] ?? 0
    order[row] = row
  }
  const reach = Math.max(values.map(Math.abs).sort()[Math.ceil(WITHIN * rows) - 1] ?? 0, 1e-12)
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b)
  for (const [rank, row] of order.entries()) {
    const place = rows === 1 ? 0 : (2 * rank) / (rows - 1) - 1
    points[2 * row + axis] = ((values[row] ?? 0) / reach + place) / 2
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}
