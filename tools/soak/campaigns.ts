// The long campaigns against what must not break, by name.

export interface CampaignOptions {
  /** How many files `import` makes a style of. */
  readonly files: number
  /** How the paths begin of the files that `mutants` changes. */
  readonly within: string
}

type Campaign = (minutes: number, options: CampaignOptions) => Promise<number>

const repeat = async (name: string, ...specs: string[]) => (await import('./repeat.ts')).repeatSpecs(name, specs)

/** Each runs for about so many minutes, prints its table, and tells how many cases were lost. Some need a build in dist. */
export const CAMPAIGNS: Readonly<Record<string, () => Promise<Campaign>>> = {
  fuzz: async () => (await import('./fuzz.ts')).soakFuzz,
  units: async () => (await import('./units.ts')).soakUnits,
  crashes: async () => (await import('./crashes.ts')).soakCrashes,
  kill: async () => (await import('./kill.ts')).soakKill,
  tabs: () => repeat('tabs', 'tabs.spec.ts'),
  quota: () => repeat('quota', 'quota.spec.ts', 'storage.spec.ts'),
  hostile: () => repeat('hostile', 'library-worker.spec.ts'),
  updates: () => repeat('updates', 'offline.spec.ts'),
  gpu: () => repeat('gpu', 'gpu-loss.spec.ts', 'gpu-trouble.spec.ts', 'no-graphics-processor.spec.ts'),
  opening: async () => (await import('./opening.ts')).soakOpening,
  import: async () => (await import('./import.ts')).soakImport,
  visit: async () => (await import('./visit.ts')).soakVisit,
  mutants: async () => (await import('./mutants.ts')).soakMutants,
  flakes: async () => (await import('./flakes.ts')).soakFlakes,
}
