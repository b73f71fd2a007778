// How fast an import goes, and how long it will still take at that pace.

const WINDOW_MS = 10_000

export interface Pace {
  /** Files a second over the last ten seconds, or longer where it was not asked for between; 0 before there is a rate. */
  readonly ratePerSecond: number
  /** Null before there is a rate. */
  readonly secondsLeft: number | null
}

/** @param now milliseconds; any start */
export function createPace(now: () => number): (done: number, total: number) => Pace {
  const seen: { readonly at: number; readonly done: number }[] = []
  return (done, total) => {
    const at = now()
    seen.push({ at, done })
    while (seen.length > 2 && (seen[1]?.at ?? at) < at - WINDOW_MS) seen.shift()
    const first = seen[0] ?? { at, done }
    const ratePerSecond = at > first.at ? (1000 * (done - first.done)) / (at - first.at) : 0
    return { ratePerSecond, secondsLeft: ratePerSecond > 0 ? (total - done) / ratePerSecond : null }
  }
}
