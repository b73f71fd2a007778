// Lets a job tell how far it is while it waits for something that only calls back.

/**
 * Runs `task` and yields what it tells, the latest only where it tells faster than the job is asked; ends with its result.
 * Ended early, it does not stop the task: it stops listening.
 */
export async function* tellLatest<Event, Result>(
  task: (tell: (event: Event) => void) => Promise<Result>,
): AsyncGenerator<Event, Result, void> {
  const untold: Event[] = []
  let wake = () => {}
  let settled = false
  const result = task((event) => {
    untold[0] = event
    wake()
  })
  const done = () => {
    settled = true
    wake()
  }
  result.then(done, done)
  for (;;) {
    const next = untold.pop()
    if (next !== undefined) yield next
    else if (settled) return await result
    else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}
