// The reliability matrix as a whole: looks whether the tests that it names are there, and writes it as a page.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CAMPAIGNS } from '../soak/campaigns.ts'
import type { Demand } from './demand.ts'
import { DEMANDS, SECTIONS } from './demands.ts'

/** Sixty-two faults, one promise about tabs, eighteen goals of reliability and twelve of security. */
const IDS = [...ids('', 62), ...ids('T', 1), ...ids('R', 18), ...ids('S', 12)]

/** What is wrong with the matrix, a sentence each. @param root the repository's folder */
export function findMistakes(root: string): readonly string[] {
  const listed = DEMANDS.map(({ id }) => id)
  return [
    ...IDS.filter((id) => listed.filter((other) => other === id).length !== 1).map((id) => `${id} is not there once`),
    ...listed.filter((id) => !IDS.includes(id)).map((id) => `${id} is no demand`),
    ...DEMANDS.flatMap((demand) => findMistakesIn(root, demand)),
  ]
}

function findMistakesIn(root: string, { id, tests, checks = [], soak = [], missing }: Demand): readonly string[] {
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
      const there = readTitles(readFileSync(path, 'utf8'))
      return titles.filter((title) => !there.has(title)).map((title) => `${id}: ${file} has no test "${title}"`)
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
