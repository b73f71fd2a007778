// Which of many equal cells show in a scrolled box: the grid draws those and no others.

export interface GridLayout {
  readonly columns: number
  /** Side of a cell and the gap after it, in CSS pixels. */
  readonly pitch: number
  /** All rows of cells. */
  readonly height: number
}

export interface GridWindow {
  /** First item and how many. */
  readonly from: number
  readonly count: number
}

/** As many columns as fit with cells of at least `smallest`, which then share the width. */
export function layOutGrid(items: number, width: number, smallest: number, gap: number): GridLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (smallest + gap)))
  const pitch = (width + gap) / columns
  return { columns, pitch, height: Math.max(0, Math.ceil(items / columns) * pitch - gap) }
}

/** @param margin rows of cells above and below that are drawn as well */
export function windowOf(
  { columns, pitch }: GridLayout,
  items: number,
  scrollTop: number,
  height: number,
  margin: number,
): GridWindow {
  const first = Math.max(0, Math.floor(scrollTop / pitch) - margin)
  const last = Math.ceil((scrollTop + height) / pitch) + margin
  const from = Math.min(items, first * columns)
  return { from, count: Math.max(0, Math.min(items, last * columns) - from) }
}

/**
 * The lines of cells that a window takes, in their order.
 *
 * @param kept an item whose line is among them wherever it lies, null for none
 */
export function linesOf({ from, count }: GridWindow, columns: number, kept: number | null): readonly number[] {
  const first = Math.floor(from / columns)
  const lines = Array.from({ length: Math.ceil((from + count) / columns) - first }, (_, i) => first + i)
  const line = kept === null ? null : Math.floor(kept / columns)
  if (line === null || lines.includes(line)) return lines
  return line < first ? [line, ...lines] : [...lines, line]
}

/** The nearest length in CSS pixels that is a whole number of the screen's: what begins there is sharp. */
export function toDevicePixels(length: number, ratio: number): number {
  return Math.round(length * ratio) / ratio
}

/** Where a cell begins in its line and how long it is, in CSS pixels that are whole ones of the screen's. */
export function cellEdges(
  column: number,
  pitch: number,
  side: number,
  ratio: number,
): { readonly start: number; readonly length: number } {
  return { start: toDevicePixels(column * pitch, ratio), length: toDevicePixels(side, ratio) }
}

/** The item that an arrow key leads to. */
export function stepInGrid(key: string, active: number, items: number, columns: number): number | null {
  const steps = new Map([
    ['ArrowLeft', active - 1],
    ['ArrowRight', active + 1],
    ['ArrowUp', active - columns],
    ['ArrowDown', active + columns],
    ['PageUp', active - 5 * columns],
    ['PageDown', active + 5 * columns],
    ['Home', 0],
    ['End', items - 1],
  ])
  const next = steps.get(key)
  if (next === undefined || items === 0) return null
  return Math.min(items - 1, Math.max(0, next))
}
