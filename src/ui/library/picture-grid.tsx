// A database's pictures in a grid that draws only what shows, whether it holds twenty or sixty thousand.

import { type FocusEvent, type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react'
import type { GridItem } from '../../state/library-state.ts'
import { GridLine } from './grid-line.tsx'
import { layOutGrid, linesOf, stepInGrid, toDevicePixels, windowOf } from './grid-window.ts'
import { useBoxSize } from './use-box-size.ts'

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
  /** Chooses from one item to another. */
  readonly onRange: (from: number, to: number) => void
  readonly onAll: () => void
  /** The item that is shown large over the grid; null for none. */
  readonly viewed: number | null
  readonly onView: (index: number) => void
}

export function PictureGrid({
  label,
  count,
  itemAt,
  onShow,
  selected,
  onToggle,
  onRange,
  onAll,
  viewed,
  onView,
}: PictureGridProps) {
  const boxRef = useRef<HTMLDivElement>(null)
  /** The item pressed last: a press with the shift key chooses from there on. */
  const anchorRef = useRef(0)
  const { width, height, ratio } = useBoxSize(boxRef)
  const [scrollTop, setScrollTop] = useState(0)
  const [active, setActive] = useState(0)
  const [isFocused, setIsFocused] = useState(false)
  const layout = layOutGrid(count, width, SMALLEST_CELL, GAP)
  const { columns, pitch } = layout
  const side = toDevicePixels(pitch - GAP, ratio)
  const shown = windowOf(layout, count, scrollTop, height, MARGIN_ROWS)
  // The line with the focus stays, wherever one scrolls: the focus would be lost with it, and the arrow keys.
  const lines = linesOf(shown, columns, isFocused && active < count ? active : null)
  const isActiveThere = lines.includes(Math.floor(active / columns))
  const stop = isActiveThere ? active : shown.from

  useEffect(() => {
    if (shown.count > 0) onShow(shown.from, shown.count)
  }, [shown.from, shown.count, onShow])

  const scrollTo = (index: number) => {
    const box = boxRef.current
    if (box === null) return
    const top = Math.floor(index / columns) * pitch
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + pitch > box.scrollTop + height) box.scrollTop = top + pitch - height
  }

  const moveTo = (index: number) => {
    setActive(index)
    scrollTo(index)
    // The cell may not be drawn before the next frame.
    requestAnimationFrame(() => boxRef.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus())
  }

  const viewedBefore = useRef(viewed)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown large leads, not the grid's own measures
  useEffect(() => {
    const before = viewedBefore.current
    viewedBefore.current = viewed
    if (viewed !== null) {
      setActive(viewed)
      scrollTo(viewed)
    } else if (before !== null && before < count) moveTo(before)
  }, [viewed])

  const toggle = (index: number) => {
    anchorRef.current = index
    const item = itemAt(index)
    if (item !== null) onToggle(item.id)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepInGrid(event.key, active, count, columns)
    if (next !== null) {
      event.preventDefault()
      if (event.shiftKey) onRange(active, next)
      moveTo(next)
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      onAll()
    } else if (event.key === ' ') {
      event.preventDefault()
      toggle(active)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      onView(active)
    }
  }

  const onClick = ({ target, shiftKey, detail: presses }: MouseEvent) => {
    // The first of two presses has chosen the picture, and what then came above the grid may have pushed another one under the second.
    const index = presses === 2 && !shiftKey ? anchorRef.current : indexOf(target)
    if (index === null) return
    if (shiftKey) onRange(anchorRef.current, index)
    else toggle(index)
    setActive(index)
    if (presses === 2 && !shiftKey) onView(index)
  }

  const onFocus = ({ target }: FocusEvent) => {
    const index = indexOf(target)
    if (index === null) return
    setActive(index)
    setIsFocused(true)
  }

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
        onClick={onClick}
        onFocus={onFocus}
        onBlur={() => setIsFocused(false)}
      >
        {lines.map((line) => {
          const from = line * columns
          const length = Math.min(columns, count - from)
          return (
            <GridLine
              key={line}
              from={from}
              items={Array.from({ length }, (_, column) => itemAt(from + column))}
              count={count}
              pitch={pitch}
              side={side}
              top={toDevicePixels(line * pitch, ratio)}
              ratio={ratio}
              stop={stop >= from && stop < from + length ? stop : null}
              selected={selected}
            />
          )
        })}
      </div>
    </div>
  )
}

/** The item whose cell an event came from; null for what lies between the cells. */
function indexOf(target: EventTarget): number | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('.grid-cell') : null
  return cell === null ? null : Number(cell.dataset.index)
}
