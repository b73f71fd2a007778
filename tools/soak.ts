// `npm run soak -- [CAMPAIGN] [--minutes N] [--files N] [--within PATH]`: long campaigns against what must not break; ends with status 1 where something was lost.

import { parseArgs } from 'node:util'
import { runTool, UsageError } from './arguments.ts'
import { CAMPAIGNS, type CampaignOptions } from './soak/campaigns.ts'

const USAGE = `usage: npm run soak -- [CAMPAIGN] [--minutes N] [--files N] [--within PATH]

  CAMPAIGN   ${Object.keys(CAMPAIGNS).join(', ')}; all of them, one after the other, where none is named
  --minutes  how long in all, 10 by default; a case that was begun is ended
  --files    how many files import makes a style of, a tenth of them bad, 1000 by default
  --within   how the paths begin of the files that mutants changes, src/ by default`

async function main(): Promise<void> {
  const { names, minutes, ...options } = readCall()
  let lost = 0
  for (const name of names) {
    const load = CAMPAIGNS[name]
    if (load === undefined) throw new UsageError(USAGE)
    const run = await load()
    lost += await run(minutes / names.length, options)
  }
  if (lost > 0) process.exitCode = 1
}

function readCall(): CampaignOptions & { readonly names: readonly string[]; readonly minutes: number } {
  try {
    const options = {
      minutes: { type: 'string', default: '10' },
      files: { type: 'string', default: '1000' },
      within: { type: 'string', default: 'src/' },
    } as const
    const { positionals, values } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true })
    const [minutes, files] = [Number(values.minutes), Number(values.files)]
    const [name, ...more] = positionals
    const isKnown = name === undefined || Object.hasOwn(CAMPAIGNS, name)
    if (minutes > 0 && Number.isInteger(files) && files >= 10 && isKnown && more.length === 0) {
      return { names: name === undefined ? Object.keys(CAMPAIGNS) : [name], minutes, files, within: values.within }
    }
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
  throw new UsageError(USAGE)
}

await runTool(main)
