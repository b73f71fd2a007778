// `npm run soak -- CAMPAIGN --minutes N`: long campaigns against what must not break; ends with status 1 where something was lost.

import { readArguments, runTool, UsageError } from './arguments.ts'
import { CAMPAIGNS } from './soak/campaigns.ts'

const USAGE = `usage: npm run soak -- CAMPAIGN [--minutes N]

  CAMPAIGN   ${Object.keys(CAMPAIGNS).join(', ')}
  --minutes  how long, 10 by default`

async function main(): Promise<void> {
  const { positionals, values } = readArguments(USAGE, 1, { minutes: { type: 'string', default: '10' } })
  const [name = ''] = positionals
  const minutes = Number(values.minutes)
  const load = Object.hasOwn(CAMPAIGNS, name) ? CAMPAIGNS[name] : undefined
  if (load === undefined || !(minutes > 0)) throw new UsageError(USAGE)
  const run = await load()
  if ((await run(minutes)) > 0) process.exitCode = 1
}

await runTool(main)
