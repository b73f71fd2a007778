// Which rows could be among the k best, where each score is known only to within an error.

import { TopK } from './top-k.ts'

/** Rows kept before those that have fallen behind are looked for. */
const FIRST_SWEEP = 1024

/**
 * Keeps every row that could be among the k best. With a_k the kth best score offered and e the error: k rows are truly at least
 * a_k - e, so a row of the true k best is so too, and its score offered is at least a_k - 2e.
 */
export class Shortlist {
  readonly #best: TopK
  readonly #margin: number
  #kept: { readonly row: number; readonly score: number }[] = []
  #nextSweep = FIRST_SWEEP

  /** @param error the largest difference between a score offered and the true one */
  constructor(k: number, error: number) {
    this.#best = new TopK(k)
    this.#margin = 2 * error
  }

  /** Scores below this one need not be offered; it only ever rises. */
  get floor(): number {
    return this.#best.worst - this.#margin
  }

  offer(row: number, score: number): void {
    if (!(score >= this.floor)) {
      return
    }
    this.#best.offer(row, score)
    this.#kept.push({ row, score })
    if (this.#kept.length >= this.#nextSweep) {
      this.#sweep()
      this.#nextSweep = Math.max(FIRST_SWEEP, 2 * this.#kept.length)
    }
  }

  /** In the order in which they were offered. */
  rows(): number[] {
    this.#sweep()
    return this.#kept.map(({ row }) => row)
  }

  #sweep(): void {
    const { floor } = this
    this.#kept = this.#kept.filter(({ score }) => score >= floor)
  }
}
