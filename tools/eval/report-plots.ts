// Which figures the report draws.

import { findRow, withInterval } from './goals.ts'
import { EVALUATED, type Experiment, WAYS } from './plan.ts'
import { drawBars, drawCurves, drawDots, type Series } from './plots.ts'
import type { ReportInput } from './report-input.ts'
import type { Row } from './rows.ts'
import { GROUPS } from './style-groups.ts'

export const WAY_NAMES = { database: 'its database', postfix: 'its name', plain: 'no style asked' } as const

export function drawStyleBars({ rows }: ReportInput): string {
  const groups = GROUPS.map((group) => ({ name: group, bars: barsOf(rows, group, 'style') }))
  return drawBars(
    'How often the judge names the style, by group of styles and way to ask',
    groups.filter(({ bars }) => bars.length > 0),
  )
}

export function drawContentBars({ rows }: ReportInput): string {
  const names = { subject: 'subject', color: 'colour', time: 'time of day' }
  const groups = Object.entries(names).map(([measure, name]) => ({ name, bars: barsOf(rows, 'all', measure) }))
  return drawBars(
    'How often the judge finds what the prompt says, by way to ask',
    groups.filter(({ bars }) => bars.length > 0),
  )
}

function barsOf(rows: readonly Row[], group: string, measure: string) {
  return WAYS.flatMap((way, series) => {
    const row = findRow(rows, 'claim', measure, { way, group })
    return row === null
      ? []
      : [{ ...row, series, title: `${WAY_NAMES[way]}: ${withInterval(row)}, ${row.count} pictures` }]
  })
}

/** Each style: from its name after the prompt to its own database. */
export function drawEachStyle({ rows, styles }: ReportInput): string {
  const dots = styles.map(({ id, name, group }) => ({
    name,
    group,
    from: findRow(rows, 'claim', 'style', { way: 'postfix', style: id, group }),
    to: findRow(rows, 'claim', 'style', { way: 'database', style: id, group }),
  }))
  return GROUPS.map((group) => dots.filter((style) => style.group === group))
    .filter((list) => list.length > 0)
    .map((list) => {
      const ordered = list.toSorted((a, b) => (b.to?.value ?? 0) - (a.to?.value ?? 0))
      const title = `<figcaption>${list[0]?.group}</figcaption>`
      return `<figure>${title}${drawDots(`How often the judge names each style: ${list[0]?.group}`, ordered)}</figure>`
    })
    .join('')
}

/** Each subject, those told most often first, in columns. */
export function drawEachSubject({ rows }: ReportInput): string {
  const found = rows
    .filter(({ experiment, labels }) => experiment === 'subjects' && labels.subject !== 'all')
    .map((row) => ({ name: String(row.labels.subject), from: null, to: row }))
    .toSorted((a, b) => b.to.value - a.to.value || a.name.localeCompare(b.name, 'en'))
  const each = Math.ceil(found.length / 2)
  return [found.slice(0, each), found.slice(each)]
    .filter((list) => list.length > 0)
    .map((list) => `<figure>${drawDots('How often the judge finds each subject', list)}</figure>`)
    .join('')
}

/** Style and subject over a setting, trained and held-out styles apart. */
export function drawSetting({ rows }: ReportInput, experiment: Experiment, label: string, xName: string): string {
  const own = rows.filter((row) => row.experiment === experiment)
  const values = [...new Set(own.map(({ labels }) => labels[label] ?? ''))]
  const series = (['style', 'subject'] as const).flatMap((measure, color) =>
    (['trained', 'held out'] as const).map(
      (group): Series => ({
        name: `${measure}, ${group}`,
        series: color === 0 ? 0 : 1,
        dashed: group === 'held out',
        points: values.map((value) => findRow(own, experiment, measure, { [label]: value, group })),
      }),
    ),
  )
  return drawCurves(`Style and subject accuracy by ${xName}`, xName, values.map(String), present(series))
}

/** All styles together, by sampler and number of steps. */
export function drawSteps({ rows }: ReportInput, measure: 'style' | 'subject'): string {
  const own = rows.filter((row) => row.experiment === 'steps' && row.measure === measure)
  const steps = [...new Set(own.map(({ labels }) => Number(labels.steps)))].sort((a, b) => a - b)
  const names = { ddim: 'DDIM', plms: 'PLMS', dpm: 'DPM-Solver++' }
  const series = Object.entries(names).map(
    ([sampler, name], i): Series => ({
      name,
      series: 2 - i,
      points: steps.map((step) => findRow(own, 'steps', measure, { sampler, steps: step, group: 'trained' })),
    }),
  )
  return drawCurves(
    `${measure} accuracy by steps and sampler`,
    `steps (${measure})`,
    steps.map(String),
    present(series),
  )
}

export function drawMixing({ rows }: ReportInput): string {
  const own = rows.filter(({ experiment }) => experiment === 'mixing')
  const ratios = [...new Set(own.flatMap(({ labels }) => (labels.ratio === undefined ? [] : [Number(labels.ratio)])))]
  const series = (['from', 'to'] as const).map(
    (end, i): Series => ({
      name: end === 'from' ? 'first style' : 'second style',
      series: i === 0 ? 1 : 0,
      points: ratios.map((ratio) => findRow(own, 'mixing', end, { ratio })),
    }),
  )
  const ticks = ratios.map((ratio) => `${Math.round(100 * ratio)}`)
  return drawCurves('What the judge believes by ratio', 'share of the second database, %', ticks, present(series))
}

function present(series: readonly Series[]): Series[] {
  return series.filter(({ points }) => points.some((point) => point !== null))
}

/** "12 DPM-Solver++ steps, guidance 5, 19 neighbours" */
export function describeSettings(): string {
  const { steps, guidance, k } = EVALUATED
  return `${steps} DPM-Solver++ steps, guidance ${guidance}, ${k} neighbours`
}
