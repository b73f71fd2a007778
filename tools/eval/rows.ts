// From judged pictures to the evaluation's figures.

import { compareLooks, DISTANCES, type Likeness, type Look, readLook } from './copying.ts'
import type { Job, Result } from './job.ts'
import type { Judge } from './judge.ts'
import type { Cell, Experiment, Labels } from './plan.ts'
import { type EvaluatedStyle, GROUPS } from './style-groups.ts'
import { type Estimate, meanWithInterval, quantile, rankCorrelation, wilson } from './wilson.ts'

/** One figure: a line of the evaluation's output. */
export interface Row extends Estimate {
  readonly experiment: Experiment | 'judge'
  readonly labels: Labels
  /** What is measured: "style" is how often the judge names the style that was asked for, and so on. */
  readonly measure: string
  /** Pictures, or pairs of them, that it is measured on. */
  readonly count: number
}

type Results = ReadonlyMap<string, Result>
interface Judged {
  readonly job: Job
  readonly result: Result
}

/** Kinds of question that are reported where the judge was taught them. */
const KINDS = ['style', 'subject', 'color', 'time'] as const

/**
 * Every figure that the results allow; cells of which nothing is painted yet are left out.
 * @param renderedLooks a style database's pictures, to hold made ones against
 */
export async function computeRows(
  cells: readonly Cell[],
  results: Results,
  styles: readonly EvaluatedStyle[],
  judge: Pick<Judge, 'classes' | 'accuracy'>,
  renderedLooks: (style: string) => Promise<readonly Look[]>,
): Promise<Row[]> {
  const of = (experiment: Experiment) => cells.filter((cell) => cell.experiment === experiment)
  const kinds = KINDS.filter((kind) => judge.classes[kind] !== undefined)
  return [
    ...judgeRows(judge, styles),
    ...claimRows(of('claim'), results, styles, kinds),
    ...subjectRows(of('subjects'), results, kinds),
    ...(['neighbours', 'guidance', 'steps'] as const).flatMap((experiment) =>
      of(experiment).flatMap(({ labels, jobs }) =>
        kinds.flatMap((kind) => shareRow(experiment, labels, kind, judgedOf(jobs, results))),
      ),
    ),
    ...of('shapes').flatMap(({ labels, jobs }) =>
      [...kinds, 'count'].flatMap((kind) => shareRow('shapes', labels, kind, judgedOf(jobs, results))),
    ),
    ...mixingRows(of('mixing'), results),
    ...(await seedRows(of('seeds'), results, renderedLooks)),
  ]
}

export function judgedOf(jobs: readonly Job[], results: Results): Judged[] {
  return jobs.flatMap((job) => {
    const result = results.get(job.key)
    return result === undefined ? [] : [{ job, result }]
  })
}

/** The judge's own accuracy on renderings: no figure of a made picture can be read without it. */
function judgeRows({ accuracy }: Pick<Judge, 'accuracy'>, styles: readonly EvaluatedStyle[]): Row[] {
  const row = (labels: Labels, measure: string, value: number, count: number): Row => {
    const { low, high } = wilson(Math.round(value * count), count)
    return { experiment: 'judge', labels, measure, count, value, low, high }
  }
  const each = accuracy.pictures / Math.max(1, Object.keys(accuracy.styles).length)
  const groups = GROUPS.flatMap((group) => {
    const shares = styles.flatMap((style) => (style.group === group ? (accuracy.styles[style.id] ?? []) : []))
    if (shares.length === 0) return []
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    return [row({ group }, 'style', mean, Math.max(1, Math.round(each * shares.length)))]
  })
  return [
    ...Object.entries(accuracy.kinds).map(([kind, value]) => row({ group: 'all' }, kind, value, accuracy.pictures)),
    ...groups,
  ]
}

function shareRow(experiment: Experiment, labels: Labels, kind: string, judged: readonly Judged[]): Row[] {
  const asked = judged.filter(({ job, result }) => job.asked[kind] !== undefined && result.seen[kind] !== undefined)
  if (asked.length === 0) return []
  const right = asked.filter(({ job, result }) => job.asked[kind] === result.seen[kind]).length
  return [{ experiment, labels, measure: kind, count: asked.length, ...wilson(right, asked.length) }]
}

function claimRows(
  cells: readonly Cell[],
  results: Results,
  styles: readonly EvaluatedStyle[],
  kinds: readonly string[],
): Row[] {
  const asking = (way: string, group?: string) =>
    cells
      .filter(({ labels }) => labels.way === way && (group === undefined || labels.group === group))
      .flatMap(({ jobs }) => judgedOf(jobs, results))
  const plain = asking('plain')
  const named = ['database', 'postfix'].flatMap((way) => [
    ...GROUPS.flatMap((group) => kinds.flatMap((kind) => shareRow('claim', { way, group }, kind, asking(way, group)))),
    ...kinds.flatMap((kind) => shareRow('claim', { way, group: 'all' }, kind, asking(way))),
  ])
  return [
    ...named,
    ...GROUPS.flatMap((group) => luckRow(group, styles, plain)),
    ...kinds.flatMap((kind) => shareRow('claim', { way: 'plain', group: 'all' }, kind, plain)),
    ...cells.flatMap(({ labels, jobs }) =>
      labels.style === undefined ? [] : shareRow('claim', labels, 'style', judgedOf(jobs, results)),
    ),
  ]
}

/** What is right of all subjects' pictures together, and how often each subject is told. */
function subjectRows(cells: readonly Cell[], results: Results, kinds: readonly string[]): Row[] {
  const every = cells.flatMap(({ jobs }) => judgedOf(jobs, results))
  return [
    ...kinds.flatMap((kind) => shareRow('subjects', { subject: 'all' }, kind, every)),
    ...cells.flatMap(({ labels, jobs }) => shareRow('subjects', labels, 'subject', judgedOf(jobs, results))),
  ]
}

/** How often a picture for which no style was asked is in a given style of the group: the mean over these styles. */
function luckRow(group: string, styles: readonly EvaluatedStyle[], plain: readonly Judged[]): Row[] {
  const ids = new Set(styles.flatMap((style) => (style.group === group ? [style.id] : [])))
  if (ids.size === 0 || plain.length === 0) return []
  const { value, low, high } = wilson(
    plain.filter(({ result }) => ids.has(result.seen.style ?? '')).length,
    plain.length,
  )
  const each = { value: value / ids.size, low: low / ids.size, high: high / ids.size }
  return [{ experiment: 'claim', labels: { way: 'plain', group }, measure: 'style', count: plain.length, ...each }]
}

/** What the judge believes of two styles by their ratio; and by pair, whether its belief grows with the ratio. */
function mixingRows(cells: readonly Cell[], results: Results): Row[] {
  const believed = (cell: Cell, end: 'from' | 'to') =>
    judgedOf(cell.jobs, results).map(({ result }) => result.styles[String(cell.labels[end])] ?? 0)
  const row = (labels: Labels, measure: string, values: readonly number[]): Row[] =>
    values.length === 0
      ? []
      : [{ experiment: 'mixing', labels, measure, count: values.length, ...meanWithInterval(values) }]
  const ratios = [...new Set(cells.map(({ labels }) => Number(labels.ratio)))]
  const pairs = [...new Set(cells.map(({ labels }) => `${labels.from} ${labels.to}`))]
  const byRatio = ratios.flatMap((ratio) => {
    const alike = cells.filter(({ labels }) => labels.ratio === ratio)
    return (['from', 'to'] as const).flatMap((end) =>
      row(
        { ratio },
        end,
        alike.flatMap((cell) => believed(cell, end)),
      ),
    )
  })
  const byPair = pairs.flatMap((pair) => {
    const alike = cells.filter(({ labels }) => `${labels.from} ${labels.to}` === pair)
    const means = alike.flatMap((cell) => {
      const values = believed(cell, 'to')
      return values.length === 0 ? [] : [{ ratio: Number(cell.labels.ratio), value: meanWithInterval(values).value }]
    })
    if (means.length < 3) return []
    const order = rankCorrelation(
      means.map(({ ratio }) => ratio),
      means.map(({ value }) => value),
    )
    const jumps = means.slice(1).map(({ value }, i) => value - (means[i]?.value ?? 0))
    const [from, to] = pair.split(' ')
    const labels = { from: from ?? '', to: to ?? '' }
    return [
      ...row(labels, 'rank correlation', Number.isFinite(order) ? [order] : []),
      ...row(labels, 'largest step', [Math.max(...jumps.map(Math.abs))]),
    ]
  })
  return [...byRatio, ...byPair]
}

async function seedRows(
  cells: readonly Cell[],
  results: Results,
  renderedLooks: (style: string) => Promise<readonly Look[]>,
): Promise<Row[]> {
  const seen: { readonly by: (typeof DISTANCES)[number]; readonly likeness: Likeness }[] = []
  for (const { labels, jobs } of cells) {
    const made = judgedOf(jobs, results).flatMap(({ result }) => (result.look ? [readLook(result.look)] : []))
    const rendered = made.length < 2 ? [] : await renderedLooks(String(labels.style))
    if (rendered.length < 2) continue
    for (const by of DISTANCES) seen.push({ by, likeness: compareLooks(made, rendered, by) })
  }
  return DISTANCES.flatMap((by): Row[] => {
    const alike = seen.flatMap((entry) => (entry.by === by ? [entry.likeness] : []))
    if (alike.length === 0) return []
    const near = alike.flatMap(({ madeToNearest, renderedToNearest }) => {
      const limit = quantile(renderedToNearest, 0.05)
      return madeToNearest.map((distance) => distance < limit)
    })
    const mean = (measure: string, pick: (likeness: Likeness) => readonly number[]): Row => {
      const values = alike.flatMap(pick)
      return { experiment: 'seeds', labels: { by }, measure, count: values.length, ...meanWithInterval(values) }
    }
    return [
      {
        experiment: 'seeds',
        labels: { by },
        measure: 'nearer than renderings',
        count: near.length,
        ...wilson(near.filter(Boolean).length, near.length),
      },
      mean('made to nearest', ({ madeToNearest }) => madeToNearest),
      mean('rendered to nearest', ({ renderedToNearest }) => renderedToNearest),
      mean('made apart', ({ madeApart }) => madeApart),
      mean('rendered apart', ({ renderedApart }) => renderedApart),
    ]
  })
}
