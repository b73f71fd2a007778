// Draws one frame of the constellation: dots, pictures, lines from the star to its neighbours, and the star.

import type { MapPictures } from './map-pictures.ts'
import { type Pixels, paintDots } from './paint-dots.ts'
import type { PointGrid } from './point-grid.ts'
import { type CanvasSize, type Point, toCanvas, toMap, type View } from './view.ts'

export interface DrawnNeighbour {
  readonly row: number
  /** Cosine similarity, -1..1. */
  readonly score: number
  readonly isPinned: boolean
}

export interface Star extends Point {
  /** Where it would lie if nobody had moved it; null where nobody has. */
  readonly home: Point | null
  /** Best first. */
  readonly neighbours: readonly DrawnNeighbour[]
}

export interface Scene {
  readonly view: View
  readonly size: CanvasSize
  readonly grid: PointGrid
  readonly pictures: MapPictures
  /** On the map; null while nothing is written. */
  readonly star: Star | null
  readonly banned: ReadonlySet<number>
  /** The row under the pointer. */
  readonly hovered: number | null
  readonly colours: Colours
}

/** As the theme has them at the moment; any that a canvas takes. */
export interface Colours {
  readonly ground: string
  readonly ink: string
  readonly accent: string
  readonly trouble: string
  /** Where a picture will be. */
  readonly blank: string
  /** The ink once more, 0..255 each. */
  readonly inkRgb: readonly [number, number, number]
}

/** The smallest picture that says anything, and the largest that the map shows, in CSS pixels. */
const SMALLEST_PICTURE = 13
const LARGEST_PICTURE = 52
const NEIGHBOUR_PICTURE = 34
const HOVERED_PICTURE = 84
/** Across, for a row that has no picture: it is a point, as on the map, that lines show round. */
const POINT = 9
const LINE_WIDTHS = { thinnest: 1.25, thickest: 5 }
/** Seen whole, the map shows the neighbours, and the others as their ground; closer, all are alike. */
const GROUND = { share: 0.6, alpha: 0.4, untilScale: 2.5 }

/** Draws the scene; returns the rows whose pictures it had room for, those that matter most first. */
export function drawMap(
  context: CanvasRenderingContext2D,
  pixels: Pixels & ImageData,
  scene: Scene,
): readonly number[] {
  const { view, size, grid, star, colours, banned, hovered } = scene
  const part = partInSight(view, size, LARGEST_PICTURE / 2)
  const inSight = grid.countIn(part)
  const presence = star === null ? 1 : presenceOfOthers(view)
  const side = pictureSide(size, inSight) * (GROUND.share + (1 - GROUND.share) * presence)
  drawDots(context, pixels, scene, side)

  const ratio = pixels.width / size.width
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  const wanted: number[] = []
  const isNeighbour = new Set(star?.neighbours.map(({ row }) => row))
  if (side > 0) {
    grid.forEachIn(part, (row) => {
      if (isNeighbour.has(row)) return
      wanted.push(row)
      context.globalAlpha = banned.has(row) ? 0.25 : GROUND.alpha + (1 - GROUND.alpha) * presence
      drawPicture(context, scene, row, side, null)
    })
    context.globalAlpha = 1
  }
  for (const row of banned) drawCross(context, placeOf(scene, row), Math.max(side, 10), colours.trouble)
  if (star !== null) {
    const first = star.neighbours.map(({ row }) => row)
    wanted.unshift(...first)
    drawLines(context, scene, star)
    if (star.home !== null) drawWay(context, scene, star.home, star)
    for (const { row, isPinned } of star.neighbours.toReversed()) {
      drawPicture(
        context,
        scene,
        row,
        Math.max(side * 1.15, NEIGHBOUR_PICTURE),
        isPinned ? colours.accent : colours.ground,
      )
    }
  }
  if (hovered !== null) {
    wanted.unshift(hovered)
    drawPicture(context, scene, hovered, HOVERED_PICTURE, colours.ink)
  }
  if (star !== null) drawStar(context, toCanvas(view, size, star), colours)
  return wanted
}

/** 0 where the map is seen whole, 1 from `untilScale` on. */
function presenceOfOthers({ scale }: View): number {
  return Math.min(1, Math.max(0, (scale - 1) / (GROUND.untilScale - 1)))
}

/** How large pictures are where so many points are in sight; 0 where there are too many for pictures. */
function pictureSide({ width, height }: CanvasSize, inSight: number): number {
  const side = 0.7 * Math.sqrt((width * height) / Math.max(1, inSight))
  return side < SMALLEST_PICTURE ? 0 : Math.min(LARGEST_PICTURE, side)
}

function partInSight(view: View, size: CanvasSize, margin: number) {
  const from = toMap(view, size, { x: -margin, y: -margin })
  const to = toMap(view, size, { x: size.width + margin, y: size.height + margin })
  return { left: from.x, top: from.y, right: to.x, bottom: to.y }
}

/** The fewer the points, the larger and stronger each dot. */
function drawDots(context: CanvasRenderingContext2D, pixels: Pixels & ImageData, scene: Scene, side: number): void {
  const { grid, view, size, colours } = scene
  const ratio = pixels.width / size.width
  const isCrowd = grid.points.length / 2 > 4000 && side === 0
  const [red, green, blue] = colours.inkRgb
  const dot = { red, green, blue, alpha: isCrowd ? 0.3 : 0.5, side: Math.max(1, Math.round(ratio * (isCrowd ? 1 : 2))) }
  paintDots(pixels, grid, view, size, dot)
  context.putImageData(pixels, 0, 0)
}

function placeOf({ view, size, grid }: Scene, row: number): Point {
  return toCanvas(view, size, { x: grid.points[2 * row] ?? 0, y: grid.points[2 * row + 1] ?? 0 })
}

/** @param frame the colour round the picture; null for none */
function drawPicture(
  context: CanvasRenderingContext2D,
  scene: Scene,
  row: number,
  side: number,
  frame: string | null,
): void {
  const bitmap = scene.pictures.get(row)
  const { x, y } = placeOf(scene, row)
  if (bitmap === null) {
    if (frame !== null)
      drawPoint(context, { x, y }, frame === scene.colours.ground ? scene.colours.ink : frame, scene.colours)
    return
  }
  if (frame !== null) {
    context.fillStyle = frame
    const width = frame === scene.colours.ground ? 1.5 : 3
    context.fillRect(x - side / 2 - width, y - side / 2 - width, side + 2 * width, side + 2 * width)
  }
  if (bitmap !== undefined) context.drawImage(bitmap, x - side / 2, y - side / 2, side, side)
  else if (frame !== null) {
    context.fillStyle = scene.colours.blank
    context.fillRect(x - side / 2, y - side / 2, side, side)
  }
}

/** On a rim of ground. */
function drawPoint(context: CanvasRenderingContext2D, { x, y }: Point, colour: string, { ground }: Colours): void {
  context.beginPath()
  context.arc(x, y, POINT / 2, 0, 2 * Math.PI)
  context.strokeStyle = ground
  context.lineWidth = 3
  context.stroke()
  context.fillStyle = colour
  context.fill()
}

/** The nearer, the wider and darker. */
function drawLines(context: CanvasRenderingContext2D, scene: Scene, star: Star): void {
  const from = toCanvas(scene.view, scene.size, star)
  const best = star.neighbours[0]?.score ?? 0
  const worst = Math.min(best, ...star.neighbours.map(({ score }) => score))
  const { thinnest, thickest } = LINE_WIDTHS
  context.strokeStyle = scene.colours.accent
  context.lineCap = 'round'
  for (const { row, score } of star.neighbours) {
    const weight = best > worst ? Math.max(0, (score - worst) / (best - worst)) : 1
    const to = placeOf(scene, row)
    context.globalAlpha = 0.55 + 0.4 * weight
    context.lineWidth = thinnest + (thickest - thinnest) * weight
    context.beginPath()
    context.moveTo(from.x, from.y)
    context.lineTo(to.x, to.y)
    context.stroke()
  }
  context.globalAlpha = 1
}

/** A star of eight rays, every other one short, on a rim of ground that sets it off. */
function drawStar(context: CanvasRenderingContext2D, { x, y }: Point, { accent, ground }: Colours): void {
  traceStar(context, { x, y }, 17)
  context.strokeStyle = ground
  context.lineWidth = 5
  context.stroke()
  context.fillStyle = accent
  context.fill()
}

function traceStar(context: CanvasRenderingContext2D, { x, y }: Point, reach: number): void {
  context.lineJoin = 'round'
  context.beginPath()
  for (let corner = 0; corner < 16; corner++) {
    const radius = corner % 2 === 1 ? reach * 0.26 : corner % 4 === 0 ? reach : reach * 0.52
    const angle = (corner * Math.PI) / 8
    context.lineTo(x + radius * Math.sin(angle), y - radius * Math.cos(angle))
  }
  context.closePath()
}

/** A dashed line from where the words lie to where the star was moved, and the star's ghost there. */
function drawWay(context: CanvasRenderingContext2D, scene: Scene, home: Point, star: Point): void {
  const { ground, ink } = scene.colours
  const from = toCanvas(scene.view, scene.size, home)
  const to = toCanvas(scene.view, scene.size, star)
  const rim = (colour: string, width: number) => {
    context.strokeStyle = colour
    context.lineWidth = width
    context.stroke()
  }
  context.beginPath()
  context.moveTo(from.x, from.y)
  context.lineTo(to.x, to.y)
  rim(ground, 5)
  context.setLineDash([6, 5])
  rim(ink, 2)
  context.setLineDash([])
  traceStar(context, from, 14)
  rim(ground, 6)
  context.fillStyle = ground
  context.fill()
  rim(ink, 1.75)
}

function drawCross(context: CanvasRenderingContext2D, { x, y }: Point, side: number, colour: string): void {
  const reach = side / 2
  context.strokeStyle = colour
  context.lineWidth = 1.75
  context.beginPath()
  context.moveTo(x - reach, y - reach)
  context.lineTo(x + reach, y + reach)
  context.moveTo(x + reach, y - reach)
  context.lineTo(x - reach, y + reach)
  context.stroke()
}
