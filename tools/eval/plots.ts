// Draws the report's plots as SVG; colours come from the page's style sheet by class.

import type { Estimate } from './wilson.ts'

export interface Bar extends Estimate {
  /** Index into the page's colours for series. */
  readonly series: number
  /** Said on hovering. */
  readonly title: string
}

/** A share 0..1 on an axis of `height`, from above. */
const yOf = (share: number, top: number, height: number) => top + (1 - Math.min(1, Math.max(0, share))) * height

/** Grouped bars of shares with their intervals. */
export function drawBars(
  label: string,
  groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[],
): string {
  const [left, top, height, barWidth, gap] = [40, 24, 200, 38, 44]
  const widest = Math.max(...groups.map(({ bars }) => bars.length))
  const groupWidth = widest * (barWidth + 6) + gap
  const width = left + groups.length * groupWidth
  const drawn = groups.map(({ name, bars }, g) => {
    const start = left + gap / 2 + g * groupWidth
    const each = bars.map((bar, i) => {
      const x = start + i * (barWidth + 6)
      const y = yOf(bar.value, top, height)
      const middle = x + barWidth / 2
      const [low, high] = [yOf(bar.low, top, height), yOf(bar.high, top, height)]
      return `<g class="s${bar.series}"><title>${escapeText(bar.title)}</title>
<rect x="${x}" y="${n(y)}" width="${barWidth}" height="${n(top + height - y)}" rx="2"/>
<path class="whisker" d="M${middle} ${n(low)}V${n(high)}M${middle - 5} ${n(low)}h10M${middle - 5} ${n(high)}h10"/>
<text class="value" x="${middle}" y="${n(high - 6)}">${Math.round(100 * bar.value)}</text></g>`
    })
    const middle = start + (bars.length * (barWidth + 6) - 6) / 2
    return `${each.join('')}<text class="group" x="${n(middle)}" y="${top + height + 20}">${escapeText(name)}</text>`
  })
  return frame(label, width, top + height + 32, `${shareAxis(left, width, top, height)}${drawn.join('')}`)
}

export interface Series {
  readonly name: string
  readonly series: number
  readonly dashed?: boolean
  /** By place on the axis of `ticks`; null where nothing was measured. */
  readonly points: readonly (Estimate | null)[]
}

/** Curves of shares over an axis of named places, each with its interval as a band and its name at the end. */
export function drawCurves(label: string, xName: string, ticks: readonly string[], series: readonly Series[]): string {
  const [left, top, width, height, right] = [40, 16, 300, 190, 104]
  const x = (i: number) => left + 14 + (i * (width - 28)) / Math.max(1, ticks.length - 1)
  const y = (share: number) => yOf(share, top, height)
  const names = spreadNames(
    series.map(({ points }) => y(points.findLast((point) => point !== null)?.value ?? 0)),
    top + 4,
    top + height,
  )
  const drawn = series.map(({ name, series: color, dashed, points }, s) => {
    const placed = points.flatMap((point, i) => (point === null ? [] : [{ ...point, at: x(i) }]))
    const last = placed.at(-1)
    if (last === undefined) return ''
    const band = [
      ...placed.map(({ at, high }) => `${n(at)},${n(y(high))}`),
      ...placed.toReversed().map(({ at, low }) => `${n(at)},${n(y(low))}`),
    ]
    const dots = placed.map(
      ({ at, value }) => `<circle cx="${n(at)}" cy="${n(y(value))}" r="3"><title>${percentOf(value)}</title></circle>`,
    )
    return `<g class="s${color}${dashed ? ' dashed' : ''}"><polygon class="band" points="${band.join(' ')}"/>
<polyline points="${placed.map(({ at, value }) => `${n(at)},${n(y(value))}`).join(' ')}"/>${dots.join('')}
<text class="name" x="${n(last.at + 12)}" y="${n((names[s] ?? 0) + 4)}">${escapeText(name)}</text></g>`
  })
  const marks = ticks.map(
    (tick, i) => `<text class="tick" x="${n(x(i))}" y="${top + height + 17}">${escapeText(tick)}</text>`,
  )
  const axis = `<text class="axis" x="${left + width / 2}" y="${top + height + 36}">${escapeText(xName)}</text>`
  const inside = `${shareAxis(left, left + width, top, height)}${marks.join('')}${axis}${drawn.join('')}`
  return frame(label, left + width + right, top + height + 44, inside)
}

export interface StyleDots {
  readonly name: string
  readonly from: Estimate | null
  readonly to: Estimate | null
}

/** A line for each style, from one share to another. */
export function drawDots(label: string, styles: readonly StyleDots[]): string {
  const [left, width, step, top] = [150, 420, 21, 26]
  const x = (share: number) => left + share * width
  const bottom = top + styles.length * step
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<path class="grid" d="M${x(share)} ${top - 6}V${bottom}"/><text class="tick" x="${x(share)}" y="14">${100 * share} %</text>`,
  )
  const lines = styles.map(({ name, from, to }, i) => {
    const y = top + i * step + step / 2
    const dot = (estimate: Estimate | null, series: number) =>
      estimate === null
        ? ''
        : `<circle class="s${series}" cx="${n(x(estimate.value))}" cy="${y}" r="5.5"><title>${escapeText(name)}: ${percentOf(estimate.value)}</title></circle>`
    const way = from && to ? `<path class="way" d="M${n(x(from.value))} ${y}H${n(x(to.value))}"/>` : ''
    return `<text class="style" x="${left - 14}" y="${y + 4}">${escapeText(name)}</text>${way}${dot(from, 1)}${dot(to, 0)}`
  })
  return frame(label, left + width + 24, bottom + 8, `${grid.join('')}${lines.join('')}`)
}

function shareAxis(left: number, right: number, top: number, height: number): string {
  return [0, 0.25, 0.5, 0.75, 1]
    .map((share) => {
      const y = yOf(share, top, height)
      return `<path class="grid" d="M${left} ${y}H${right}"/><text class="tick end" x="${left - 7}" y="${y + 4}">${100 * share}</text>`
    })
    .join('')
}

/** Places for names near where they belong, at least a line apart. */
function spreadNames(wanted: readonly number[], top: number, bottom: number): number[] {
  const line = 15
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y)
  let last = top - line
  const placed = order.map(({ y, i }) => {
    last = Math.max(y, last + line)
    return { y: last, i }
  })
  let limit = bottom
  for (const name of placed.toReversed()) {
    name.y = Math.min(name.y, limit)
    limit = name.y - line
  }
  return placed.sort((a, b) => a.i - b.i).map(({ y }) => y)
}

function frame(label: string, width: number, height: number, inside: string): string {
  return `<svg class="plot" viewBox="0 0 ${width} ${height}" width="${width * 1.25}" role="img" aria-label="${escapeText(label)}">${inside}</svg>`
}

function n(value: number): string {
  return value.toFixed(1)
}

function percentOf(value: number): string {
  return `${(100 * value).toFixed(1)} %`
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
