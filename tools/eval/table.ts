// The figures as text for a terminal.

import { type Goal, withInterval } from './goals.ts'
import type { Row } from './rows.ts'

const SHARES = new Set([
  'style',
  'subject',
  'color',
  'time',
  'count',
  'from',
  'to',
  'nearer than renderings',
  'largest step',
])

export function printTable(rows: readonly Row[], goals: readonly Goal[], seconds: ReadonlyMap<string, number>): string {
  const lines = rows
    .filter(({ experiment, labels }) => experiment !== 'claim' || labels.style === undefined)
    .filter(({ experiment, labels }) => experiment !== 'subjects' || labels.subject === 'all')
    .map(({ experiment, labels, measure, count, ...estimate }) => [
      experiment,
      Object.entries(labels)
        .map(([key, value]) => (key === 'group' ? value : `${key} ${value}`))
        .join(', '),
      measure,
      String(count),
      SHARES.has(measure) ? withInterval(estimate) : estimate.value.toFixed(3),
    ])
  const verdict = (met: boolean | null) => (met === null ? 'not measured' : met ? 'met' : 'missed')
  const times = [...seconds].map(([stage, time]) => `${stage} ${Math.round(time)} s`)
  return [
    align([['experiment', 'of', 'measure', 'pictures', 'value (95 % interval)'], ...lines]),
    '',
    align(goals.map(({ goal, found, met }) => [verdict(met), goal, found])),
    '',
    `painting and judging: ${times.join(', ')}`,
  ].join('\n')
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
