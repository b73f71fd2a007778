// The k best of many scores in one pass, without sorting them all.

export interface ScoredRow {
  readonly row: number
  readonly score: number
}

/** Keeps the k best rows offered to it in a binary heap whose root is the worst of them; equal scores go by row, lower first. */
export class TopK {
  readonly #k: number
  readonly #heap: ScoredRow[] = []

  constructor(k: number) {
    this.#k = k
  }

  /** The score of the last of the k best so far; -Infinity while there are fewer, Infinity where k is 0. */
  get worst(): number {
    return this.#heap.length < this.#k ? Number.NEGATIVE_INFINITY : (this.#heap[0]?.score ?? Number.POSITIVE_INFINITY)
  }

  /** Takes the row in where it is among the best so far. */
  offer(row: number, score: number): void {
    if (score < this.worst) {
      return
    }
    const entry = { row, score }
    if (this.#heap.length < this.#k) {
      this.#heap.push(entry)
      this.#siftUp(this.#heap.length - 1)
      return
    }
    const worst = this.#heap[0]
    if (worst !== undefined && compareScored(entry, worst) < 0) {
      this.#heap[0] = entry
      this.#siftDown()
    }
  }

  /** The best rows so far, best first. */
  list(): ScoredRow[] {
    return this.#heap.toSorted(compareScored)
  }

  #siftUp(from: number): void {
    for (let child = from; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!this.#swapIfWorse(child, parent)) {
        return
      }
      child = parent
    }
  }

  #siftDown(): void {
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1
      const child = this.#isWorse(left + 1, left) ? left + 1 : left
      if (!this.#swapIfWorse(child, parent)) {
        return
      }
      parent = child
    }
  }

  #swapIfWorse(child: number, parent: number): boolean {
    const below = this.#heap[child]
    const above = this.#heap[parent]
    if (below === undefined || above === undefined || compareScored(below, above) < 0) {
      return false
    }
    this.#heap[child] = above
    this.#heap[parent] = below
    return true
  }

  #isWorse(a: number, b: number): boolean {
    const first = this.#heap[a]
    const second = this.#heap[b]
    return first !== undefined && second !== undefined && compareScored(first, second) > 0
  }
}

/** Orders best first: negative where `a` is the better. */
function compareScored(a: ScoredRow, b: ScoredRow): number {
  return b.score - a.score || a.row - b.row
}
