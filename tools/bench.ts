// `npm run bench [browser|phases|node|search|library|grid|full]`: the figures of the README, measured where it runs.

import { cpus } from 'node:os'

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  browser: async () => (await import('./bench/browser.ts')).benchBrowser(),
  phases: async () => (await import('./bench/phases.ts')).benchPhases(),
  node: async () => (await import('./bench/node.ts')).benchNode(),
  search: async () => (await import('./bench/search.ts')).benchSearch(),
  library: async () => (await import('./bench/library.ts')).benchLibrary(),
  grid: async () => (await import('./bench/grid.ts')).benchGrid(),
  full: async () => (await import('./bench/full.ts')).benchFull(),
}

/** Run when none is named: all but those that need disk, minutes, or both. */
const DEFAULT = ['browser', 'phases', 'node', 'search']

const named = process.argv.slice(2)
const unknown = named.find((name) => !Object.hasOwn(BENCHMARKS, name))
if (unknown !== undefined) {
  console.error(`bench: no benchmark "${unknown}"; there are ${Object.keys(BENCHMARKS).join(', ')}`)
  process.exit(2)
}

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}`)
for (const name of named.length > 0 ? named : DEFAULT) {
  console.log(`\n== ${name}`)
  await BENCHMARKS[name]?.()
}
