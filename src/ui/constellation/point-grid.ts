// Finds the points in a part of the map without looking at all of them.

export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface PointGrid {
  readonly points: Float32Array
  /** Calls `visit` with the row of every point inside, in an order that does not change. */
  forEachIn(part: Rectangle, visit: (row: number) => void): void
  countIn(part: Rectangle): number
  /**
   * The point nearest to (x, y) within an ellipse, or null.
   * @param reach its half axes, in map units
   */
  nearest(x: number, y: number, reach: { readonly x: number; readonly y: number }): number | null
}

/** The grid covers this much to each side; points farther out are in its outermost cells. */
const EDGE = 1.5
const POINTS_A_CELL = 8
const MOST_CELLS = 128

/** @param points [rows, 2] */
export function createPointGrid(points: Float32Array): PointGrid {
  const rows = points.length / 2
  const side = Math.min(MOST_CELLS, Math.max(1, Math.ceil(Math.sqrt(rows / POINTS_A_CELL))))
  const along = (value: number) => Math.min(side - 1, Math.max(0, Math.floor(((value + EDGE) / (2 * EDGE)) * side)))
  const cellOf = (row: number) => along(points[2 * row + 1] ?? 0) * side + along(points[2 * row] ?? 0)

  // Rows sorted by cell: those of cell c are sorted[starts[c]] up to sorted[starts[c + 1]].
  const starts = new Uint32Array(side * side + 1)
  for (let row = 0; row < rows; row++) {
    const cell = cellOf(row)
    starts[cell + 1] = (starts[cell + 1] ?? 0) + 1
  }
  for (let cell = 0; cell < side * side; cell++) starts[cell + 1] = (starts[cell + 1] ?? 0) + (starts[cell] ?? 0)
  const next = starts.slice()
  const sorted = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) {
    const cell = cellOf(row)
    const at = next[cell] ?? 0
    sorted[at] = row
    next[cell] = at + 1
  }

  const forEachIn = ({ left, top, right, bottom }: Rectangle, visit: (row: number) => void) => {
    for (let cellY = along(top); cellY <= along(bottom); cellY++) {
      const first = starts[cellY * side + along(left)] ?? 0
      const end = starts[cellY * side + along(right) + 1] ?? 0
      for (let at = first; at < end; at++) {
        const row = sorted[at] ?? 0
        const x = points[2 * row] ?? 0
        const y = points[2 * row + 1] ?? 0
        if (x >= left && x <= right && y >= top && y <= bottom) visit(row)
      }
    }
  }

  return {
    points,
    forEachIn,
    countIn(part) {
      let count = 0
      forEachIn(part, () => count++)
      return count
    },
    nearest(x, y, reach) {
      let best: number | null = null
      let least = 1
      forEachIn({ left: x - reach.x, right: x + reach.x, top: y - reach.y, bottom: y + reach.y }, (row) => {
        const distance = Math.hypot(((points[2 * row] ?? 0) - x) / reach.x, ((points[2 * row + 1] ?? 0) - y) / reach.y)
        if (distance <= least) {
          least = distance
          best = row
        }
      })
      return best
    },
  }
}
