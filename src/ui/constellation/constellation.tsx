// The chosen style as a map of its pictures, the prompt a star among them. The list of neighbours beside it says the same.

import { useEffect, useMemo, useRef, useState } from 'react'
import { NO_STEERING } from '../../state/app-state.ts'
import { placeStar } from '../../state/constellation-state.ts'
import { MinusIcon, PlusIcon } from '../controls/icons.tsx'
import { useActions, useApp, useStyleName } from '../store-context.ts'
import { strings } from '../strings.ts'
import { useConstellation, useConstellationActions } from './constellation-context.ts'
import { createMapCanvas, type MapCanvas } from './map-canvas.ts'
import { StarAnnouncement } from './star-announcement.tsx'
import { useGestures, zoomInMiddle } from './use-gestures.ts'
import { type StarActions, useStarDrag } from './use-star-drag.ts'
import { type CanvasSize, type Point, WHOLE_MAP } from './view.ts'
import './constellation.css'

const ZOOM_STEP = 1.6
const NOTHING_YET: MapCanvas = {
  view: () => WHOLE_MAP,
  size: () => ({ width: 0, height: 0 }),
  largest: () => 1,
  onView: () => {},
  onClick: () => {},
  onHover: () => {},
  setMap: () => {},
  setSketch: () => {},
  setStar: () => {},
  holdStar: () => {},
  starAt: () => null,
  goalAt: () => null,
  homeAt: () => null,
  isMoved: () => false,
  placeAt: () => null,
  redraw: () => {},
  close: () => {},
}

export function Constellation() {
  const map = useConstellation((state) => state.sketch ?? state.map)
  const isSketch = useConstellation((state) => state.sketch !== null)
  const styleId = useApp((state) => state.styleId)
  const name = useStyleName(map?.styleId ?? styleId)
  const frameRef = useRef<HTMLDivElement>(null)
  const canvasRef = useRef<HTMLCanvasElement>(null)
  const [isZoomed, setZoomed] = useState(false)
  const [caption, setCaption] = useState('')
  const handleRef = useRef<HTMLButtonElement>(null)
  const drawn = useMapCanvas(canvasRef, handleRef, setZoomed, setCaption)
  useGestures(frameRef, drawn)
  const starActions = useStarActions()
  useStarDrag(handleRef, drawn, starActions)
  const isMoved = useApp(({ steering, styleId: chosen }) => steering.get(chosen ?? '')?.toward !== undefined)
  const words = strings.constellation
  return (
    <div
      className="constellation"
      data-waiting={map === null || map.styleId !== styleId || undefined}
      data-sketch={isSketch || undefined}
      data-moved={isMoved || undefined}
    >
      <div
        ref={frameRef}
        className="constellation-frame"
        data-zoomed={isZoomed || undefined}
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows, plus and minus move the map, and need the focus for it
        tabIndex={0}
        aria-label={words.label(name)}
        aria-describedby="constellation-keys"
      >
        <canvas ref={canvasRef} className="constellation-canvas" />
        <button
          ref={handleRef}
          type="button"
          className="constellation-star"
          aria-label={isMoved ? words.starMoved : words.star}
          aria-describedby="constellation-star-keys"
          hidden
        />
        {map === null && <p className="empty-frame constellation-empty">{words.opening}</p>}
      </div>
      <p id="constellation-keys" className="visually-hidden">
        {words.keys}
      </p>
      <p id="constellation-star-keys" className="visually-hidden">
        {isMoved ? words.starMovedKeys : words.starKeys}
      </p>
      <StarAnnouncement />
      {caption && (
        <p className="constellation-caption" aria-hidden="true">
          {caption}
        </p>
      )}
      <div className="constellation-zoom">
        {isMoved && (
          <button type="button" className="quiet-button" onClick={starActions.onBack}>
            {words.back}
          </button>
        )}
        {isZoomed && (
          <button type="button" className="quiet-button" onClick={() => drawn.onView(WHOLE_MAP)}>
            {words.whole}
          </button>
        )}
        <button
          type="button"
          className="icon-button"
          aria-label={words.zoomOut}
          onClick={() => zoomInMiddle(drawn, 1 / ZOOM_STEP)}
        >
          <MinusIcon />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={words.zoomIn}
          onClick={() => zoomInMiddle(drawn, ZOOM_STEP)}
        >
          <PlusIcon />
        </button>
      </div>
    </div>
  )
}

/** What a moved star does: the same object as long as the page lives. */
function useStarActions(): StarActions {
  const { moveStar } = useConstellationActions()
  const { turnToward } = useActions()
  const toward = useApp(({ steering, styleId }) => steering.get(styleId ?? '')?.toward ?? null)
  const towardRef = useRef(toward)
  const beforeRef = useRef(toward)
  useEffect(() => {
    towardRef.current = toward
  }, [toward])
  return useMemo(
    () => ({
      onMove: moveStar,
      onBack: () => turnToward(null),
      onBegin: () => {
        beforeRef.current = towardRef.current
      },
      onCancel: () => turnToward(beforeRef.current),
    }),
    [moveStar, turnToward],
  )
}

/** The handle follows the star, and stays at the map's edge where the star is beyond it: keys bring it back into sight. */
function followStar(handle: HTMLElement | null, at: Point | null, { width, height }: CanvasSize): void {
  if (handle === null) return
  handle.hidden = at === null
  if (at === null) return
  const x = Math.min(width, Math.max(0, at.x))
  const y = Math.min(height, Math.max(0, at.y))
  handle.toggleAttribute('data-away', x !== at.x || y !== at.y)
  handle.style.translate = `${x}px ${y}px`
}

/** The canvas's drawing, fed with what the stores hold. */
function useMapCanvas(
  canvasRef: React.RefObject<HTMLCanvasElement | null>,
  handleRef: React.RefObject<HTMLElement | null>,
  onZoomed: (isZoomed: boolean) => void,
  onCaption: (caption: string) => void,
): MapCanvas {
  const map = useConstellation((state) => state.map)
  const sketch = useConstellation((state) => state.sketch)
  const placement = useConstellation((state) => state.placement)
  const { readPictures, show } = useConstellationActions()
  const hasWords = useApp((state) => state.prompt.trim() !== '')
  const steering = useApp((state) => state.steering.get(map?.styleId ?? '') ?? NO_STEERING)
  const { steer } = useActions()
  const [drawn, setDrawn] = useState(NOTHING_YET)
  const rows = useMemo(() => new Map(map?.ids.map((id, row) => [id, row])), [map])
  const pickRef = useRef<(row: number) => void>(() => {})

  useEffect(() => {
    pickRef.current = (row) => {
      const id = map?.ids[row]
      if (id !== undefined) steer(id)
    }
  }, [map, steer])

  useEffect(() => {
    const canvas = canvasRef.current
    if (canvas === null) return
    const made = createMapCanvas({
      canvas,
      readPictures,
      onPick: (row) => pickRef.current(row),
      onCaption,
      onViewChange: ({ scale }) => onZoomed(scale > 1),
      onStar: (at, size) => followStar(handleRef.current, at, size),
      mayMove: () => !matchMedia('(prefers-reduced-motion: reduce)').matches,
    })
    setDrawn(made)
    show()
    const stop = redrawOnChange(canvas, made.redraw)
    return () => {
      stop()
      made.close()
    }
  }, [canvasRef, handleRef, readPictures, show, onZoomed, onCaption])

  useEffect(() => {
    if (sketch !== null) drawn.setSketch(sketch.points)
    else if (map !== null) drawn.setMap(map)
  }, [drawn, map, sketch])

  useEffect(() => {
    const banned = new Set(
      steering.bans.flatMap((picture) => (typeof picture === 'string' ? (rows.get(picture) ?? []) : [])),
    )
    if (map === null || sketch !== null || placement?.question.styleId !== map.styleId || !hasWords) {
      drawn.setStar(null, sketch === null ? banned : new Set())
      return
    }
    const neighbours = placement.neighbours.flatMap(({ row, score, id }) =>
      row === null ? [] : [{ row, score, isPinned: steering.pins.includes(id) }],
    )
    drawn.setStar({ ...placeStar(map, placement, steering.toward), neighbours }, banned)
  }, [drawn, map, sketch, placement, hasWords, steering, rows])

  return drawn
}

/** Size, theme and accent change what a frame looks like. */
function redrawOnChange(canvas: HTMLCanvasElement, redraw: () => void): () => void {
  const sizes = new ResizeObserver(redraw)
  sizes.observe(canvas)
  const theme = matchMedia('(prefers-color-scheme: dark)')
  theme.addEventListener('change', redraw)
  const root = document.documentElement
  root.addEventListener('transitionend', redraw)
  return () => {
    sizes.disconnect()
    theme.removeEventListener('change', redraw)
    root.removeEventListener('transitionend', redraw)
  }
}
