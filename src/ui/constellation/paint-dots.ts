// Paints tens of thousands of points straight into pixels: faster than asking a canvas for each.

import type { PointGrid } from './point-grid.ts'
import { type CanvasSize, toMap, unitOf, type View } from './view.ts'

export interface DotStyle {
  readonly red: number
  readonly green: number
  readonly blue: number
  /** 0..1; dots that meet add up. */
  readonly alpha: number
  /** Device pixels. */
  readonly side: number
}

/** Pixels as `ImageData` has them, RGBA. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

/** Clears `pixels` and paints every point that shows, as a small square. */
export function paintDots(pixels: Pixels, grid: PointGrid, view: View, size: CanvasSize, dot: DotStyle): void {
  const { width, height, data } = pixels
  data.fill(0)
  const ratio = width / size.width
  const unit = unitOf(view, size)
  const from = toMap(view, size, { x: 0, y: 0 })
  const to = toMap(view, size, { x: size.width, y: size.height })
  grid.forEachIn({ left: from.x, top: from.y, right: to.x, bottom: to.y }, (row) => {
    const x = Math.round(((grid.points[2 * row] ?? 0) - from.x) * unit.x * ratio - dot.side / 2)
    const y = Math.round(((grid.points[2 * row + 1] ?? 0) - from.y) * unit.y * ratio - dot.side / 2)
    const right = Math.min(width, x + dot.side)
    const bottom = Math.min(height, y + dot.side)
    for (let pixelY = Math.max(0, y); pixelY < bottom; pixelY++) {
      for (let pixelX = Math.max(0, x); pixelX < right; pixelX++) {
        const at = (pixelY * width + pixelX) * 4
        data[at] = dot.red
        data[at + 1] = dot.green
        data[at + 2] = dot.blue
        data[at + 3] = (data[at + 3] ?? 0) + (255 - (data[at + 3] ?? 0)) * dot.alpha
      }
    }
  })
}
