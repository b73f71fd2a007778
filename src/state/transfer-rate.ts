// How fast bytes come, and how long the rest takes, from what came in the last seconds.

export interface TransferRate {
  /** Null until two moments are known. */
  readonly bytesPerSecond: number | null
  /** Null where nothing comes. */
  readonly secondsLeft: number | null
}

const WINDOW_MS = 15_000

/** @returns a function that is told the bytes there are at a moment, and how many there will be */
export function createRateMeter(): (at: number, bytes: number, total: number) => TransferRate {
  const samples: { readonly at: number; readonly bytes: number }[] = []
  return (at, bytes, total) => {
    const last = samples.at(-1)
    if (last === undefined || last.bytes !== bytes) samples.push({ at, bytes })
    while (samples.length > 2 && (samples[1]?.at ?? at) < at - WINDOW_MS) samples.shift()
    const first = samples[0]
    if (first === undefined || at <= first.at || samples.length < 2) return { bytesPerSecond: null, secondsLeft: null }
    const bytesPerSecond = ((bytes - first.bytes) * 1000) / (at - first.at)
    return { bytesPerSecond, secondsLeft: bytesPerSecond > 0 ? (total - bytes) / bytesPerSecond : null }
  }
}
