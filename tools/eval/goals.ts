// What the project set itself, held against what came out. A missed goal is a figure like any other: it fails nothing.

import type { Labels } from './plan.ts'
import type { Row } from './rows.ts'

export interface Goal {
  readonly goal: string
  /** What came out, in words. */
  readonly found: string
  /** Null where it was not measured. */
  readonly met: boolean | null
}

export function findRow(
  rows: readonly Row[],
  experiment: Row['experiment'],
  measure: string,
  labels: Labels,
): Row | null {
  const fits = (row: Row) =>
    row.experiment === experiment &&
    row.measure === measure &&
    Object.keys(row.labels).length === Object.keys(labels).length &&
    Object.entries(labels).every(([key, value]) => row.labels[key] === value)
  return rows.find(fits) ?? null
}

export function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`
}

export function withInterval({ value, low, high }: Pick<Row, 'value' | 'low' | 'high'>): string {
  return `${percent(value)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`
}

export function checkGoals(rows: readonly Row[]): Goal[] {
  const claim = (way: string, group: string, measure: string) => findRow(rows, 'claim', measure, { way, group })
  // The claim's prompts are of some subjects, so all of them are asked for by themselves, in trained styles.
  const content = (measure: string) => findRow(rows, 'subjects', measure, { subject: 'all' })
  return [
    atLeast('retrieval names the style in at least 90 %, trained styles', 0.9, claim('database', 'trained', 'style')),
    atLeast(
      'retrieval names the style in at least 75 %, held-out styles',
      0.75,
      claim('database', 'held out', 'style'),
    ),
    beats(claim('database', 'held out', 'style'), claim('postfix', 'held out', 'style')),
    costs(claim('database', 'all', 'subject'), claim('plain', 'all', 'subject')),
    atLeast('the subject is right in at least 85 %, all subjects in trained styles', 0.85, content('subject')),
    atLeast('the colour is right in at least 80 %, all subjects in trained styles', 0.8, content('color')),
    atLeast('the time of day is right in at least 80 %, all subjects in trained styles', 0.8, content('time')),
    fewSteps(rows),
    ...['384×256', '256×384'].map((shape) =>
      atLeast(`the subject is right in at least 85 % of ${shape}`, 0.85, findRow(rows, 'shapes', 'subject', { shape })),
    ),
    ...['384×256', '256×384'].map((shape) => single(rows, shape)),
    noCopies(rows),
  ]
}

function atLeast(goal: string, least: number, row: Row | null): Goal {
  if (row === null) return { goal, found: 'not measured', met: null }
  return { goal, found: withInterval(row), met: row.value >= least }
}

function beats(database: Row | null, postfix: Row | null): Goal {
  const goal = 'retrieval beats the postfix on held-out styles, intervals apart'
  if (database === null || postfix === null) return { goal, found: 'not measured', met: null }
  return { goal, found: `${withInterval(database)} against ${withInterval(postfix)}`, met: database.low > postfix.high }
}

function costs(database: Row | null, plain: Row | null): Goal {
  const goal = 'retrieval costs at most 5 points of subject accuracy'
  if (database === null || plain === null) return { goal, found: 'not measured', met: null }
  const lost = plain.value - database.value
  const found = `${(100 * lost).toFixed(1)} points: ${withInterval(database)} against ${withInterval(plain)}`
  return { goal, found, met: lost <= 0.05 }
}

/** Over all groups, as both numbers of steps painted the same prompts. */
function fewSteps(rows: readonly Row[]): Goal {
  const goal = '12 DPM-Solver++ steps are within 5 % of 50, style and subject'
  const parts = ['style', 'subject'].flatMap((measure) => {
    const [few, many] = [12, 50].map((steps) => pooledShare(rows, measure, { sampler: 'dpm', steps }))
    return few === null || few === undefined || !many ? [] : [{ measure, few, many }]
  })
  if (parts.length < 2) return { goal, found: 'not measured', met: null }
  return {
    goal,
    found: parts.map(({ measure, few, many }) => `${measure} ${percent(few)} against ${percent(many)}`).join(', '),
    met: parts.every(({ few, many }) => few >= 0.95 * many),
  }
}

/** A share over all groups of an experiment with steps. */
function pooledShare(
  rows: readonly Row[],
  measure: string,
  { sampler, steps }: { sampler: string; steps: number },
): number | null {
  const alike = rows.filter(
    ({ experiment, measure: of, labels }) =>
      experiment === 'steps' && of === measure && labels.sampler === sampler && labels.steps === steps,
  )
  const count = alike.reduce((sum, row) => sum + row.count, 0)
  return count === 0 ? null : alike.reduce((sum, row) => sum + row.value * row.count, 0) / count
}

function single(rows: readonly Row[], shape: string): Goal {
  const goal = `${shape} shows one subject as often as a square, within 5 points`
  const [wide, square] = [shape, '256×256'].map((of) => findRow(rows, 'shapes', 'count', { shape: of }))
  if (!wide || !square) return { goal, found: 'not measured', met: null }
  return {
    goal,
    found: `${percent(wide.value)} against ${percent(square.value)}`,
    met: wide.value >= square.value - 0.05,
  }
}

function noCopies(rows: readonly Row[]): Goal {
  const goal = 'no more made pictures than renderings (5 %) lie that near to a database picture, by CLIP and by pixels'
  const parts = ['CLIP', 'pixels'].flatMap((by) => findRow(rows, 'seeds', 'nearer than renderings', { by }) ?? [])
  if (parts.length < 2) return { goal, found: 'not measured', met: null }
  // With few pictures, one too near is no proof: the interval must lie above.
  return {
    goal,
    found: parts.map((row) => `${row.labels.by} ${withInterval(row)}`).join(', '),
    met: parts.every(({ low }) => low <= 0.05),
  }
}

/** The goal whose words begin so; null where there is none or it was not measured. */
export function checkedBy(goals: readonly Goal[], begin: string): Goal | null {
  return goals.find(({ goal, met }) => met !== null && goal.startsWith(begin)) ?? null
}
