// Works on a few items at a time and hands the results on in the items' order.

/**
 * Maps `items`, at most `ahead` of them under way or waiting to be taken. Ended early, or after a rejection, it starts no more
 * and waits for those under way.
 */
export async function* mapAhead<T, R>(
  items: AsyncIterable<T>,
  ahead: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const iterator = items[Symbol.asyncIterator]()
  const underWay: Promise<R>[] = []
  try {
    for (let ended = false; ; ) {
      while (!ended && underWay.length < ahead) {
        const next = await iterator.next()
        if (next.done) ended = true
        else underWay.push(start(next.value, map))
      }
      const first = underWay.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    await Promise.allSettled(underWay)
    await iterator.return?.()
  }
}

/** Its rejection is heard when its turn comes, not before. */
function start<T, R>(item: T, map: (item: T) => Promise<R>): Promise<R> {
  const result = map(item)
  result.catch(() => undefined)
  return result
}
