// A database's pictures in a grid that draws only what shows, whether it holds twenty or sixty thousand.

import { type KeyboardEvent, memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { GridItem } from '../../state/library-state.ts'
import { strings } from '../strings.ts'
import { layOutGrid, stepInGrid, windowOf } from './grid-window.ts'

const SMALLEST_CELL = 92
const GAP = 8
const MARGIN_ROWS = 3

interface PictureGridProps {
  readonly label: string
  readonly count: number
  /** Null while it is not read. */
  readonly itemAt: (index: number) => GridItem | null
  readonly onShow: (from: number, count: number) => void
  readonly selected: ReadonlySet<string>
  readonly onToggle: (itemId: string) => void
}

export function PictureGrid({ label, count, itemAt, onShow, selected, onToggle }: PictureGridProps) {
  const boxRef = useRef<HTMLDivElement>(null)
  const { width, height } = useSize(boxRef)
  const [scrollTop, setScrollTop] = useState(0)
  const [active, setActive] = useState(0)
  const layout = layOutGrid(count, width, SMALLEST_CELL, GAP)
  const { columns, pitch } = layout
  const shown = windowOf(layout, count, scrollTop, height, MARGIN_ROWS)

  useEffect(() => {
    if (shown.count > 0) onShow(shown.from, shown.count)
  }, [shown.from, shown.count, onShow])

  const moveTo = (index: number) => {
    setActive(index)
    const box = boxRef.current
    if (box === null) return
    const top = Math.floor(index / columns) * pitch
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + pitch > box.scrollTop + height) box.scrollTop = top + pitch - height
    // The cell may not be drawn before the next frame.
    requestAnimationFrame(() => box.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus())
  }

  const onPress = useCallback(
    (index: number, item: GridItem | null) => {
      setActive(index)
      if (item !== null) onToggle(item.id)
    },
    [onToggle],
  )

  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepInGrid(event.key, active, count, columns)
    if (next !== null) {
      event.preventDefault()
      moveTo(next)
    } else if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault()
      const item = itemAt(active)
      if (item !== null) onToggle(item.id)
    }
  }

  const first = Math.min(Math.max(active, shown.from), Math.max(shown.from, shown.from + shown.count - 1))
  return (
    // Between two rows of cells nothing changes: the margin covers what comes into sight there.
    <div
      ref={boxRef}
      className="grid-box"
      onScroll={({ currentTarget }) => setScrollTop(Math.floor(currentTarget.scrollTop / pitch) * pitch)}
    >
      <div
        className="grid-all"
        role="listbox"
        aria-label={label}
        aria-multiselectable="true"
        tabIndex={-1}
        style={{ height: layout.height }}
        onKeyDown={onKeyDown}
      >
        {Array.from({ length: shown.count }, (_, at) => {
          const index = shown.from + at
          const item = itemAt(index)
          return (
            <Cell
              key={index}
              item={item}
              index={index}
              count={count}
              isFirst={index === first}
              isSelected={item !== null && selected.has(item.id)}
              left={(index % columns) * pitch}
              top={Math.floor(index / columns) * pitch}
              side={pitch - GAP}
              onPress={onPress}
            />
          )
        })}
      </div>
    </div>
  )
}

interface CellProps {
  readonly item: GridItem | null
  readonly index: number
  readonly count: number
  /** Whether the Tab key leads here. */
  readonly isFirst: boolean
  readonly isSelected: boolean
  readonly left: number
  readonly top: number
  readonly side: number
  readonly onPress: (index: number, item: GridItem | null) => void
}

/**
 * Drawn again only where something of it changed: hundreds are in the page while one scrolls. Placed by left and top: a transform
 * or a rounded picture of its own would make each cell a layer that every frame goes through.
 */
const Cell = memo(function Cell({ item, index, count, isFirst, isSelected, left, top, side, onPress }: CellProps) {
  const name = item?.caption || strings.library.pictureNumber(index + 1)
  const score = item?.score ?? null
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox hears the keys for all of its options
    <div
      role="option"
      className="grid-cell"
      data-index={index}
      tabIndex={isFirst ? 0 : -1}
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      aria-label={score === null ? name : `${name}, ${strings.neighbours.scoreLabel(score)}`}
      title={name}
      style={{ left, top, width: side, height: side }}
      onClick={() => onPress(index, item)}
    >
      {item?.url && <img src={item.url} alt="" decoding="async" draggable={false} />}
      {item !== null && item.url === null && <span className="grid-words">{name}</span>}
    </div>
  )
})

function useSize(ref: React.RefObject<HTMLElement | null>): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  return size
}
