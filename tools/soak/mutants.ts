// Changes parsers and the core of storage in one place at a time: for each of these mutants some test of theirs must fail.

import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { seededRandom } from '../../tests/seeded-random.ts'
import { UsageError } from '../arguments.ts'
import { findParsersAndStorage } from '../parsers-and-storage.ts'
import type { CampaignOptions } from './campaigns.ts'
import { createTable, type Table } from './tally.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const MOST_SHOWN = 100
/** A file without such a line only has types, or names what others have: nothing of it runs. */
const RUNS = /^(export )?(async )?(function|const|class|let) /m

type LogLevel = NonNullable<ConstructorParameters<typeof Stryker>[0]['logLevel']>
type Mutant = Awaited<ReturnType<Stryker['runMutationTest']>>[number]

/**
 * Takes files at random; one that was begun is ended. A mutant is a case, and one that no test notices is lost: that it hangs is
 * noticed.
 */
export async function soakMutants(minutes: number, { within }: CampaignOptions): Promise<number> {
  const end = performance.now() + minutes * 60_000
  const seed = Date.now() & 0x7fffffff
  const random = seededRandom(seed)
  const left = findParsersAndStorage(ROOT).filter(
    (path) => path.startsWith(within) && RUNS.test(readFileSync(resolve(ROOT, path), 'utf8')),
  )
  if (left.length === 0) throw new UsageError(`nothing below ${within} is a parser or the core of storage`)
  const table = createTable()
  console.log(`mutants of ${left.length} files, seed ${seed}`)
  while (left.length > 0 && performance.now() < end) {
    const [path = ''] = left.splice(Math.floor(random() * left.length), 1)
    const mutants = await tryMutants(path)
    for (const mutant of mutants) count(mutant, table)
    // A file may take long: what is known is said before the next.
    console.log(`${path}: ${mutants.length} tried, ${left.length} files left`)
  }
  return table.print('mutants')
}

/** Those of one file, each against the tests that run its place. Throws where these fail without any change. */
function tryMutants(path: string): Promise<readonly Mutant[]> {
  return new Stryker({
    mutate: [path],
    testRunner: 'vitest',
    // Of its own way to name test files it says: what is run while a file is loaded stays unchanged then.
    vitest: { configFile: 'tools/soak/mutants.vitest.ts' },
    coverageAnalysis: 'perTest',
    concurrency: 1,
    ignorePatterns: ['dist'],
    tempDirName: 'work/mutants',
    // It would be read by TypeScript's own library, which this version has not.
    tsconfigFile: '',
    disableTypeChecks: false,
    reporters: [],
    logLevel: 'error' as LogLevel,
  }).runMutationTest()
}

function count(mutant: Mutant, table: Table): void {
  if (mutant.status === 'CompileError' || mutant.status === 'RuntimeError') return
  const isNoticed = mutant.status === 'Killed' || mutant.status === 'Timeout'
  table.count(relative(ROOT, mutant.fileName), isNoticed)
  if (!isNoticed) console.error(tell(mutant))
}

/** Where it is, what stands there, and what stood there instead. */
function tell({ fileName, location: { start, end }, replacement }: Mutant): string {
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line)
  const last = lines.length - 1
  lines[last] = lines[last]?.slice(0, end.column - 1) ?? ''
  lines[0] = lines[0]?.slice(start.column - 1) ?? ''
  return `${relative(ROOT, fileName)}:${start.line}: ${shorten(lines.join(' '))} -> ${shorten(replacement)}`
}

function shorten(code: string): string {
  const line = code.replace(/\s+/g, ' ')
  return line.length <= MOST_SHOWN ? line : `${line.slice(0, MOST_SHOWN - 1)}…`
}
