// Wheel, drag, pinch and keys on the map, as changes of its view; a press without a move is a click.

import { type RefObject, useEffect } from 'react'
import { type CanvasSize, type Point, panBy, type View, WHOLE_MAP, zoomAt } from './view.ts'

export interface GestureTarget {
  view(): View
  size(): CanvasSize
  /** The largest scale. */
  largest(): number
  onView(view: View): void
  onClick(at: Point): void
  /** Null where the pointer has left. */
  onHover(at: Point | null): void
}

/** Farther than this, in CSS pixels, a press is a drag. */
const CLICK_REACH = 5
/** A pause in wheel events that ends a gesture. */
const WHEEL_PAUSE_MS = 250
const KEY_PAN = 48
const KEY_ZOOM = 1.35

/** Listens on the element until it goes; `target` must stay the same object. */
export function useGestures(elementRef: RefObject<HTMLElement | null>, target: GestureTarget): void {
  useEffect(() => {
    const element = elementRef.current
    if (element === null) return
    const stop = [listenToPointers(element, target), listenToWheel(element, target), listenToKeys(element, target)]
    return () => {
      for (const end of stop) end()
    }
  }, [elementRef, target])
}

/** Zooms at the canvas's middle, as the buttons and keys do. */
export function zoomInMiddle(target: GestureTarget, factor: number): void {
  const { width, height } = target.size()
  target.onView(zoomAt(target.view(), target.size(), { x: width / 2, y: height / 2 }, factor, target.largest()))
}

function placeIn(element: HTMLElement, event: { readonly clientX: number; readonly clientY: number }): Point {
  const { left, top } = element.getBoundingClientRect()
  return { x: event.clientX - left, y: event.clientY - top }
}

function listenToPointers(element: HTMLElement, target: GestureTarget): () => void {
  const down = new Map<number, Point>()
  let moved = 0

  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    down.set(event.pointerId, placeIn(element, event))
    element.setPointerCapture(event.pointerId)
    moved = down.size > 1 ? Number.POSITIVE_INFINITY : 0
  }

  const onMove = (event: PointerEvent) => {
    const at = placeIn(element, event)
    const from = down.get(event.pointerId)
    if (from === undefined) {
      if (event.pointerType === 'mouse') target.onHover(at)
      return
    }
    const others = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point)
    down.set(event.pointerId, at)
    moved += Math.hypot(at.x - from.x, at.y - from.y)
    if (moved <= CLICK_REACH) return
    const [other] = others
    if (other === undefined) {
      target.onView(panBy(target.view(), target.size(), at.x - from.x, at.y - from.y))
    } else {
      const factor = distance(at, other) / Math.max(1, distance(from, other))
      const moving = panBy(target.view(), target.size(), (at.x - from.x) / 2, (at.y - from.y) / 2)
      target.onView(zoomAt(moving, target.size(), middle(at, other), factor, target.largest()))
    }
  }

  const onUp = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return
    if (event.type === 'pointerup' && moved <= CLICK_REACH) target.onClick(placeIn(element, event))
  }
  const onLeave = () => target.onHover(null)

  element.addEventListener('pointerdown', onDown)
  element.addEventListener('pointermove', onMove)
  element.addEventListener('pointerup', onUp)
  element.addEventListener('pointercancel', onUp)
  element.addEventListener('pointerleave', onLeave)
  return () => {
    element.removeEventListener('pointerdown', onDown)
    element.removeEventListener('pointermove', onMove)
    element.removeEventListener('pointerup', onUp)
    element.removeEventListener('pointercancel', onUp)
    element.removeEventListener('pointerleave', onLeave)
  }
}

/** The page's own scrolling goes on when the map comes under the pointer, and where the map cannot zoom out farther. */
function listenToWheel(element: HTMLElement, target: GestureTarget): () => void {
  let lastAt = Number.NEGATIVE_INFINITY
  let isMine = false
  const onAnyWheel = (event: WheelEvent) => {
    const isOnMap = event.target instanceof Node && element.contains(event.target)
    if (event.timeStamp - lastAt > WHEEL_PAUSE_MS) isMine = isOnMap
    lastAt = event.timeStamp
  }
  const onWheel = (event: WheelEvent) => {
    const isZoom = event.ctrlKey || event.metaKey
    if (!isMine && !isZoom) return
    if (!isZoom && event.deltaY > 0 && target.view().scale === 1) return
    event.preventDefault()
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY
    const factor = Math.exp(-Math.max(-120, Math.min(120, pixels)) * (isZoom ? 0.01 : 0.0025))
    target.onView(zoomAt(target.view(), target.size(), placeIn(element, event), factor, target.largest()))
  }
  window.addEventListener('wheel', onAnyWheel, { capture: true, passive: true })
  element.addEventListener('wheel', onWheel, { passive: false })
  return () => {
    window.removeEventListener('wheel', onAnyWheel, { capture: true })
    element.removeEventListener('wheel', onWheel)
  }
}

function listenToKeys(element: HTMLElement, target: GestureTarget): () => void {
  const pan = (dx: number, dy: number) => target.onView(panBy(target.view(), target.size(), dx, dy))
  const keys = new Map([
    ['ArrowLeft', () => pan(KEY_PAN, 0)],
    ['ArrowRight', () => pan(-KEY_PAN, 0)],
    ['ArrowUp', () => pan(0, KEY_PAN)],
    ['ArrowDown', () => pan(0, -KEY_PAN)],
    ['+', () => zoomInMiddle(target, KEY_ZOOM)],
    ['=', () => zoomInMiddle(target, KEY_ZOOM)],
    ['-', () => zoomInMiddle(target, 1 / KEY_ZOOM)],
    ['0', () => target.onView(WHOLE_MAP)],
  ])
  const onKey = (event: KeyboardEvent) => {
    const act = keys.get(event.key)
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  }
  element.addEventListener('keydown', onKey)
  return () => element.removeEventListener('keydown', onKey)
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}
