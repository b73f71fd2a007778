import { describe, expect, it } from 'vitest'
import { createJob, isAnsweredBy, type Result } from '../../../tools/eval/job.ts'
import { EVALUATED, EXPERIMENTS, PLAN_SIZES, planEvaluation } from '../../../tools/eval/plan.ts'
import { groupStyles } from '../../../tools/eval/style-groups.ts'

const shown = {
  subjects: Object.fromEntries(
    ['house', 'boat', 'fish', 'tree', 'cat'].map((name) => [
      name,
      { colors: ['red', 'blue'], places: ['by the sea', 'on a hill'] },
    ]),
  ),
  times: { day: 'by day', dawn: 'at dawn', night: 'at night' },
}
const database = (id: string, name: string, heldOut: boolean) => ({ id, name, heldOut, rows: 9, file: `${id}.zip` })
const clip = { vocabulary: ['oil', 'painting', 'glass', 'neon', 'sign', 'of'] } as never
const databases = [
  ...Array.from({ length: 24 }, (_, i) => database(`oil-${i}`, 'Oil painting', false)),
  ...Array.from({ length: 8 }, (_, i) => database(`neon-${i}`, 'Neon sign', true)),
  database('scales', 'Fish scales', true),
]
const styles = groupStyles({ databases, clip })
const full = planEvaluation(styles, shown, PLAN_SIZES.full)
const quick = planEvaluation(styles, shown, PLAN_SIZES.quick)
const keysOf = (cells: typeof full) => new Set(cells.flatMap(({ jobs }) => jobs.map(({ key }) => key)))

describe('styles', () => {
  it('are grouped by what the pack says: trained, held out, and held out with a name that CLIP does not know', () => {
    expect(styles.filter(({ group }) => group === 'trained')).toHaveLength(24)
    expect(styles.filter(({ group }) => group === 'held out')).toHaveLength(8)
    expect(styles.filter(({ group }) => group === 'unknown to CLIP').map(({ id }) => id)).toEqual(['scales'])
  })

  it('are all known to a CLIP of the open language', () => {
    const open = groupStyles({ databases, clip: { vocabulary: [] } as never })
    expect(open.some(({ group }) => group === 'unknown to CLIP')).toBe(false)
  })
})

describe('the plan', () => {
  it('has every experiment, and at least 2,000 pictures in full', () => {
    expect(new Set(full.map(({ experiment }) => experiment))).toEqual(new Set(EXPERIMENTS))
    expect(new Set(quick.map(({ experiment }) => experiment))).toEqual(new Set(EXPERIMENTS))
    expect(keysOf(full).size).toBeGreaterThan(2000)
    expect(keysOf(quick).size).toBeLessThan(400)
  })

  it('asks for every subject equally often, each time in another trained style and with other noise', () => {
    const cells = full.filter(({ experiment }) => experiment === 'subjects')
    expect(cells.map(({ labels }) => labels.subject).toSorted()).toEqual(Object.keys(shown.subjects).toSorted())
    for (const { labels, jobs } of cells) {
      expect(jobs).toHaveLength(PLAN_SIZES.full.perSubject)
      expect(jobs.every(({ asked }) => asked.subject === labels.subject)).toBe(true)
      expect(new Set(jobs.map(({ asked }) => asked.style)).size).toBe(jobs.length)
      expect(jobs.every(({ asked }) => asked.style?.startsWith('oil-'))).toBe(true)
      expect(new Set(jobs.map(({ settings }) => settings.seed)).size).toBe(jobs.length)
    }
  })

  it('asks every style the same prompts from the same noise, and changes only where neighbours come from or the postfix', () => {
    const claim = full.filter(({ experiment, labels }) => experiment === 'claim' && labels.style !== undefined)
    const [first] = claim
    for (const { labels, jobs } of claim) {
      for (const [i, { prompt, settings, source, asked }] of jobs.entries()) {
        const plain = first?.jobs[i]
        expect(settings).toEqual(plain?.settings)
        expect(asked.style).toBe(labels.style)
        expect(asked.subject).toBe(plain?.asked.subject)
        if (labels.way === 'database') {
          expect(prompt).toBe(plain?.prompt)
          expect(source).toEqual({ kind: 'style', id: labels.style })
        } else {
          const name = styles.find(({ id }) => id === labels.style)?.name.toLowerCase()
          expect(prompt).toBe(`${plain?.prompt}, in the style of ${name}`)
          expect(source).toEqual({ kind: 'general' })
        }
      }
    }
    const plain = full.find(({ labels }) => labels.way === 'plain')
    expect(plain?.jobs[0]).toMatchObject({ prompt: first?.jobs[0]?.prompt, source: { kind: 'general' } })
    expect(plain?.jobs.every(({ asked }) => asked.style === undefined)).toBe(true)
  })

  it('varies one thing at a time', () => {
    for (const { experiment, labels, jobs } of full) {
      for (const { settings } of jobs) {
        const { k, guidance, sampler, steps, width, height } = settings
        const { k: asked = k, guidance: wanted = guidance } = labels
        expect([k, guidance]).toEqual([asked, wanted])
        expect({ ...settings, seed: 0 }).toEqual({
          ...EVALUATED,
          ...(experiment === 'neighbours' ? { k } : {}),
          ...(experiment === 'guidance' ? { guidance } : {}),
          ...(experiment === 'steps' ? { sampler, steps } : {}),
          ...(experiment === 'shapes' ? { width, height } : {}),
        })
      }
    }
  })

  it('paints what several experiments share once', () => {
    const claim = keysOf(full.filter(({ experiment }) => experiment === 'claim'))
    const usual = full.filter(({ labels }) => labels.k === 19 || labels.guidance === 5)
    expect(usual.length).toBeGreaterThan(0)
    for (const key of keysOf(usual)) expect(claim.has(key)).toBe(true)
  })

  it('mixes each pair from all of the first to all of the second', () => {
    const mixing = full.filter(({ experiment }) => experiment === 'mixing')
    const pairs = new Set(mixing.map(({ labels }) => `${labels.from} ${labels.to}`))
    expect(pairs.size).toBe(PLAN_SIZES.full.pairs)
    for (const { labels, jobs } of mixing) {
      expect(labels.from).not.toBe(labels.to)
      const of = [
        [labels.from, 1 - Number(labels.ratio)],
        [labels.to, labels.ratio],
      ]
      expect(jobs[0]?.source).toEqual({ kind: 'mixed', of })
    }
    expect(mixing.map(({ labels }) => labels.ratio).slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => i / 8))
  })

  it('is made for packs of any size', () => {
    for (const count of [1, 2, 5]) {
      const cells = planEvaluation(styles.slice(0, count), shown, PLAN_SIZES.quick)
      expect(keysOf(cells).size).toBeGreaterThan(10)
      for (const { jobs } of cells)
        for (const { source } of jobs) if (source.kind === 'mixed') expect(count).toBeGreaterThan(1)
    }
  })
})

describe('a job', () => {
  it('is another one where anything that makes the picture differs', () => {
    const job = { source: { kind: 'style', id: 'oil' }, prompt: 'a house', settings: EVALUATED, asked: {} } as const
    const { key } = createJob(job)
    expect(createJob({ ...job, asked: { style: 'oil' } }, { kept: true }).key).toBe(key)
    for (const changed of [
      { prompt: 'a boat' },
      { source: { kind: 'general' } as const },
      ...Object.entries({ k: 1, seed: 1, steps: 1, sampler: 'ddim', guidance: 1, eta: 1, width: 128, height: 128 }).map(
        ([name, value]) => ({ settings: { ...EVALUATED, [name]: value } }),
      ),
    ]) {
      expect(createJob({ ...job, ...changed }).key).not.toBe(key)
    }
  })

  it('is answered by a result that has all that is wanted of it', () => {
    const job = createJob({ source: { kind: 'none' }, prompt: '', settings: EVALUATED, asked: {} }, { kept: true })
    const result: Result = { key: job.key, of: '', experiment: '', seconds: 0, seen: {}, styles: {}, neighbours: [] }
    expect(isAnsweredBy(job, undefined)).toBe(false)
    expect(isAnsweredBy(job, result)).toBe(false)
    expect(isAnsweredBy(job, { ...result, picture: 'AAAA' })).toBe(true)
  })
})
