// A line of the picture grid: one canvas with its pictures, and over it an option for each.

import { memo, useLayoutEffect, useRef } from 'react'
import type { GridItem, GridPicture } from '../../state/library-state.ts'
import { strings } from '../strings.ts'
import { cellEdges } from './grid-window.ts'

interface GridLineProps {
  /** Of the line's first item. */
  readonly from: number
  /** Null while one is not read. */
  readonly items: readonly (GridItem | null)[]
  /** Items of the whole grid. */
  readonly count: number
  /** Side of a cell and the gap after it, and the side alone, in CSS pixels. */
  readonly pitch: number
  readonly side: number
  /** From the grid's top, in CSS pixels. */
  readonly top: number
  /** Device pixels to a CSS pixel. */
  readonly ratio: number
  /** The item to which the Tab key leads, where it is one of the line's. */
  readonly stop: number | null
  readonly selected: ReadonlySet<string>
}

/**
 * Drawn again only where something of it changed: a dozen of them are in the page while one scrolls. Placed by its top: a transform would make
 * each line a layer that every frame goes through. Clicks and keys are heard by the grid.
 */
export const GridLine = memo(function GridLine(props: GridLineProps) {
  const { from, items, count, pitch, side, top, ratio, stop, selected } = props
  const pictures = items.map((item) => item?.picture ?? null)
  return (
    <div className="grid-line" style={{ top, height: side }}>
      {items.map((item, column) => {
        const index = from + column
        const { start, length } = cellEdges(column, pitch, side, ratio)
        const name = item?.caption || strings.library.pictureNumber(index + 1)
        const score = item?.score ?? null
        return (
          <div
            key={index}
            role="option"
            className="grid-cell"
            data-index={index}
            data-picture={pictures[column] ? '' : undefined}
            tabIndex={index === stop ? 0 : -1}
            aria-selected={item !== null && selected.has(item.id)}
            aria-setsize={count}
            aria-posinset={index + 1}
            aria-label={score === null ? name : `${name}, ${strings.neighbours.scoreLabel(score)}`}
            title={name}
            style={{ left: start, width: length }}
          >
            {item !== null && item.picture === null && <span className="grid-words">{name}</span>}
          </div>
        )
      })}
      {pictures.some((picture) => picture !== null) && (
        <LineCanvas pictures={pictures} pitch={pitch} side={side} ratio={ratio} />
      )}
    </div>
  )
}, isSameLine)

function isSameLine(before: GridLineProps, after: GridLineProps): boolean {
  const { items: _a, selected: _b, ...rest } = before
  return (
    (Object.keys(rest) as (keyof typeof rest)[]).every((name) => before[name] === after[name]) &&
    before.items.length === after.items.length &&
    before.items.every((item, i) => item === after.items[i] && isChosen(item, before) === isChosen(item, after))
  )
}

function isChosen(item: GridItem | null, { selected }: GridLineProps): boolean {
  return item !== null && selected.has(item.id)
}

interface LineCanvasProps extends Pick<GridLineProps, 'pitch' | 'side' | 'ratio'> {
  readonly pictures: readonly (GridPicture | null)[]
}

/** In the screen's own pixels: what a picture has is drawn once, and not scaled again. */
const LineCanvas = memo(
  function LineCanvas({ pictures, pitch, side, ratio }: LineCanvasProps) {
    const canvasRef = useRef<HTMLCanvasElement>(null)
    const edges = pictures.map((_, column) => cellEdges(column, pitch, side, ratio))
    const last = edges.at(-1)
    const width = last === undefined ? 0 : last.start + last.length

    useLayoutEffect(() => {
      // Plain memory: a canvas of the graphics processor's would be a layer, and could be lost with it.
      const context = canvasRef.current?.getContext('2d', { willReadFrequently: true })
      if (!context) return
      context.clearRect(0, 0, context.canvas.width, context.canvas.height)
      for (const [column, picture] of pictures.entries()) {
        const edge = edges[column]
        // A closed sheet measures 0: the store has already let go of it.
        if (picture === null || edge === undefined || picture.sheet.width === 0) continue
        const { sheet, left, top, side: from } = picture
        const [start, length] = [Math.round(edge.start * ratio), Math.round(edge.length * ratio)]
        // What is drawn larger needs none of the smaller copies that a better quality makes of the whole sheet.
        context.imageSmoothingQuality = length < from ? 'medium' : 'low'
        context.drawImage(sheet, left, top, from, from, start, 0, length, length)
      }
    })

    return (
      <div className="grid-pictures" aria-hidden="true">
        <canvas
          ref={canvasRef}
          width={Math.round(width * ratio)}
          height={Math.round(side * ratio)}
          style={{ width, height: side }}
        />
      </div>
    )
  },
  (before, after) =>
    before.pitch === after.pitch &&
    before.side === after.side &&
    before.ratio === after.ratio &&
    before.pictures.length === after.pictures.length &&
    before.pictures.every((picture, i) => picture === after.pictures[i]),
)
