// Remembers how many pictures the gallery had, where the browser may leave it when room runs out and it clears all that is stored.

export interface KeptCount {
  /** How many there were when that was last told; 0 where it never was, or nothing may be stored. */
  read(): number
  tell(count: number): void
}

const KEY = 'kindred-pictures'

/** @param storage 'localStorage', which Chromium does not clear with the rest; where it throws, nothing is remembered */
export function createKeptCount(storage: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): KeptCount {
  return {
    read() {
      try {
        const count = Number(storage().getItem(KEY) ?? 0)
        return Number.isSafeInteger(count) && count > 0 ? count : 0
      } catch {
        return 0
      }
    },
    tell(count) {
      try {
        if (count > 0) storage().setItem(KEY, String(count))
        else storage().removeItem(KEY)
      } catch {
        // Storage is refused: the next visit says nothing.
      }
    },
  }
}
