// What the evaluation paints: every experiment as cells of pictures that are asked for in the same way.

import { DEFAULT_SETTINGS, type GenerationSettings, type SamplerName } from '../../src/core/diffusion/recipe.ts'
import { createJob, type Job, type Source } from './job.ts'
import type { ShownContent } from './judge.ts'
import { type ContentPrompt, composePrompts, withPostfix } from './prompts.ts'
import type { EvaluatedStyle } from './style-groups.ts'

export const EXPERIMENTS = [
  'claim',
  'subjects',
  'neighbours',
  'guidance',
  'steps',
  'mixing',
  'seeds',
  'shapes',
] as const
export type Experiment = (typeof EXPERIMENTS)[number]

/** How a style is asked for. */
export const WAYS = ['database', 'postfix', 'plain'] as const
export type Way = (typeof WAYS)[number]

export type Labels = Readonly<Record<string, string | number>>

export interface Cell {
  readonly experiment: Experiment
  readonly labels: Labels
  readonly jobs: readonly Job[]
}

/** How much is painted. */
export interface PlanSize {
  /** Prompts for each style and way. */
  readonly prompts: number
  /** Of those, how many are kept for the contact sheets. */
  readonly keptPrompts: number
  /** Prompts to the general database without a style. */
  readonly plain: number
  /** Pictures of each subject that renderings show, in trained styles. */
  readonly perSubject: number
  /** Pictures for each value of k and of guidance; for each sampler and number of steps. */
  readonly ablation: number
  readonly perSampler: number
  readonly steps: readonly number[]
  readonly pairs: number
  readonly pairPrompts: number
  readonly ratios: number
  readonly seedStyles: number
  readonly seedsEach: number
  readonly shapes: number
}

export const PLAN_SIZES: Readonly<Record<'full' | 'quick', PlanSize>> = {
  // 35 minutes on two cores with nothing else to do.
  full: {
    prompts: 32,
    keptPrompts: 6,
    plain: 160,
    perSubject: 6,
    ablation: 96,
    perSampler: 64,
    steps: [6, 8, 12, 20, 50],
    pairs: 6,
    pairPrompts: 6,
    ratios: 9,
    seedStyles: 8,
    seedsEach: 8,
    shapes: 74,
  },
  quick: {
    prompts: 2,
    keptPrompts: 2,
    plain: 24,
    perSubject: 1,
    ablation: 6,
    perSampler: 4,
    steps: [6, 12, 50],
    pairs: 1,
    pairPrompts: 2,
    ratios: 5,
    seedStyles: 3,
    seedsEach: 4,
    shapes: 6,
  },
}

/** What all experiments use where they do not vary it: few steps, which "steps" holds against many. */
export const EVALUATED: GenerationSettings = { ...DEFAULT_SETTINGS, sampler: 'dpm', steps: 12 }

export const NEIGHBOUR_COUNTS = [0, 1, 2, 4, 9, 19]
export const GUIDANCES = [1, 2, 3, 5, 7.5, 10]
const SAMPLERS: readonly SamplerName[] = ['ddim', 'plms', 'dpm']
const SHAPES = [
  [256, 256],
  [384, 256],
  [256, 384],
] as const

/** All cells, in the order in which they are painted. Styles must be the pack's that the judge knows. */
export function planEvaluation(styles: readonly EvaluatedStyle[], shown: ShownContent, size: PlanSize): Cell[] {
  const prompts = composePrompts(shown, Math.max(size.prompts, size.plain, size.shapes))
  const spread = spreadPairs(styles, prompts.slice(0, size.prompts))
  const trained = styles.filter(({ group }) => group === 'trained')
  return [
    ...planClaim(styles, prompts, size),
    ...planSubjects(trained.length > 0 ? trained : styles, shown, size),
    ...planAblations(spread, size),
    ...planMixing(trained.length > 1 ? trained : styles, prompts, size),
    ...planSeeds(styles, prompts, size),
    ...planShapes(spread.slice(0, size.shapes)),
  ]
}

/** The first `count` pictures of a plan that has every style with every prompt, each from its style's database. */
export function planSpread(styles: readonly EvaluatedStyle[], shown: ShownContent, count: number): Job[] {
  const prompts = composePrompts(shown, Math.max(PLAN_SIZES.full.prompts, Math.ceil(count / styles.length)))
  return spreadPairs(styles, prompts)
    .slice(0, count)
    .map(([style, prompt]) => styled(style, prompt, {}, {}))
}

type StyleAndPrompt = readonly [style: EvaluatedStyle, prompt: ContentPrompt]

/** Every style with every prompt, such that any first part has all of both about equally often. */
function spreadPairs(styles: readonly EvaluatedStyle[], prompts: readonly ContentPrompt[]): StyleAndPrompt[] {
  return prompts.flatMap((_, round) =>
    styles.flatMap((style, i): StyleAndPrompt[] => {
      const prompt = prompts[(i + round) % prompts.length]
      return prompt === undefined ? [] : [[style, prompt]]
    }),
  )
}

function planClaim(styles: readonly EvaluatedStyle[], prompts: readonly ContentPrompt[], size: PlanSize): Cell[] {
  const asking = (way: Way, style: EvaluatedStyle): Cell => ({
    experiment: 'claim',
    labels: { way, style: style.id, group: style.group },
    jobs: prompts.slice(0, size.prompts).map((prompt, i) => {
      const kept = i < size.keptPrompts
      return way === 'database' ? styled(style, prompt, {}, { kept }) : general(prompt, { kept: i < 2 }, style)
    }),
  })
  const plain = prompts.slice(0, size.plain).map((prompt, i) => general(prompt, { kept: i < size.keptPrompts }))
  return [
    ...styles.flatMap((style) => [asking('database', style), asking('postfix', style)]),
    { experiment: 'claim', labels: { way: 'plain' }, jobs: plain },
  ]
}

/** All subjects, of which the claim's prompts ask for some: each in styles far apart, in a colour, place and hour each time. */
function planSubjects(styles: readonly EvaluatedStyle[], shown: ShownContent, { perSubject }: PlanSize): Cell[] {
  const subjects = Object.keys(shown.subjects).length
  const prompts = composePrompts(shown, subjects * perSubject)
  const apart = Math.max(1, Math.floor(styles.length / perSubject))
  return prompts.slice(0, subjects).map(({ asked: { subject } }, i): Cell => {
    const jobs = Array.from({ length: perSubject }, (_, round) => {
      const [style, prompt] = [styles[(i + round * apart) % styles.length], prompts[round * subjects + i]]
      return style === undefined || prompt === undefined ? [] : [styled(style, prompt, {}, {})]
    })
    return { experiment: 'subjects', labels: { subject }, jobs: jobs.flat() }
  })
}

function planAblations(spread: readonly StyleAndPrompt[], size: PlanSize): Cell[] {
  const cells = (
    experiment: Experiment,
    count: number,
    labels: Labels,
    changed: Partial<GenerationSettings>,
  ): Cell[] => {
    const chosen = spread.slice(0, count)
    const groups = [...new Set(chosen.map(([style]) => style.group))]
    return groups.map((group) => ({
      experiment,
      labels: { ...labels, group },
      jobs: chosen.flatMap(([style, prompt], i) =>
        style.group === group ? [styled(style, prompt, changed, { kept: i === 0 && experiment !== 'steps' })] : [],
      ),
    }))
  }
  return [
    ...NEIGHBOUR_COUNTS.flatMap((k) => cells('neighbours', size.ablation, { k }, { k })),
    ...GUIDANCES.flatMap((guidance) => cells('guidance', size.ablation, { guidance }, { guidance })),
    ...SAMPLERS.flatMap((sampler) =>
      size.steps.flatMap((steps) => cells('steps', size.perSampler, { sampler, steps }, { sampler, steps })),
    ),
  ]
}

/** Pairs of styles far apart in the list, each mixed at ratios from all of the first to all of the second. */
function planMixing(styles: readonly EvaluatedStyle[], prompts: readonly ContentPrompt[], size: PlanSize): Cell[] {
  const half = Math.floor(styles.length / 2)
  const apart = Math.max(1, Math.floor(half / size.pairs))
  return Array.from({ length: Math.min(size.pairs, half) }, (_, i) => [
    styles[i * apart],
    styles[i * apart + half],
  ]).flatMap(([from, to]) =>
    from === undefined || to === undefined
      ? []
      : Array.from({ length: size.ratios }, (_, i): Cell => {
          const ratio = i / (size.ratios - 1)
          const of = [
            [from.id, 1 - ratio],
            [to.id, ratio],
          ] as const
          return {
            experiment: 'mixing',
            labels: { from: from.id, to: to.id, ratio },
            jobs: prompts.slice(0, size.pairPrompts).map(({ text, seed, asked }, j) => {
              const settings = { ...EVALUATED, seed }
              return createJob({ source: { kind: 'mixed', of }, prompt: text, settings, asked }, { kept: j === 0 })
            }),
          }
        }),
  )
}

/** One prompt in one style from several seeds; trained and held-out styles in turn. */
function planSeeds(styles: readonly EvaluatedStyle[], prompts: readonly ContentPrompt[], size: PlanSize): Cell[] {
  const [trained, others] = [
    styles.filter(({ group }) => group === 'trained'),
    styles.filter(({ group }) => group !== 'trained'),
  ]
  const inTurn = trained.flatMap((style, i) => [style, others[i]]).filter((style) => style !== undefined)
  return inTurn.slice(0, size.seedStyles).flatMap((style, i): Cell[] => {
    const prompt = prompts[i % prompts.length]
    if (prompt === undefined) return []
    const seeds = Array.from({ length: size.seedsEach }, (_, j) => ({ ...prompt, seed: prompt.seed + 1_000_000 * j }))
    const jobs = seeds.map((seeded) => styled(style, seeded, {}, { kept: true, compared: true }))
    return [{ experiment: 'seeds', labels: { style: style.id, group: style.group }, jobs }]
  })
}

function planShapes(spread: readonly StyleAndPrompt[]): Cell[] {
  return SHAPES.map(([width, height]) => ({
    experiment: 'shapes',
    labels: { shape: `${width}×${height}` },
    jobs: spread.map(([style, prompt], i) => styled(style, prompt, { width, height }, { kept: i < 4 })),
  }))
}

function styled(
  style: EvaluatedStyle,
  { text, seed, asked }: ContentPrompt,
  changed: Partial<GenerationSettings>,
  wanted: { kept?: boolean; compared?: boolean },
): Job {
  const settings = { ...EVALUATED, seed, ...changed }
  const source: Source = settings.k === 0 ? { kind: 'none' } : { kind: 'style', id: style.id }
  return createJob({ source, prompt: text, settings, asked: { ...asked, style: style.id } }, wanted)
}

/** From the general database; with a style's name after the prompt where one is given. */
function general({ text, seed, asked }: ContentPrompt, wanted: { kept?: boolean }, style?: EvaluatedStyle): Job {
  const prompt = style === undefined ? text : withPostfix(text, style.name)
  const named = style === undefined ? asked : { ...asked, style: style.id }
  return createJob({ source: { kind: 'general' }, prompt, settings: { ...EVALUATED, seed }, asked: named }, wanted)
}
