// The star's own gestures: dragged by a hand, moved by arrow keys, and back to its words by Escape or a double press.

import { type RefObject, useEffect } from 'react'
import type { MapPlace } from '../../core/diffusion/recipe.ts'
import { type CanvasSize, type Point, panBy, type View } from './view.ts'

/** What draws the star; places are canvas pixels, but for `placeAt`. */
export interface StarTarget {
  view(): View
  size(): CanvasSize
  onView(view: View): void
  onClick(at: Point): void
  /** Draws the star there, whatever it is told meanwhile; null lets go of it. */
  holdStar(at: Point | null): void
  /** Where the star is drawn; null where there is none. */
  starAt(): Point | null
  /** Where it lies: it may still be gliding there. */
  goalAt(): Point | null
  /** Where its words lie. */
  homeAt(): Point | null
  /** Whether it was moved away from them. */
  isMoved(): boolean
  /** The map's place under a point of the canvas; null where there is no map. */
  placeAt(at: Point): MapPlace | null
}

export interface StarActions {
  readonly onMove: (to: MapPlace) => void
  /** Back to the words. */
  readonly onBack: () => void
  /** A drag begins: whatever `onMove` then says is to be undone by `onCancel`. */
  readonly onBegin: () => void
  readonly onCancel: () => void
}

/** Farther than this, in CSS pixels, a press is a drag. */
const CLICK_REACH = 5
/** Let go as near as this to where its words lie, the star is back there; a press as near as this to its middle means the star. */
const HOME_REACH = 14
/** How long a hand must rest for what lies there to be looked for before it lets go. */
const REST_MS = 80
const KEY_STEP = 24
/** As near to the canvas's edge a star that keys move takes the map along. */
const EDGE = 28

/**
 * Listens on the star's handle, which lies over the star that is drawn and takes no part in the map's own gestures: one finger
 * can have the star while others move the map. `target` and `actions` must stay the same objects.
 */
export function useStarDrag(handleRef: RefObject<HTMLElement | null>, target: StarTarget, actions: StarActions): void {
  useEffect(() => {
    const handle = handleRef.current
    if (handle === null) return
    const stop = [listenToHand(handle, target, actions), listenToKeys(handle, target, actions)]
    return () => {
      for (const end of stop) end()
    }
  }, [handleRef, target, actions])
}

interface Hold {
  readonly pointerId: number
  /** Of the pointer. */
  readonly from: Point
  /** From the pointer to the star's middle: it does not jump into the hand. */
  readonly offset: Point
  isDrag: boolean
}

function listenToHand(handle: HTMLElement, target: StarTarget, actions: StarActions): () => void {
  const { onBack, onBegin, onCancel } = actions
  let hold: Hold | null = null
  let resting: ReturnType<typeof setTimeout> | undefined

  const placeIn = ({ clientX, clientY }: PointerEvent | MouseEvent): Point => {
    const { left, top } = (handle.offsetParent ?? handle).getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }
  const isOnStar = (at: Point) => distance(at, target.starAt()) <= HOME_REACH

  const tell = (at: Point) => tellPlace(target, actions, at)
  const end = () => {
    clearTimeout(resting)
    hold = null
    target.holdStar(null)
  }
  const cancel = () => {
    if (hold?.isDrag) onCancel()
    end()
  }

  const onDown = (event: PointerEvent) => {
    event.stopPropagation()
    const star = target.starAt()
    if (event.button !== 0 || hold !== null || star === null) return
    const from = placeIn(event)
    hold = {
      ...{ pointerId: event.pointerId, from, isDrag: false },
      offset: { x: star.x - from.x, y: star.y - from.y },
    }
    handle.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent) => {
    if (hold === null || event.pointerId !== hold.pointerId) return
    const at = placeIn(event)
    if (!hold.isDrag && distance(at, hold.from) <= CLICK_REACH) return
    if (!hold.isDrag) onBegin()
    hold.isDrag = true
    const star = within({ x: at.x + hold.offset.x, y: at.y + hold.offset.y }, target.size())
    target.holdStar(star)
    clearTimeout(resting)
    resting = setTimeout(() => tell(star), REST_MS)
  }
  const onUp = (event: PointerEvent) => {
    if (hold === null || event.pointerId !== hold.pointerId) return
    const { isDrag, offset } = hold
    const at = placeIn(event)
    end()
    if (isDrag) tell(within({ x: at.x + offset.x, y: at.y + offset.y }, target.size()))
    // What lies under the star can be pressed as long as it is where nobody put it.
    else if (!target.isMoved() || !isOnStar(at)) target.onClick(at)
  }
  const onLost = (event: PointerEvent) => {
    if (event.pointerId === hold?.pointerId) cancel()
  }
  const onDoubleClick = (event: MouseEvent) => {
    if (target.isMoved() && isOnStar(placeIn(event))) onBack()
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || hold === null) return
    event.stopPropagation()
    cancel()
  }

  const listening = new AbortController()
  const { signal } = listening
  handle.addEventListener('pointerdown', onDown, { signal })
  handle.addEventListener('pointermove', onPointerMove, { signal })
  handle.addEventListener('pointerup', onUp, { signal })
  handle.addEventListener('pointercancel', onLost, { signal })
  handle.addEventListener('dblclick', onDoubleClick, { signal })
  // Wherever the focus is: a hand may have the star without it.
  window.addEventListener('keydown', onKey, { capture: true, signal })
  return () => {
    cancel()
    listening.abort()
  }
}

const STEPS: ReadonlyMap<string, Point> = new Map([
  ['ArrowLeft', { x: -KEY_STEP, y: 0 }],
  ['ArrowRight', { x: KEY_STEP, y: 0 }],
  ['ArrowUp', { x: 0, y: -KEY_STEP }],
  ['ArrowDown', { x: 0, y: KEY_STEP }],
])

function listenToKeys(handle: HTMLElement, target: StarTarget, actions: StarActions): () => void {
  const step = ({ x, y }: Point) => {
    const star = target.goalAt()
    if (star === null) return
    const to = { x: star.x + x, y: star.y + y }
    const away = { x: to.x - within(to, target.size(), EDGE).x, y: to.y - within(to, target.size(), EDGE).y }
    if (away.x !== 0 || away.y !== 0) target.onView(panBy(target.view(), target.size(), -away.x, -away.y))
    // Where the map could not be moved any farther, the star stops at its edge.
    const { x: fromX, y: fromY } = target.goalAt() ?? star
    tellPlace(target, actions, within({ x: fromX + x, y: fromY + y }, target.size()))
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const by = event.currentTarget === handle ? STEPS.get(event.key) : undefined
    const isBack = event.key === 'Escape' && target.isMoved()
    if (by === undefined && !isBack) return
    event.preventDefault()
    event.stopPropagation()
    if (by === undefined) actions.onBack()
    else step(by)
  }
  /** Pressed without a pointer: by Enter, or by what helps a person to press. */
  const onPress = ({ detail }: MouseEvent) => {
    if (detail === 0 && target.isMoved()) actions.onBack()
  }
  const listening = new AbortController()
  const { signal } = listening
  handle.addEventListener('keydown', onKey, { signal })
  handle.addEventListener('click', onPress, { signal })
  handle.parentElement?.addEventListener('keydown', onKey, { signal })
  return () => listening.abort()
}

/** At the words' own place the star is back with them. */
function tellPlace(target: StarTarget, { onMove, onBack }: StarActions, at: Point): void {
  const place = target.placeAt(at)
  if (distance(at, target.homeAt()) <= HOME_REACH) onBack()
  else if (place !== null) onMove(place)
}

function distance(a: Point, b: Point | null): number {
  return b === null ? Number.POSITIVE_INFINITY : Math.hypot(a.x - b.x, a.y - b.y)
}

/** The nearest point that is at least so far from the canvas's edge. */
function within({ x, y }: Point, { width, height }: CanvasSize, margin = 0): Point {
  return {
    x: Math.min(width - margin, Math.max(margin, x)),
    y: Math.min(height - margin, Math.max(margin, y)),
  }
}
