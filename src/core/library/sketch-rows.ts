// A drawing of rows that came without pictures: each a dot where it lies on their map, for the style's card.

import { mapRows } from '../retrieval/projection.ts'
import { halfToFloatArray } from '../tensor/half.ts'

/** Of its square, in the drawing's own units. */
const SIDE = 96
const MARGIN = 9
/** Between the grounds of the light and the dark page: the drawing knows neither. */
const INK = '#8f8578'

/**
 * @param embeddings float16 bits, [rows, dim], of at least one row
 * @returns SVG; the same rows give the same drawing
 */
export function sketchRows(embeddings: Uint16Array, dim: number): string {
  const rows = Math.floor(embeddings.length / dim)
  const values = halfToFloatArray(embeddings)
  const points = toEnd(mapRows(rows, dim, (row) => values.subarray(row * dim, (row + 1) * dim)))
  const place = (value: number) => (SIDE / 2 + Math.max(-1, Math.min(1, value)) * (SIDE / 2 - MARGIN)).toFixed(1)
  const radius = Math.max(1.1, Math.min(4, 18 / Math.sqrt(rows))).toFixed(1)
  const dots = Array.from(
    { length: rows },
    (_, row) => `<circle cx="${place(points[2 * row] ?? 0)}" cy="${place(points[2 * row + 1] ?? 0)}" r="${radius}"/>`,
  )
  const size = `viewBox="0 0 ${SIDE} ${SIDE}" width="${SIDE}" height="${SIDE}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><g fill="${INK}" fill-opacity="0.8">${dots.join('')}</g></svg>`
}

function toEnd<Result>(task: Generator<unknown, Result, void>): Result {
  for (;;) {
    const { done, value } = task.next()
    if (done) return value
  }
}
