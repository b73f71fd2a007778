// Hands batches from whoever brings them to whoever takes them, one at a time: neither runs ahead of the other.

export interface Handoff<T> {
  /** Resolves when the batch has been dealt with; rejects where the taker has stopped. One at a time. */
  give(batch: T): Promise<void>
  /** No more will come. */
  end(): void
  /** Ends both sides: the taker throws `error`, and so does a `give` that waits. */
  fail(error: unknown): void
  /** The batches in order. A batch counts as dealt with when the next is asked for. To be called once. */
  taken(): AsyncGenerator<T, void>
}

interface Given<T> {
  readonly batch: T
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export function createHandoff<T>(): Handoff<T> {
  let given: Given<T> | null = null
  let state: { readonly kind: 'open' | 'ended' } | { readonly kind: 'failed'; readonly error: unknown } = {
    kind: 'open',
  }
  let wake = () => {}

  function fail(error: unknown): void {
    if (state.kind !== 'failed') state = { kind: 'failed', error }
    given?.reject(error)
    given = null
    wake()
  }

  return {
    give: (batch) =>
      new Promise((resolve, reject) => {
        if (state.kind === 'failed') reject(state.error)
        else if (state.kind === 'ended' || given !== null) reject(new Error('handoff: not the time to give'))
        else {
          given = { batch, resolve, reject }
          wake()
        }
      }),
    end: () => {
      if (state.kind === 'open') state = { kind: 'ended' }
      wake()
    },
    fail,
    async *taken() {
      for (;;) {
        if (state.kind === 'failed') throw state.error
        if (given !== null) {
          const mine: Given<T> = given
          yield mine.batch
          if (given === mine) given = null
          mine.resolve()
        } else if (state.kind === 'ended') return
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
  }
}
