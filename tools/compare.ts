// npm run compare: what storing a model's weights more coarsely costs, seen in pictures that two packs paint.

import type { RgbImage } from '../src/core/diffusion/model-parts.ts'
import { type OpenPack, openPack } from '../src/core/pack/open-pack.ts'
import { readArguments, runTool, UsageError } from './arguments.ts'
import { withInterval } from './eval/goals.ts'
import type { Job } from './eval/job.ts'
import { openJudge } from './eval/judge.ts'
import { planSpread } from './eval/plan.ts'
import { psnr } from './eval/psnr.ts'
import { nameSeen, openPainter } from './eval/studio.ts'
import { groupStyles } from './eval/style-groups.ts'
import { createStyleShelf, type StyleShelf } from './eval/style-shelf.ts'
import { meanWithInterval, wilson } from './eval/wilson.ts'
import { createNodeRuntime } from './onnx-node.ts'
import { BUILT_IN_PACK, folderFiles, sha256 } from './pack-folder.ts'

const USAGE = `usage: npm run compare -- PACK [--with DIR] [--pictures 74]

  PACK        the same model with its weights stored more exactly, as npm run convert makes it with --dtype fp32; its databases
              are not needed
  --with      the pack that is held against it: the built-in one
  --pictures  how many each paints: the prompts of npm run eval in all styles in turn, from the same seeds and databases`

async function main(): Promise<void> {
  const { values, positionals } = readArguments(USAGE, 1, {
    with: { type: 'string', default: BUILT_IN_PACK },
    pictures: { type: 'string', default: '74' },
  })
  const count = Number(values.pictures)
  if (!(Number.isInteger(count) && count > 0))
    throw new UsageError(`--pictures ${values.pictures} is no number above 0`)
  const judge = await openJudge()
  const coarse = await open(values.with)
  const exact = await open(positionals[0] ?? '')
  const shelf = createStyleShelf(coarse.pack)
  const painters = [await painterOf(exact, shelf), await painterOf(coarse, shelf)] as const
  const known = new Set(judge.classes.style)
  const styles = groupStyles(coarse.pack.manifest).filter(({ id }) => known.has(id))
  if (styles.length === 0) throw new UsageError("the judge knows none of the pack's styles")
  const pairs: Compared[] = []
  for (const job of planSpread(styles, judge.shown, count)) {
    const [before, after] = [await painters[0](job), await painters[1](job)]
    const seen = [nameSeen(judge, await judge.judge(before)), nameSeen(judge, await judge.judge(after))] as const
    pairs.push({ asked: job.asked, seen, decibels: psnr(before, after) })
  }
  report(pairs)
}

interface OpenedPack {
  readonly dir: string
  readonly pack: OpenPack
}

async function open(dir: string): Promise<OpenedPack> {
  return { dir, pack: await openPack(folderFiles(dir), createNodeRuntime(), sha256) }
}

async function painterOf({ dir, pack }: OpenedPack, shelf: StyleShelf): Promise<(job: Job) => Promise<RgbImage>> {
  const paint = await openPainter(dir, pack, shelf, [])
  return async (job) => (await paint(job)).pixels
}

/** One picture by both packs, the more exact first. */
interface Compared {
  readonly asked: Job['asked']
  readonly seen: readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>]
  /** Of the second against the first, in decibels. */
  readonly decibels: number
}

function report(pairs: readonly Compared[]): void {
  const differing = pairs.map(({ decibels }) => decibels).filter(Number.isFinite)
  console.log(`${pairs.length} pictures by each, ${pairs.length - differing.length} of them equal`)
  if (differing.length > 0) {
    const { value, low, high } = meanWithInterval(differing)
    console.log(`the others differ by a PSNR of ${value.toFixed(1)} dB (${low.toFixed(1)} to ${high.toFixed(1)})`)
  }
  for (const kind of Object.keys(pairs[0]?.seen[0] ?? {})) {
    const asked = pairs.filter((pair) => pair.asked[kind] !== undefined)
    if (asked.length === 0) continue
    const share = (count: number) => withInterval(wilson(count, asked.length))
    const rightOf = (which: 0 | 1) => asked.filter((pair) => pair.seen[which][kind] === pair.asked[kind]).length
    const same = asked.filter(({ seen: [a, b] }) => a[kind] === b[kind]).length
    console.log(
      `${kind}: right in ${share(rightOf(0))} of the exact and ${share(rightOf(1))} of the coarse, the same in both in ${share(same)}`,
    )
  }
}

await runTool(main)
