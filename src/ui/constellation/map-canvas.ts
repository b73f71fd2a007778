// The canvas of the constellation with its clock: it draws when something changed, and not otherwise.

import type { MapPicture, StyleMap } from '../../state/constellation-state.ts'
import { type Colours, type DrawnNeighbour, drawMap, type Star } from './draw-map.ts'
import { fitMap, type MapFit } from './fit-map.ts'
import { createMapPictures, type MapPictures } from './map-pictures.ts'
import { createPointGrid, type PointGrid } from './point-grid.ts'
import type { GestureTarget } from './use-gestures.ts'
import type { StarTarget } from './use-star-drag.ts'
import { type CanvasSize, maxScale, type Point, toCanvas, toMap, unitOf, type View, WHOLE_MAP } from './view.ts'

export interface MapCanvas extends GestureTarget, StarTarget {
  setMap(map: StyleMap): void
  /** Dots alone, none of which can be picked, until the map is set. */
  setSketch(points: Float32Array): void
  /** @param star null while nothing is written */
  setStar(star: Star | null, banned: ReadonlySet<number>): void
  /** Draws again: the theme or the size may have changed. */
  redraw(): void
  close(): void
}

interface Options {
  readonly canvas: HTMLCanvasElement
  readonly readPictures: (styleId: string, rows: readonly number[]) => Promise<readonly MapPicture[] | null>
  readonly onPick: (row: number) => void
  /** The hovered picture's caption, '' for none. */
  readonly onCaption: (caption: string) => void
  readonly onViewChange: (view: View) => void
  /** Where on the canvas the star is drawn now, which may be out of sight; null where it is not. */
  readonly onStar: (at: Point | null, size: CanvasSize) => void
  /** Whether the star may glide. */
  readonly mayMove: () => boolean
}

type PictureReader = (rows: readonly number[]) => Promise<readonly MapPicture[] | null>

interface Mapped {
  readonly grid: PointGrid
  readonly pictures: MapPictures
  readonly fit: MapFit
  readonly isSketch: boolean
}

const GLIDE_MS = 220
/** Denser screens are drawn at this; the eye sees no more. */
const MOST_RATIO = 2
const PICK_REACH = 14

export function createMapCanvas(options: Options): MapCanvas {
  const { canvas, mayMove } = options
  const context = canvas.getContext('2d')
  let view = WHOLE_MAP
  let mapped: Mapped | null = null
  let star: Star | null = null
  let banned: ReadonlySet<number> = new Set()
  let glide: { readonly from: Point; readonly startedAt: number } | null = null
  let shownStar: Point | null = null
  /** On the canvas, while a hand has the star. */
  let held: Point | null = null
  let hovered: number | null = null
  let pixels: ImageData | null = null
  let frame = 0

  const size = (): CanvasSize => ({ width: canvas.clientWidth, height: canvas.clientHeight })

  function schedule(): void {
    if (frame === 0) frame = requestAnimationFrame(draw)
  }

  function draw(now: number): void {
    frame = 0
    const measured = size()
    if (context === null || mapped === null || measured.width === 0 || measured.height === 0) return
    const ratio = Math.min(MOST_RATIO, devicePixelRatio)
    const width = Math.round(measured.width * ratio)
    const height = Math.round(measured.height * ratio)
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    if (pixels?.width !== width || pixels.height !== height) pixels = context.createImageData(width, height)
    shownStar = moveStar(now)
    const scene = { view, size: measured, ...mapped, banned, hovered, colours: coloursOf(canvas) }
    const wanted = drawMap(context, pixels, { ...scene, star: star && shownStar && shownAt(star, shownStar) })
    mapped.pictures.want(wanted)
    options.onStar(shownStar && toCanvas(view, measured, shownStar), measured)
    if (glide !== null) schedule()
  }

  /** Where the star is at this moment of its glide. */
  function moveStar(now: number): Point | null {
    if (star === null) return null
    if (held !== null) return toMap(view, size(), held)
    if (glide === null) return star
    const t = Math.min(1, Math.max(0, (now - glide.startedAt) / GLIDE_MS))
    const eased = 1 - (1 - t) ** 3
    const { from } = glide
    if (t === 1) glide = null
    return { x: from.x + (star.x - from.x) * eased, y: from.y + (star.y - from.y) * eased }
  }

  /** A star in the hand has left its home, though nobody has been told yet. */
  function shownAt(at: Star, shown: Point): Star {
    return { ...at, ...shown, home: at.home ?? (held === null ? null : { x: at.x, y: at.y }) }
  }

  /** What is drawn on top counts first: neighbours, then whatever point is nearest. */
  function rowAt(at: Point): number | null {
    if (mapped === null || mapped.isSketch) return null
    const { points } = mapped.grid
    const isUnder = ({ row }: DrawnNeighbour) => {
      const place = toCanvas(view, size(), { x: points[2 * row] ?? 0, y: points[2 * row + 1] ?? 0 })
      return Math.max(Math.abs(place.x - at.x), Math.abs(place.y - at.y)) <= PICK_REACH + 2
    }
    const neighbour = star?.neighbours.find(isUnder)
    if (neighbour !== undefined) return neighbour.row
    const unit = unitOf(view, size())
    const { x, y } = toMap(view, size(), at)
    return mapped.grid.nearest(x, y, { x: PICK_REACH / unit.x, y: PICK_REACH / unit.y })
  }

  function show(points: Float32Array, read: PictureReader, isSketch: boolean): void {
    mapped?.pictures.close()
    // Whoever has looked closer at a sketch stays there.
    if (mapped?.isSketch !== true) view = WHOLE_MAP
    const fit = fitMap(points)
    const pictures = createMapPictures({ read, onChange: schedule })
    mapped = { grid: createPointGrid(fit.points), pictures, fit, isSketch }
    hovered = null
    star = null
    shownStar = null
    options.onViewChange(view)
    schedule()
  }

  return {
    view: () => view,
    size,
    largest: () => maxScale((mapped?.grid.points.length ?? 0) / 2),
    onView(next) {
      view = next
      hovered = null
      options.onViewChange(next)
      schedule()
    },
    onClick(at) {
      const row = rowAt(at)
      if (row !== null) options.onPick(row)
    },
    onHover(at) {
      const row = at === null ? null : rowAt(at)
      if (row !== hovered) {
        hovered = row
        schedule()
      }
      canvas.dataset.hovering = row === null ? 'nothing' : 'picture'
      options.onCaption(row === null ? '' : (mapped?.pictures.caption(row) ?? ''))
    },
    setMap({ styleId, points }) {
      show(points, (rows) => options.readPictures(styleId, rows), false)
    },
    setSketch: (points) => show(points, async () => null, true),
    setStar(asked, nextBanned) {
      const home = asked?.home && mapped ? mapped.fit.place(asked.home) : null
      const next = asked && mapped && { ...asked, ...mapped.fit.place(asked), home }
      const hasMoved = star !== null && next !== null && (star.x !== next.x || star.y !== next.y)
      glide = hasMoved && shownStar !== null && mayMove() ? { from: shownStar, startedAt: performance.now() } : null
      star = next
      banned = nextBanned
      schedule()
    },
    holdStar(at) {
      if (at === null && held !== null) {
        shownStar = toMap(view, size(), held)
        glide = mayMove() ? { from: shownStar, startedAt: performance.now() } : null
      }
      held = at
      schedule()
    },
    starAt: () => (shownStar === null ? null : toCanvas(view, size(), shownStar)),
    goalAt: () => (star === null ? null : toCanvas(view, size(), star)),
    homeAt: () => (star === null ? null : toCanvas(view, size(), star.home ?? star)),
    isMoved: () => star !== null && star.home !== null,
    placeAt: (at) => mapped?.fit.placeBefore(toMap(view, size(), at)) ?? null,
    redraw: schedule,
    close() {
      cancelAnimationFrame(frame)
      // Not to be drawn again, whatever comes late.
      frame = -1
      mapped?.pictures.close()
    },
  }
}

/** The canvas's own CSS says which colours; reading them here follows theme and accent. */
function coloursOf(canvas: HTMLCanvasElement): Colours {
  const { color, backgroundColor, borderTopColor, fill, stroke } = getComputedStyle(canvas)
  return {
    ground: backgroundColor,
    ink: color,
    accent: fill,
    trouble: stroke,
    blank: borderTopColor,
    inkRgb: channelsOf(color),
  }
}

const known = new Map<string, readonly [number, number, number]>()

/** Any CSS colour as red, green and blue. */
function channelsOf(colour: string): readonly [number, number, number] {
  const before = known.get(colour)
  if (before !== undefined) return before
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  if (context === null) return [128, 128, 128]
  context.fillStyle = colour
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
  known.set(colour, [red, green, blue])
  return [red, green, blue]
}
