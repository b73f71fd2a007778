import { describe, expect, it } from 'vitest'
import { compareLooks, type Look } from '../../../tools/eval/copying.ts'
import { checkGoals, findRow } from '../../../tools/eval/goals.ts'
import type { Job, Result } from '../../../tools/eval/job.ts'
import { type Cell, PLAN_SIZES, planEvaluation } from '../../../tools/eval/plan.ts'
import { computeRows, type Row } from '../../../tools/eval/rows.ts'
import type { EvaluatedStyle } from '../../../tools/eval/style-groups.ts'
import { printTable } from '../../../tools/eval/table.ts'

const styles: EvaluatedStyle[] = [
  { id: 'oil', name: 'Oil', group: 'trained' },
  { id: 'glass', name: 'Glass', group: 'trained' },
  { id: 'neon', name: 'Neon', group: 'held out' },
]
const judge = {
  classes: { style: ['oil', 'glass', 'neon'], subject: ['house', 'boat'], count: ['1', '2'] },
  accuracy: { pictures: 100, kinds: { style: 0.9, subject: 0.8 }, styles: { oil: 1, glass: 0.8, neon: 0.5 } },
}
const shown = {
  subjects: { house: { colors: ['red'], places: ['by the sea'] }, boat: { colors: ['blue'], places: ['on a lake'] } },
  times: { day: 'by day', night: 'at night' },
}
const cells = planEvaluation(styles, shown, { ...PLAN_SIZES.quick, prompts: 10, plain: 30 })

/** Results of a judge that sees what `seen` says. */
function judged(seen: (job: Job, cell: Cell, i: number) => Partial<Result>): Map<string, Result> {
  const results = cells.flatMap((cell) =>
    cell.jobs.map((job, i): [string, Result] => [
      job.key,
      {
        key: job.key,
        of: '',
        experiment: cell.experiment,
        seconds: 1,
        seen: { ...job.asked, style: job.asked.style ?? 'oil' },
        styles: {},
        neighbours: [],
        ...seen(job, cell, i),
      },
    ]),
  )
  return new Map(results.toReversed())
}

const rowsOf = (results: ReadonlyMap<string, Result>) => computeRows(cells, results, styles, judge, async () => [])

describe('figures', () => {
  it('count how often the judge sees what was asked, by way and group', async () => {
    const rows = await rowsOf(
      judged((job, { labels }, i) =>
        labels.way === 'postfix' ? { seen: { ...job.asked, style: i < 3 ? (job.asked.style ?? '') : 'glass' } } : {},
      ),
    )
    expect(findRow(rows, 'claim', 'style', { way: 'database', group: 'trained' })).toMatchObject({
      count: 20,
      value: 1,
    })
    expect(findRow(rows, 'claim', 'style', { way: 'postfix', group: 'held out' })).toMatchObject({
      count: 10,
      value: 0.3,
    })
    expect(findRow(rows, 'claim', 'style', { way: 'postfix', style: 'neon', group: 'held out' })?.value).toBe(0.3)
    expect(findRow(rows, 'claim', 'subject', { way: 'database', group: 'all' })?.value).toBe(1)
  })

  it('tell each subject apart, and all of them together', async () => {
    const rows = await rowsOf(
      judged((job) => (job.asked.subject === 'boat' ? { seen: { ...job.asked, subject: 'house' } } : {})),
    )
    const of = (subject: string) => findRow(rows, 'subjects', 'subject', { subject })
    expect(of('boat')).toMatchObject({ count: 1, value: 0 })
    expect(of('house')).toMatchObject({ count: 1, value: 1 })
    expect(of('all')).toMatchObject({ count: 2, value: 0.5 })
    expect(findRow(rows, 'subjects', 'style', { subject: 'all' })?.value).toBe(1)
  })

  it('say what luck gives: how often a picture for which no style was asked is in one given style of the group', async () => {
    const rows = await rowsOf(judged(() => ({})))
    const luck = (group: string) => findRow(rows, 'claim', 'style', { way: 'plain', group })
    // All are seen as oil, one of two trained styles.
    expect(luck('trained')).toMatchObject({ count: 30, value: 0.5, high: 0.5 })
    expect(luck('held out')).toMatchObject({ value: 0 })
    expect(luck('unknown to CLIP')).toBeNull()
  })

  it('leave out what was not painted', async () => {
    const rows = await rowsOf(new Map())
    expect(new Set(rows.map(({ experiment }) => experiment))).toEqual(new Set(['judge']))
    expect(checkGoals(rows).every(({ met }) => met === null)).toBe(true)
  })

  it("give the judge's own accuracy by group", async () => {
    const rows = await rowsOf(new Map())
    expect(findRow(rows, 'judge', 'style', { group: 'trained' })?.value).toBeCloseTo(0.9, 12)
    expect(findRow(rows, 'judge', 'style', { group: 'held out' })?.value).toBe(0.5)
    expect(findRow(rows, 'judge', 'subject', { group: 'all' })).toMatchObject({ value: 0.8, count: 100 })
  })

  it('tell whether belief follows the ratio of two databases', async () => {
    const following = await rowsOf(
      judged((_, { labels }) => ({
        styles: { [String(labels.to)]: Number(labels.ratio) ** 3, [String(labels.from)]: 0.1 },
      })),
    )
    const order = (rows: readonly Row[]) => rows.find(({ measure }) => measure === 'rank correlation')?.value
    expect(order(following)).toBeCloseTo(1, 12)
    expect(findRow(following, 'mixing', 'to', { ratio: 0.5 })?.value).toBeCloseTo(0.125, 12)
    const against = await rowsOf(
      judged((_, { labels }) => ({ styles: { [String(labels.to)]: 1 - Number(labels.ratio) } })),
    )
    expect(order(against)).toBeCloseTo(-1, 12)
    expect(against.find(({ measure }) => measure === 'largest step')?.value).toBeCloseTo(0.25, 12)
  })

  it('are printed as a table with the goals', async () => {
    const rows = await rowsOf(judged(() => ({})))
    const table = printTable(rows, checkGoals(rows), new Map([['claim', 12]]))
    expect(table).toContain('way database, trained')
    expect(table).toMatch(/^met +retrieval names the style in at least 90 %/m)
    expect(table).toContain('claim 12 s')
  })
})

describe('goals', () => {
  const share = (way: string, group: string, measure: string, value: number, half = 0.02): Row => ({
    experiment: 'claim',
    labels: { way, group },
    measure,
    count: 100,
    value,
    low: value - half,
    high: value + half,
  })
  const metOf = (rows: readonly Row[], begin: string) =>
    checkGoals(rows).find(({ goal }) => goal.startsWith(begin))?.met

  it('are met at the number that was set, and missed below', () => {
    expect(metOf([share('database', 'trained', 'style', 0.9)], 'retrieval names the style in at least 90 %')).toBe(true)
    expect(metOf([share('database', 'trained', 'style', 0.899)], 'retrieval names the style in at least 90 %')).toBe(
      false,
    )
  })

  it('want the intervals apart where retrieval should beat the postfix', () => {
    const rows = (half: number) => [
      share('database', 'held out', 'style', 0.5, half),
      share('postfix', 'held out', 'style', 0.4, half),
    ]
    expect(metOf(rows(0.04), 'retrieval beats')).toBe(true)
    expect(metOf(rows(0.06), 'retrieval beats')).toBe(false)
  })

  it('let retrieval cost five points of subject accuracy and no more', () => {
    const rows = (value: number) => [share('database', 'all', 'subject', value), share('plain', 'all', 'subject', 0.9)]
    expect(metOf(rows(0.86), 'retrieval costs')).toBe(true)
    expect(metOf(rows(0.84), 'retrieval costs')).toBe(false)
  })

  it('hold 12 DPM steps against 50 over all groups', () => {
    const rows = (few: number) =>
      ['style', 'subject'].flatMap((measure) =>
        [12, 50].flatMap((steps) =>
          ['trained', 'held out'].map((group, i): Row => {
            const value = steps === 12 ? few : 0.8
            const labels = { sampler: 'dpm', steps, group }
            return { experiment: 'steps', labels, measure, count: 10 + i, value, low: 0, high: 1 }
          }),
        ),
      )
    expect(metOf(rows(0.77), '12 DPM')).toBe(true)
    expect(metOf(rows(0.75), '12 DPM')).toBe(false)
  })
})

describe('likeness', () => {
  const look = (angle: number, shade: number): Look => ({
    embedding: Float32Array.of(Math.cos(angle), Math.sin(angle)),
    pixels: new Uint8Array(12).fill(shade),
  })
  const rendered = [look(0, 0), look(1, 51), look(2, 255)]

  it('is near nothing for a copy, and as far as renderings are for a picture of its own', () => {
    const { madeToNearest, renderedToNearest } = compareLooks([look(1, 51), look(1.4, 153)], rendered, 'CLIP')
    expect(madeToNearest[0]).toBeCloseTo(0, 6)
    expect(madeToNearest[1]).toBeCloseTo(1 - Math.cos(0.4), 6)
    expect(renderedToNearest[0]).toBeCloseTo(1 - Math.cos(1), 6)
  })

  it('is measured on pixels too, 0 to 1', () => {
    const { madeToNearest, madeApart, renderedApart } = compareLooks([look(0, 51), look(0, 153)], rendered, 'pixels')
    expect(madeToNearest).toEqual([0, 0.4])
    expect(madeApart).toEqual([0.4])
    expect(renderedApart).toEqual([0.2, 1, 0.8])
  })
})
