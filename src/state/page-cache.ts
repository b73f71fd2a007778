// Pages of a long list that were read, as many as may be held: those that were in sight the longest ago go first.

export interface PageCache<Page> {
  has(page: number): boolean
  /** Says what is in sight now or will be next, most wanted first: it is kept whatever it takes, and longer than what was before. */
  see(pages: readonly number[]): void
  put(page: number, value: Page): void
  /** Puts another value in its place, which takes as much; the old one is not let go of. */
  replaceAll(change: (value: Page) => Page): void
  /** A copy, by page. */
  pages(): ReadonlyMap<number, Page>
  /** Lets go of every page. */
  clear(): void
}

interface Options<Page> {
  /** What the pages may take together, those in sight aside. */
  readonly mostBytes: number
  readonly bytesOf: (value: Page) => number
  /** Frees what a page held. */
  readonly letGo: (value: Page) => void
}

export function createPageCache<Page>({ mostBytes, bytesOf, letGo }: Options<Page>): PageCache<Page> {
  // A Map keeps insertion order: the first is the one unseen the longest.
  const held = new Map<number, Page>()
  let inSight: ReadonlySet<number> = new Set()
  let bytes = 0

  function take(page: number): void {
    const value = held.get(page)
    if (value === undefined || !held.delete(page)) return
    bytes -= bytesOf(value)
    letGo(value)
  }

  return {
    has: (page) => held.has(page),
    see(pages) {
      inSight = new Set(pages)
      for (const page of pages.toReversed()) {
        const value = held.get(page)
        if (value === undefined) continue
        held.delete(page)
        held.set(page, value)
      }
    },
    put(page, value) {
      take(page)
      held.set(page, value)
      bytes += bytesOf(value)
      for (const other of [...held.keys()]) {
        if (bytes <= mostBytes) return
        if (other !== page && !inSight.has(other)) take(other)
      }
    },
    replaceAll(change) {
      for (const [page, value] of held) held.set(page, change(value))
    },
    pages: () => new Map(held),
    clear() {
      for (const page of [...held.keys()]) take(page)
    },
  }
}
