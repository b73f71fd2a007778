// Remembers over a crash that a pack was being opened, so that a pack which ends the page does not end it at every visit.

export interface LoadGuard {
  /** Marks that opening begins. Returns how many openings before this one, in a row, neither ended nor were left. */
  begin(): number
  /** Opening has ended, well or with an error that was told. */
  end(): void
}

const KEY = 'kindred-opening'

/**
 * @param storage where this throws, as it may if a person forbids storage, crashes are not counted
 * @param page tells when a person leaves: a crash tells nothing
 */
export function createLoadGuard(
  storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  page: Pick<EventTarget, 'addEventListener'>,
): LoadGuard {
  let crashes: number | null = null

  function end(): void {
    crashes = null
    attempt(() => storage().removeItem(KEY))
  }

  page.addEventListener('pagehide', () => {
    if (crashes !== null) end()
  })
  return {
    begin() {
      if (crashes !== null) return crashes
      const counted = Number(attempt(() => storage().getItem(KEY)) ?? 0)
      const before = Number.isSafeInteger(counted) && counted > 0 ? counted : 0
      attempt(() => storage().setItem(KEY, String(before + 1)))
      crashes = before
      return before
    },
    end,
  }
}

/** Storage may be forbidden or full; the guard is then no use, and no harm. */
function attempt<T>(use: () => T): T | null {
  try {
    return use()
  } catch {
    return null
  }
}
