// Stretches a style's map over its whole canvas: a few stragglers on one side would leave the rest in a heap.

import type { Point } from './view.ts'

export interface MapFit {
  /** [rows, 2], -1..1 for all but a few stragglers. */
  readonly points: Float32Array
  /** Where a place on the map as it was lies now. */
  place(point: Point): Point
  /** Where a place lay on the map as it was: the inverse of `place`. */
  placeBefore(point: Point): Point
}

/** Share of the points that may lie outside on each side. */
const OUTSIDE = 0.004

/** @param points [rows, 2]; not changed */
export function fitMap(points: Float32Array): MapFit {
  const x = fitAxis(points, 0)
  const y = fitAxis(points, 1)
  return {
    points: points.map((value, at) => (at % 2 === 0 ? x : y).fit(value)),
    place: (point) => ({ x: x.fit(point.x), y: y.fit(point.y) }),
    placeBefore: (point) => ({ x: x.unfit(point.x), y: y.unfit(point.y) }),
  }
}

interface AxisFit {
  fit(value: number): number
  unfit(value: number): number
}

function fitAxis(points: Float32Array, axis: 0 | 1): AxisFit {
  const values = points.filter((_, at) => at % 2 === axis).sort()
  const skipped = Math.floor(values.length * OUTSIDE)
  const low = values[skipped] ?? -1
  const high = values[values.length - 1 - skipped] ?? 1
  const middle = (low + high) / 2
  // Points that all lie in one place are in the middle then.
  const reach = (high - low) / 2 || 1
  return { fit: (value) => (value - middle) / reach, unfit: (value) => value * reach + middle }
}
