// What a browser is killed in the middle of, and what must be there when it is opened again.

import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import type * as KillPage from './kill-page.ts'
import type { Seen } from './kill-page.ts'
import type { KilledBrowser } from './killed-browser.ts'

type Calls = typeof KillPage

export interface KillScenario {
  readonly name: string
  readonly before: (page: Page) => Promise<void>
  /** Runs until it ends or the browser does. */
  readonly run: (page: Page) => Promise<void>
  /** Milliseconds after the first acknowledgement within which the kill falls. */
  readonly within: number
  /** What is wrong, a sentence each, given what was acknowledged. */
  readonly judge: (acknowledged: readonly string[], seen: Seen) => readonly string[]
}

/** Calls a function of kill-page.ts in the page; its last parameter, where it takes one, tells the test. */
function call<Name extends Exclude<keyof Calls, 'look'>>(page: Page, name: Name, ...values: unknown[]): Promise<void> {
  return page.evaluate(
    async ({ name, values }) => {
      const calls = (await import(`${location.origin}/e2e/kill-page.ts`)) as Record<
        string,
        (...all: unknown[]) => unknown
      >
      const { tell } = window as unknown as { tell: (what: string) => Promise<void> }
      await calls[name]?.(...values.map((value) => (value === 'tell' ? tell : value)))
    },
    { name, values },
  )
}

export function lookAt(page: Page): Promise<Seen> {
  return page.evaluate(async () => {
    const { look } = (await import(`${location.origin}/e2e/kill-page.ts`)) as Calls
    return look()
  })
}

/** Adds 320 rows to the style 'full', until they are all there or there is no room; how many were acknowledged, and the error's code. */
export function fillStyle(page: Page): Promise<{ acknowledged: number; code: string | null }> {
  return page.evaluate(async () => {
    const { add } = (await import(`${location.origin}/e2e/kill-page.ts`)) as Calls
    let acknowledged = 0
    try {
      await add('full', 'x', 40, async (count) => {
        acknowledged = Number(count)
      })
      return { acknowledged, code: null }
    } catch (error) {
      return { acknowledged, code: (error as { code?: string }).code ?? String(error) }
    }
  })
}

const numbered = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i}`)
const isSameSet = (a: readonly string[], b: readonly string[]) => [...a].sort().join() === [...b].sort().join()
const unless = (holds: boolean, fault: string) => (holds ? [] : [fault])

const stored = (name: string) =>
  JSON.parse(readFileSync(new URL(`../tests/fixtures/stored/${name}`, import.meta.url), 'utf8'))

export const KILL_SCENARIOS: readonly KillScenario[] = [
  {
    name: 'import',
    before: async () => {},
    run: (page) => call(page, 'add', 'holiday', 'x', 40, 'tell'),
    within: 1500,
    judge(acknowledged, { styles }) {
      const kept = styles.holiday ?? []
      const count = Number(acknowledged.at(-1) ?? 0)
      return [
        ...unless(kept.length >= count, `${count} rows were acknowledged, ${kept.length} are there`),
        ...unless(kept.length <= count + 8, `${kept.length} rows are there, of ${count} acknowledged`),
        ...unless(kept.join() === numbered('x', kept.length).join(), 'rows are out of order, or twice'),
      ]
    },
  },
  {
    name: 'delete',
    before: async (page) => {
      await call(page, 'make', 'gone', 'x', 400)
      await call(page, 'make', 'kept', 'y', 80)
    },
    run: (page) => call(page, 'deleteStyle', 'gone', 'tell'),
    within: 500,
    judge: (acknowledged, { styles, removed }) => [
      ...unless(isSameSet(styles.kept ?? [], numbered('y', 80)), 'another style lost rows'),
      ...unless(!acknowledged.includes('removed') || styles.gone === undefined, 'a removed style is back'),
      ...unless(!acknowledged.includes('purged') || removed.length === 0, 'a purged style is back'),
      ...unless(styles.gone === undefined || isSameSet(styles.gone, numbered('x', 400)), 'half a style is left'),
    ],
  },
  {
    name: 'merge',
    before: async (page) => {
      await call(page, 'make', 'into', 'x', 40)
      await call(page, 'make', 'from', 'y', 400)
    },
    run: (page) => call(page, 'merge', 'into', 'from', 'tell'),
    within: 700,
    judge: (acknowledged, { styles }) => [
      ...unless(
        isSameSet(Object.values(styles).flat(), [...numbered('x', 40), ...numbered('y', 400)]),
        'a row is gone, or twice',
      ),
      ...unless(!acknowledged.includes('merged') || styles.from === undefined, 'a merged style is back'),
    ],
  },
  {
    name: 'first start on what version 1 stored',
    before: (page) => call(page, 'putRecords', stored('library-1.json')),
    run: (page) => call(page, 'start', 'tell'),
    within: 60,
    judge(_, { styles }) {
      const { databases } = stored('library-1-seen.json') as { databases: { name: string; rows: string[] }[] }
      const expected = databases.map(({ name, rows }) => `${name} ${rows.length}`)
      const there = Object.entries(styles).map(([name, rows]) => `${name} ${rows.length}`)
      return unless(isSameSet(there, expected), `${there} are there, not ${expected}`)
    },
  },
  {
    name: 'gallery',
    before: async () => {},
    run: (page) => call(page, 'savePictures', 60, 'tell'),
    within: 1500,
    judge(acknowledged, { pictures }) {
      const count = Number(acknowledged.at(-1) ?? 0)
      const expected = Array.from({ length: pictures.length }, (_, i) => `picture-${i}`)
      return [
        ...unless(pictures.length >= count, `${count} pictures were acknowledged, ${pictures.length} are there`),
        ...unless(isSameSet(pictures, expected), `${pictures} are there`),
      ]
    },
  },
]

const MOST_REOPENING_MS = 2000

/** Of ten thousand rows, which take their time to be made: for the long campaign alone. */
export const LARGE_SCENARIO: KillScenario = {
  name: 'import into ten thousand rows',
  before: (page) => call(page, 'make', 'large', 'x', 10_000),
  run: (page) => call(page, 'add', 'large', 'y', 40, 'tell'),
  within: 1500,
  judge(acknowledged, { styles, milliseconds }) {
    const kept = styles.large ?? []
    const count = 10_000 + Number(acknowledged.at(-1) ?? 0)
    return [
      ...unless(kept.length >= count, `${count} rows were acknowledged, ${kept.length} are there`),
      ...unless(new Set(kept).size === kept.length, 'a row is there twice'),
      ...unless(milliseconds <= MOST_REOPENING_MS, `${Math.round(milliseconds)} ms to open it again`),
    ]
  },
}

export interface Killed {
  readonly acknowledged: readonly string[]
  readonly seen: Seen
  /** Empty where it survived. */
  readonly faults: readonly string[]
}

/** Runs a scenario on a fresh profile, kills the browser in its middle, opens it again and looks. @param random 0..1 */
export async function kill(scenario: KillScenario, browser: KilledBrowser, random: () => number): Promise<Killed> {
  const page = await browser.open()
  const acknowledged: string[] = []
  let begun = () => {}
  const first = new Promise<void>((resolve) => {
    begun = resolve
  })
  await scenario.before(page)
  await page.exposeFunction('tell', (what: string) => {
    acknowledged.push(what)
    begun()
  })
  const running = scenario.run(page).catch(() => undefined)
  await Promise.race([first, running])
  await Promise.race([wait(random() * scenario.within), running])
  // What is told from now on may come too late to be known of: it is no acknowledgement.
  const known = [...acknowledged]
  await browser.kill()
  await running
  const seen = await lookAt(await browser.open())
  return { acknowledged: known, seen, faults: [...seen.faults, ...scenario.judge(known, seen)] }
}
