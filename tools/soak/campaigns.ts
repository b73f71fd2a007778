// The long campaigns against what must not break, by name.

/** Each runs for about so many minutes, prints its table, and tells how many cases were lost. */
export const CAMPAIGNS: Readonly<Record<string, () => Promise<(minutes: number) => Promise<number>>>> = {
  fuzz: async () => (await import('./fuzz.ts')).soakFuzz,
}
