// Notices when a job has told nothing for long: its worker may hang, or have much to do.

/** A first picture compiles for a minute, and without a graphics processor a large one takes as long for a step. */
export const QUIET_MS = 120_000

/**
 * Opening a model tells what it has read, but nothing while the runtime itself is fetched (17 MB), and nothing while sessions are
 * made of what was read: 17 s for the authors' model on two processor cores, with shaders to compile more.
 */
export const OPENING_QUIET_MS = 300_000

/** A job that was slow before may be slower yet. */
const TIMES_THE_LONGEST = 3

export interface JobWatch {
  /** To be called whenever the job tells something. */
  heard(): void
  stop(): void
}

/**
 * Calls back after so long a silence or, where that is more, three times the longest that ended; and again after each such time.
 *
 * @param now milliseconds
 */
export function watchJob(quietMs: number, onQuiet: () => void, now: () => number): JobWatch {
  let longestMs = 0
  let heardAt = now()
  let timer = wait()

  function wait(): ReturnType<typeof setTimeout> {
    return setTimeout(
      () => {
        timer = wait()
        onQuiet()
      },
      Math.max(quietMs, TIMES_THE_LONGEST * longestMs),
    )
  }

  return {
    heard() {
      clearTimeout(timer)
      longestMs = Math.max(longestMs, now() - heardAt)
      heardAt = now()
      timer = wait()
    },
    stop: () => clearTimeout(timer),
  }
}
