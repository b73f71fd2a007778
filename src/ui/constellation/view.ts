// Which part of the map shows, and how map and canvas measure each other.

/** What the canvas looks at. */
export interface View {
  /** The map's point in the middle of the canvas. */
  readonly x: number
  readonly y: number
  /** 1 shows the whole map; 2 half of it in each direction. */
  readonly scale: number
}

/** The canvas in CSS pixels. */
export interface CanvasSize {
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export const WHOLE_MAP: View = { x: 0, y: 0, scale: 1 }

/** How much of half the canvas one unit of the map takes at scale 1: the rest is margin. */
const FILL = 0.88
/** How far from the map's middle the canvas's middle may be. */
const FARTHEST = 1.1

/** Zooms in until single pictures stand apart, whatever their number. */
export function maxScale(rows: number): number {
  return Math.min(400, Math.max(8, 2 * Math.sqrt(rows)))
}

/** Canvas pixels of one unit of the map. The map is stretched to the canvas: its axes have no common measure anyway. */
export function unitOf({ scale }: View, { width, height }: CanvasSize): Point {
  return { x: Math.max(1, (width / 2) * FILL * scale), y: Math.max(1, (height / 2) * FILL * scale) }
}

export function toCanvas(view: View, size: CanvasSize, { x, y }: Point): Point {
  const unit = unitOf(view, size)
  return { x: size.width / 2 + (x - view.x) * unit.x, y: size.height / 2 + (y - view.y) * unit.y }
}

export function toMap(view: View, size: CanvasSize, { x, y }: Point): Point {
  const unit = unitOf(view, size)
  return { x: view.x + (x - size.width / 2) / unit.x, y: view.y + (y - size.height / 2) / unit.y }
}

/** The view moved with the hand: what lay under it moves by so many canvas pixels. */
export function panBy(view: View, size: CanvasSize, dx: number, dy: number): View {
  const unit = unitOf(view, size)
  return confine({ ...view, x: view.x - dx / unit.x, y: view.y - dy / unit.y })
}

/** The view scaled by `factor`; what lies at `at` on the canvas stays there. */
export function zoomAt(view: View, size: CanvasSize, at: Point, factor: number, largest: number): View {
  const scale = Math.min(largest, Math.max(1, view.scale * factor))
  const fixed = toMap(view, size, at)
  const after = toMap({ ...view, scale }, size, at)
  return confine({ x: view.x + fixed.x - after.x, y: view.y + fixed.y - after.y, scale })
}

/** Keeps the map in sight: at scale 1 it stays in the middle. */
function confine({ x, y, scale }: View): View {
  const reach = FARTHEST * (1 - 1 / scale)
  // Adding zero turns -0 into 0.
  const within = (value: number) => Math.min(reach, Math.max(-reach, value)) + 0
  return { x: within(x), y: within(y), scale }
}
