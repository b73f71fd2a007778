// The reliability matrix as a whole: looks whether the tests that it names are there, and writes it as a page.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CAMPAIGNS } from '../soak/campaigns.ts'
import type { Demand } from './demand.ts'
import { DEMANDS, SECTIONS } from './demands.ts'

/** Sixty-two faults, one promise about tabs, eighteen goals of reliability and twelve of security. */
const IDS = [...ids('', 62), ...ids('T', 1), ...ids('R', 18), ...ids('S', 12)]

const SOAK = 'tools/soak'

/** What is wrong with the matrix, a sentence each. @param root the repository's folder */
export function findMistakes(root: string, demands = DEMANDS): readonly string[] {
  const listed = demands.map(({ id }) => id)
  return [
    ...IDS.filter((id) => listed.filter((other) => other === id).length !== 1).map((id) => `${id} is not there once`),
    ...listed.filter((id) => !IDS.includes(id)).map((id) => `${id} is no demand`),
    ...demands.flatMap((demand) => findMistakesIn(root, demand)),
  ]
}

function findMistakesIn(
  root: string,
  { id, tests, checks = [], soak = [], needs, missing }: Demand,
): readonly string[] {
  const untested = Object.keys(tests).length + checks.length + soak.length === 0 && missing === undefined
  return [
    ...(untested ? [`${id} has neither a test nor a word on what is missing`] : []),
    ...checks
      .filter((check) => !readStages(root).includes(check))
      .map((check) => `${id}: npm test has no stage that runs ${check}`),
    ...soak.filter((name) => !Object.hasOwn(CAMPAIGNS, name)).map((name) => `${id}: there is no campaign "${name}"`),
    ...Object.entries(tests).flatMap(([file, titles]) => {
      const path = join(root, file)
      if (!existsSync(path)) return [`${id}: there is no ${file}`]
      const source = readFileSync(path, 'utf8')
      const there = readTitles(source)
      const set = [...readSetVariables(root, 'tools/test.ts'), ...(soak.length > 0 ? readSetVariables(root, SOAK) : [])]
      const unset = needs === undefined ? readSkips(source).filter((name) => !set.includes(name)) : []
      return [
        ...titles.filter((title) => !there.has(title)).map((title) => `${id}: ${file} has no test "${title}"`),
        ...unset.map((name) => `${id}: ${file} is skipped but with ${name}, which none of its commands sets`),
      ]
    }),
  ]
}

/** What `npm test` runs, as text. */
function readStages(root: string): string {
  const path = join(root, 'tools/test.ts')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** The titles of a file's tests and of what they are described under: texts that are followed by a function or by options. */
export function readTitles(source: string): ReadonlySet<string> {
  const titles = source.matchAll(/\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1,\s*(?:async\b|\(|\w+\s*=>|\{|\d)/g)
  return new Set(Array.from(titles, ([, , title = '']) => title.replace(/\\(.)/g, '$1')))
}

/** Variables of the environment by which a file's tests are skipped: those of statements, not of texts. */
export function readSkips(source: string): readonly string[] {
  const skips = source.matchAll(/^\s*\w+(?:\.\w+)*\.(?:skip|skipIf|runIf)\(\s*!?\s*process\.env\.(\w+)/gm)
  return Array.from(skips, ([, name = '']) => name)
}

/** Variables that a command's source, or the sources in its folder, give to what they run. */
function readSetVariables(root: string, path: string): readonly string[] {
  const full = join(root, path)
  if (!existsSync(full)) return []
  const files = statSync(full).isDirectory() ? readdirSync(full).map((name) => join(full, name)) : [full]
  const set = files.flatMap((file) => Array.from(readFileSync(file, 'utf8').matchAll(/\b([A-Z][A-Z_]+): /g)))
  return set.map(([, name = '']) => name)
}

/** The page, in Markdown. */
export function writeMatrix(): string {
  const held = DEMANDS.filter(({ missing }) => missing === undefined).length
  const partly = DEMANDS.filter((demand) => demand.missing !== undefined && isTested(demand)).length
  return [
    '# What is made to fail, and what holds',
    '',
    'Made by `npm run matrix` from `tools/matrix`; a test fails where it names a test that is not there. Each line is a fault that the app',
    'is to survive, or a goal, and the tests that hold it. Where a part of it is held by no test, the last column says which.',
    '',
    `Of ${DEMANDS.length} lines ${held} are held by tests, ${partly} in part, ${DEMANDS.length - held - partly} not yet.`,
    '',
    ...SECTIONS.flatMap(([title, demands]) => [
      `## ${title}`,
      '',
      '| | what | tests | not held by a test |',
      '|---|---|---|---|',
      ...demands.map(writeLine),
      '',
    ]),
  ].join('\n')
}

function writeLine({ id, what, tests, checks = [], soak = [], needs, missing = '' }: Demand): string {
  const named = Object.entries(tests).map(([file, titles]) => `\`${file}\`: ${titles.map(writeTitle).join('; ')}`)
  const stages = checks.map((check) => `\`npm test\` runs \`${check}\``)
  const campaigns = soak.map((name) => `\`npm run soak -- ${name}\``)
  const held = [...named, ...stages, ...campaigns, ...(needs === undefined ? [] : [`(needs ${needs})`])]
  const cells = [id, what, held.join('<br>') || '**none**', missing]
  return `| ${cells.join(' | ')} |`
}

function writeTitle(title: string): string {
  return title.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

function isTested({ tests, soak = [] }: Demand): boolean {
  return Object.keys(tests).length + soak.length > 0
}

function ids(letter: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${i + 1}`)
}
