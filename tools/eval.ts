// npm run eval: the paper's claim measured on the pack that ships, with the core that the page runs. See docs/eval.

import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { openPack } from '../src/core/pack/open-pack.ts'
import { readArguments, runTool, UsageError } from './arguments.ts'
import { type Look, readRenderedLooks } from './eval/copying.ts'
import { checkGoals } from './eval/goals.ts'
import { isAnsweredBy, type Job } from './eval/job.ts'
import { type Judge, openJudge, SHIPPED_JUDGE } from './eval/judge.ts'
import { createLedger, type Ledger, openLedger } from './eval/ledger.ts'
import { type Cell, EXPERIMENTS, PLAN_SIZES, planEvaluation } from './eval/plan.ts'
import { writeReport } from './eval/report.ts'
import { computeRows } from './eval/rows.ts'
import { openStudio } from './eval/studio.ts'
import { type EvaluatedStyle, GROUPS, groupStyles } from './eval/style-groups.ts'
import { createStyleShelf } from './eval/style-shelf.ts'
import { printTable } from './eval/table.ts'
import { createNodeRuntime } from './onnx-node.ts'
import { BUILT_IN_PACK, folderFiles, sha256 } from './pack-folder.ts'

const REPORT = resolve(import.meta.dirname, '../docs/eval')

type CellAndJob = readonly [Cell, Job]

const USAGE = `usage: npm run eval -- [--quick] [--rows ${EXPERIMENTS.join(',')}] [--resume] [--minutes N] [--report]
         [--results FILE] [--out docs/eval] [--pack DIR] [--judge FILE]

  --quick    few pictures of everything, and an end after 9 minutes at the latest
  --rows     paints these experiments only
  --results  work/eval/full.jsonl, or quick.jsonl: a line for each picture
  --resume   goes on with the results file, and paints what it lacks
  --minutes  paints no longer than this; --resume goes on
  --report   paints nothing: writes the report, a page, from the results file into --out`

async function main(): Promise<void> {
  const { values } = readArguments(USAGE, 0, {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    resume: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    report: { type: 'boolean', default: false },
    results: { type: 'string' },
    out: { type: 'string', default: REPORT },
    pack: { type: 'string', default: BUILT_IN_PACK },
    judge: { type: 'string', default: SHIPPED_JUDGE },
  })
  const experiments = readExperiments(values.rows)
  const minutes = readMinutes(values.minutes, values.quick)
  const judge = await openJudge(values.judge)
  const pack = await openPack(folderFiles(values.pack), createNodeRuntime(), sha256)
  const styles = stylesKnownTo(judge, groupStyles(pack.manifest))
  const shelf = createStyleShelf(pack)
  const of = `${pack.hash.slice(0, 16)} ${judge.hash.slice(0, 16)}`
  const ledger = await openResults(values.results ?? `work/eval/${values.quick ? 'quick' : 'full'}.jsonl`, of, {
    goOn: values.resume || values.report,
    size: values.quick ? 'quick' : 'full',
  })
  const cells = planEvaluation(styles, judge.shown, PLAN_SIZES[ledger.header.size])
  if (!values.report) {
    const trained = styles.flatMap(({ id, group }) => (group === 'trained' ? [id] : []))
    const jobs = listJobs(cells, experiments, ledger)
    const studio = await openStudio(values.pack, pack, shelf, judge, trained)
    await paintAll(jobs, ledger, minutes, studio.paint)
  }
  const looks = new Map<string, readonly Look[]>()
  const rows = await computeRows(cells, ledger.results, styles, judge, async (style) => {
    const read = looks.get(style) ?? (await readRenderedLooks(await shelf.open(style)))
    looks.set(style, read)
    return read
  })
  const seconds = secondsByExperiment(ledger)
  const goals = checkGoals(rows)
  for (const row of rows) console.log(JSON.stringify(row))
  console.log(`\n${printTable(rows, goals, seconds)}`)
  if (!values.report) return
  await writeReport(values.out, {
    pack,
    judge,
    styles,
    shelf,
    cells,
    results: ledger.results,
    rows,
    goals,
    seconds,
    header: ledger.header,
  })
  await writeFile(resolve(values.out, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  console.log(`\nreport: ${resolve(values.out, 'index.html')}`)
}

function readExperiments(text: string | undefined): readonly string[] {
  const named = text?.split(',') ?? EXPERIMENTS
  const unknown = named.find((name) => !EXPERIMENTS.some((known) => known === name))
  if (unknown !== undefined) throw new UsageError(`--rows ${unknown} is none of ${EXPERIMENTS.join(', ')}`)
  return named
}

/** How long to paint; a quick run leaves a minute of ten for everything else. */
function readMinutes(text: string | undefined, quick: boolean): number {
  if (text === undefined) return quick ? 9 : Number.POSITIVE_INFINITY
  const minutes = Number(text)
  if (!(minutes > 0)) throw new UsageError(`--minutes ${text} is not a number above 0`)
  return minutes
}

function stylesKnownTo({ classes }: Judge, styles: readonly EvaluatedStyle[]): EvaluatedStyle[] {
  const known = new Set(classes.style)
  const missing = styles.filter(({ id }) => !known.has(id))
  if (missing.length > 0) console.error(`the judge does not know ${missing.map(({ id }) => id).join(', ')}: left out`)
  const kept = styles.filter(({ id }) => known.has(id))
  if (kept.length === 0) throw new UsageError("the judge knows none of the pack's styles")
  for (const group of GROUPS) {
    const ids = kept.flatMap((style) => (style.group === group ? [style.id] : []))
    console.error(`${group}: ${ids.length === 0 ? 'none' : ids.join(', ')}`)
  }
  return kept
}

async function openResults(
  path: string,
  of: string,
  { goOn, size }: { readonly goOn: boolean; readonly size: 'full' | 'quick' },
): Promise<Ledger> {
  const found = goOn ? await openLedger(path) : null
  if (found !== null && found.header.of !== of) {
    throw new UsageError(`${path} is of another pack or judge: run without --resume to begin anew`)
  }
  if (found !== null) return found
  if (goOn) console.error(`${path}: nothing to go on with, so it begins here`)
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, Node ${process.versions.node}`
  return createLedger(path, { kind: 'run', size, of, machine, begun: new Date().toISOString() })
}

/** What is still to be painted for the experiments, each picture once, with all that any experiment wants of it. */
function listJobs(cells: readonly Cell[], experiments: readonly string[], { results }: Ledger): CellAndJob[] {
  const wanted = new Map<string, CellAndJob>()
  for (const cell of cells.toSorted((a, b) => asked(b) - asked(a))) {
    for (const job of cell.jobs) {
      const [first, before] = wanted.get(job.key) ?? [cell, job]
      const merged = { ...before, kept: before.kept || job.kept, compared: before.compared || job.compared }
      wanted.set(job.key, [first, merged])
    }
  }
  return [...wanted.values()].filter(([cell, job]) => asked(cell) === 1 && !isAnsweredBy(job, results.get(job.key)))

  function asked({ experiment }: Cell): number {
    return experiments.includes(experiment) ? 1 : 0
  }
}

async function paintAll(
  jobs: readonly CellAndJob[],
  ledger: Ledger,
  minutes: number,
  paint: Awaited<ReturnType<typeof openStudio>>['paint'],
): Promise<void> {
  const start = performance.now()
  for (const [done, [{ experiment }, job]] of jobs.entries()) {
    if (performance.now() - start > minutes * 60_000) {
      console.error(`time is up after ${done} of ${jobs.length} pictures; --resume goes on`)
      return
    }
    await ledger.append({ ...(await paint(job)), of: ledger.header.of, experiment })
    if ((done + 1) % 25 === 0 || done + 1 === jobs.length) {
      const seconds = (performance.now() - start) / 1000
      const left = (seconds / (done + 1)) * (jobs.length - done - 1)
      console.error(
        `${done + 1} of ${jobs.length} (${experiment}), ${Math.round(seconds)} s, ${Math.round(left)} s left`,
      )
    }
  }
}

function secondsByExperiment({ results }: Ledger): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { experiment, seconds } of results.values()) sums.set(experiment, (sums.get(experiment) ?? 0) + seconds)
  return sums
}

await runTool(main)
