// How many wasm threads to ask for.

/** Threads worth having: every core of a small machine, half the logical ones of a large machine, at most 8. */
export function threadCount(logicalCores: number, isolated: boolean): number {
  if (!isolated) return 1
  return logicalCores <= 4 ? Math.max(1, logicalCores) : Math.min(8, Math.ceil(logicalCores / 2))
}
